"""Logistic regression on counted words, its strength chosen on the validation rows: what counting words can do."""
import json
from pathlib import Path

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

STRENGTHS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]
FORMS = [{"binary": False}, {"binary": True}]


def bag_of_words(folder: Path, seed: int) -> dict:
    data = json.loads((folder / f"sentiment-{seed}.json").read_text())
    texts = {split: [row["text"] for row in rows] for split, rows in data.items()}
    labels = {split: [row["label"] for row in rows] for split, rows in data.items()}
    best = None
    for form in FORMS:
        for strength in STRENGTHS:
            model = make_pipeline(CountVectorizer(token_pattern=r"[a-z]+", **form), LogisticRegression(C=strength, max_iter=2000))
            model.fit(texts["train"], labels["train"])
            held_out = model.score(texts["validation"], labels["validation"])
            if best is None or held_out > best[0]:
                best = held_out, model, strength, form
    held_out, model, strength, form = best
    return {"validation": held_out, "test": model.score(texts["test"], labels["test"]), "C": strength, **form}
