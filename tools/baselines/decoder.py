"""What the decoder is worth: sentiment by its last token, and descriptions with their overfitting. `README.md` says how to run it."""
import argparse
import json
import statistics
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer

from finetune import Settings, load_task, run
from language import load_descriptions, run_language
from preset import tasks_folder

ROOT = Path(__file__).parent.parent.parent
RATES = [1e-3, 3e-3, 1e-2]


def sentiment(model: Path, tokenizer: Tokenizer, options) -> None:
    folder = tasks_folder(512, 0)
    for task in ("sentiment", "similarity") if options.similarity else ("sentiment",):
        tests = []
        for seed in options.seeds:
            splits = load_task(folder, tokenizer, task, seed)
            found = []
            for rate in options.rates or RATES:
                result = run(model, splits, task == "similarity", Settings(seed=seed, rate=rate, random_base=options.random_base))
                found.append((result["validation"]["metric"], rate, result["test"]["metric"]))
                print(task, seed, rate, {split: round(value["metric"], 4) for split, value in result.items()}, flush=True)
            tests.append(max(found)[2])
        print(task, "median test metric", round(statistics.median(tests), 4), flush=True)


def descriptions(model: Path, tokenizer: Tokenizer, options) -> None:
    for noise in options.noise:
        folder = tasks_folder(options.rows, noise)
        for rate in options.rates or RATES:
            for seed in options.seeds:
                settings = Settings(rows=options.rows, noise=noise, seed=seed, rate=rate, steps=options.steps, warmup=max(1, options.steps // 20), every=options.every, targets=options.targets)
                result = run_language(model, load_descriptions(folder, tokenizer, seed), settings)
                curve = result["curve"]
                lowest = min(curve, key=lambda point: point["validation"])
                summary = {
                    "before": curve[0]["validation"], "lowest": lowest["validation"], "atStep": lowest["step"], "final": curve[-1]["validation"],
                    "train": curve[-1]["train"], "rise": round(curve[-1]["validation"] / lowest["validation"], 2), "test": round(result["test"]["loss"], 4),
                }
                print("description", {"rows": options.rows, "noise": noise, "rate": rate, "steps": options.steps, "seed": seed}, summary, flush=True)
                if options.curves:
                    for point in curve:
                        print("   ", json.dumps(point))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=["classification", "description"])
    parser.add_argument("--model", type=Path, default=ROOT / "public" / "models" / "nano-decoder")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--rates", type=float, nargs="+")
    parser.add_argument("--similarity", action="store_true", help="with classification: similarity as well")
    parser.add_argument("--random-base", action="store_true", help="with classification: random weights of the same shape")
    parser.add_argument("--rows", type=int, default=192)
    parser.add_argument("--noise", type=float, nargs="+", default=[0.0, 0.2])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--every", type=int, default=12)
    parser.add_argument("--targets", nargs="+", help="modules with LoRA; q_proj and v_proj where nothing is given")
    parser.add_argument("--curves", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    (sentiment if options.task == "classification" else descriptions)(options.model, tokenizer, options)


if __name__ == "__main__":
    main()
