"""The base model against random weights and against counted words; writes baselines.json. `README.md` says how to run it."""
import argparse
import json
import statistics
from pathlib import Path

import peft
import sklearn
import torch
import transformers
from tokenizers import Tokenizer

from bag_of_words import bag_of_words
from finetune import Settings, load_task, run

HERE = Path(__file__).parent
MODEL = HERE.parent.parent / "public" / "models" / "nano-encoder"
RATES = [1e-3, 3e-3, 1e-2]
SEEDS = [1, 2, 3]


def best_run(tokenizer, data: Path, task: str, seed: int, random_base: bool) -> dict:
    """The rate is chosen on the validation rows, for both bases alike; the test rows are looked at once."""
    regression = task == "similarity"
    splits = load_task(data, tokenizer, task, seed)
    results = [(rate, run(MODEL, splits, regression, Settings(seed=seed, rate=rate, random_base=random_base))) for rate in RATES]
    rate, result = max(results, key=lambda pair: pair[1]["validation"]["metric"])
    return {"seed": seed, "rate": rate, "validation": round(result["validation"]["metric"], 4), "test": round(result["test"]["metric"], 4)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True, help="folder written by export-text.mjs tasks")
    parser.add_argument("--date", required=True)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))

    defaults = Settings()
    rows = {"sentiment": {}, "similarity": {}}
    rows["sentiment"]["bag of words"] = [
        {"seed": seed, **{key: round(value, 4) if isinstance(value, float) else value for key, value in bag_of_words(options.data, seed).items()}} for seed in SEEDS
    ]
    for task in rows:
        for name, random_base in (("lora on nano-encoder", False), ("lora on random weights", True)):
            rows[task][name] = [best_run(tokenizer, options.data, task, seed, random_base) for seed in SEEDS]
            print(task, name, rows[task][name], flush=True)
    medians = {task: {name: statistics.median(r["test"] for r in found) for name, found in by_name.items()} for task, by_name in rows.items()}
    report = {
        "date": options.date,
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__, "scikit-learn": sklearn.__version__},
        "settings": {
            "rows": 512, "labelNoise": 0, "rank": defaults.rank, "alpha": defaults.alpha, "targets": ["q", "v"], "steps": defaults.steps, "batch": defaults.batch,
            "warmup": defaults.warmup, "weightDecay": defaults.decay, "clip": defaults.clip, "rates": RATES, "chosenBy": "validation metric",
        },
        "metric": {"sentiment": "test accuracy", "similarity": "test Pearson"},
        "medians": medians,
        "runs": rows,
    }
    (HERE / "baselines.json").write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(medians))


if __name__ == "__main__":
    main()
