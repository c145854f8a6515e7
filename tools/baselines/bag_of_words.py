"""Linear models on counted words, their form and strength chosen on the validation rows: what counting words can do."""
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
import scipy.sparse

from metrics import measure

STRENGTHS = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30]
# The words of both texts together, of each apart, or those that both have and those that one has: all a linear model could make of a pair.
FORMS = ["together", "apart", "compared"]


def features(counter: CountVectorizer, rows: list[dict], form: str):
    first, second = (counter.transform([row.get(part, "") for row in rows]) for part in ("text", "pair"))
    if form == "together":
        return first + second
    return scipy.sparse.hstack([first, second] if form == "apart" else [first.minimum(second), abs(first - second)]).tocsr()


def bag_of_words(data: dict[str, list[dict]], task: dict) -> dict:
    """@param data rows by split; @param task its `kind` and `metrics`"""
    labels = {split: [row["label"] for row in rows] for split, rows in data.items()}
    forms = FORMS if any("pair" in row for row in data["train"]) else FORMS[:1]
    best = None
    for binary in (False, True):
        counter = CountVectorizer(token_pattern=r"[a-z]+", binary=binary).fit([f"{row['text']} {row.get('pair', '')}" for row in data["train"]])
        for form in forms:
            inputs = {split: features(counter, rows, form).astype(float) for split, rows in data.items()}
            for strength in STRENGTHS:
                model = Ridge(alpha=1 / strength) if task["kind"] == "regression" else LogisticRegression(C=strength, max_iter=2000)
                model.fit(inputs["train"], labels["train"])
                scores = measure(model.predict(inputs["validation"]), labels["validation"], task["metrics"])
                if best is None or scores[task["metrics"][0]] > best[0]:
                    best = scores[task["metrics"][0]], measure(model.predict(inputs["test"]), labels["test"], task["metrics"]), {"form": form, "binary": binary, "strength": strength}
    return {"validation": best[0], "test": best[1], **best[2]}


def majority(data: dict[str, list[dict]], task: dict) -> dict:
    """The commonest training label, or the mean score, for every row."""
    labels = [row["label"] for row in data["train"]]
    always = sum(labels) / len(labels) if task["kind"] == "regression" else max(set(labels), key=labels.count)
    return {"test": measure([always] * len(data["test"]), [row["label"] for row in data["test"]], task["metrics"])}
