"""Every task that is judged, by each base, by random weights, from scratch and by counted words; writes baselines.json. `README.md` says how to run it."""
import argparse
import json
import statistics
from pathlib import Path

import peft
import sklearn
import torch
import transformers
from tokenizers import Tokenizer

from bag_of_words import bag_of_words, majority
from finetune import Encoded, Settings, run

HERE = Path(__file__).parent
MODELS = HERE.parent.parent / "public" / "models"
SEEDS = [1, 2, 3]


def best_run(model: Path, splits: dict[str, Encoded], task: dict, rates: list[float], **settings) -> dict:
    """The rate is chosen on the validation rows, for all alike; the test rows are looked at once."""
    results = [(rate, run(model, splits, task["kind"] == "regression", Settings(rate=rate, **settings), task["metrics"])) for rate in rates]
    rate, result = max(results, key=lambda pair: pair[1]["validation"]["metric"])
    return {"rate": rate, "validation": result["validation"]["metric"], "test": result["test"]["scores"]}


def measured(folder: Path, task: dict, seed: int, models: list[Path], rates: list[float], scratch_rates: list[float]):
    """Name and result of each way, one after the other."""
    data = json.loads((folder / f"{task['name']}-{seed}.json").read_text())
    yield "majority", majority(data, task)
    yield "bag of words", bag_of_words(data, task)
    for model in models:
        tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
        splits = {split: Encoded(tokenizer, rows, task["kind"] == "regression") for split, rows in data.items()}
        yield f"lora on {model.name}", best_run(model, splits, task, rates, seed=seed)
        yield f"lora on random weights, {model.name}", best_run(model, splits, task, rates, seed=seed, random_base=True)
        yield f"from scratch, {model.name}", best_run(model, splits, task, scratch_rates, seed=seed, scratch=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True, help="folder written by export-text.mjs tasks")
    parser.add_argument("--date", required=True)
    parser.add_argument("--models", nargs="+", default=["nano-encoder"], help="folders of public/models")
    parser.add_argument("--tasks", nargs="+", help="all that are no writing, where nothing is named")
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--rates", type=float, nargs="+", default=[1e-3, 3e-3, 1e-2], help="of LoRA; chosen on the validation rows")
    parser.add_argument("--scratch-rates", type=float, nargs="+", default=[3e-4, 1e-3, 3e-3], help="of training from scratch, likewise")
    parser.add_argument("--out", type=Path, default=HERE / "baselines.json")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()

    tasks = [task for task in json.loads((options.data / "tasks.json").read_text()) if task["kind"] != "language_model" and task["name"] in (options.tasks or [task["name"]])]
    defaults = Settings()
    report = {
        "date": options.date,
        "versions": {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__, "scikit-learn": sklearn.__version__},
        "settings": {
            "rows": defaults.rows, "labelNoise": 0, "rank": defaults.rank, "alpha": defaults.alpha, "targets": ["q", "v"], "steps": defaults.steps, "batch": defaults.batch,
            "warmup": defaults.warmup, "weightDecay": defaults.decay, "clip": defaults.clip, "rates": options.rates, "scratchRates": options.scratch_rates, "chosenBy": "validation metric",
        },
        "metrics": {task["name"]: task["metrics"] for task in tasks},
        "medians": {},
        "runs": {task["name"]: {} for task in tasks},
    }
    # Seed by seed, so that what is there after an interruption is a whole seed of everything.
    for seed in options.seeds:
        for task in tasks:
            for name, result in measured(options.data, task, seed, [MODELS / model for model in options.models], options.rates, options.scratch_rates):
                report["runs"][task["name"]].setdefault(name, []).append({"seed": seed, **result})
                print(seed, task["name"], name, result, flush=True)
            report["medians"][task["name"]] = {
                name: {metric: statistics.median(one["test"][metric] for one in found) for metric in task["metrics"]} for name, found in report["runs"][task["name"]].items()
            }
            options.out.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report["medians"]))


if __name__ == "__main__":
    main()
