"""Tries out candidates for the default preset without any dropout; each must overfit plainly for every seed."""
import argparse
import itertools
import json
import subprocess
import tempfile
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer

from finetune import Settings, load_task, run

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MODEL = ROOT / "public" / "models" / "nano-encoder"
LARGEST_TRAIN_LOSS, SMALLEST_RISE = 0.1, 1.2


def tasks_folder(rows: int, noise: float) -> Path:
    folder = Path(tempfile.mkdtemp())
    command = ["node", "tools/pretrain/export-text.mjs", "tasks", str(folder), "--rows", str(rows), "--noise", str(noise)]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder


def judge(curve: list[dict]) -> dict:
    lowest = min(curve[1:], key=lambda point: point["validation"])
    last = curve[-1]
    rise = last["validation"] / lowest["validation"]
    return {
        "finalTrainLoss": last["train"], "finalValidationLoss": last["validation"], "lowestValidationLoss": lowest["validation"],
        "lowestAtStep": lowest["step"], "rise": round(rise, 2), "bestAccuracy": max(p["metric"] for p in curve), "finalAccuracy": last["metric"],
        "overfitsPlainly": last["train"] < LARGEST_TRAIN_LOSS and rise >= SMALLEST_RISE,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    for name, kind, default in (("rows", int, [128, 192]), ("noise", float, [0.15, 0.2]), ("rate", float, [3e-3, 6e-3, 1e-2]), ("steps", int, [300])):
        parser.add_argument(f"--{name}", type=kind, nargs="+", default=default)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--lora-dropout", type=float, default=0.0)
    parser.add_argument("--hidden-dropout", type=float, default=0.0)
    parser.add_argument("--out", type=Path, help="write settings, verdicts and curves of the last candidate")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))

    for rows, noise in itertools.product(options.rows, options.noise):
        folder = tasks_folder(rows, noise)
        for rate, steps in itertools.product(options.rate, options.steps):
            runs = []
            for seed in options.seeds:
                settings = Settings(
                    rows=rows, noise=noise, seed=seed, rate=rate, steps=steps, warmup=max(1, steps // 20), every=10,
                    lora_dropout=options.lora_dropout, hidden_dropout=options.hidden_dropout,
                )
                curve = run(MODEL, load_task(folder, tokenizer, "sentiment", seed), False, settings)["curve"]
                runs.append({"seed": seed, **judge(curve), "curve": curve})
                print(rows, noise, rate, steps, {k: v for k, v in runs[-1].items() if k != "curve"}, flush=True)
            if options.out:
                preset = {
                    "task": "sentiment", "trainRows": rows, "labelNoise": noise, "rank": settings.rank, "alpha": settings.alpha, "targets": ["q", "v"],
                    "rate": rate, "batch": settings.batch, "steps": steps, "warmup": settings.warmup, "weightDecay": settings.decay, "clip": settings.clip,
                    "loraDropout": options.lora_dropout, "hiddenDropout": options.hidden_dropout,
                }
                options.out.write_text(json.dumps({"preset": preset, "runs": runs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
