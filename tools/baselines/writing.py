"""What the decoders are worth at writing: held-out perplexity by LoRA, on random weights, from scratch, and by token frequencies. `README.md` says how to run it."""
import argparse
import copy
import json
import math
import statistics
import time
from collections import Counter
from pathlib import Path

import torch
import transformers
from peft import TaskType
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, get_linear_schedule_with_warmup

from finetune import Settings, with_lora
from language import NOT_SCORED, Completions, evaluate, loss_on

# Rate, steps and whether all weights are trained. From scratch a model needs longer; the step with the best validation loss counts for all.
KINDS = {"lora": (1e-2, 240, False), "random": (1e-2, 240, False), "scratch": (2e-3, 360, True)}
VALIDATION_ROWS = 128  # as the engine scores them
EVERY = 40


class Part:
    """The first rows of a set, or those of one kind."""

    def __init__(self, whole: Completions, rows: list[int]):
        self.ids, self.labels, self.lengths = whole.ids[rows], whole.labels[rows], whole.lengths[rows]

    def __len__(self):
        return len(self.ids)


def cut(data: Completions, longest: int) -> int:
    """Cuts rows to the positions of the model, as the engine does. @returns how many"""
    rows = int((data.lengths > longest).sum())
    data.ids, data.labels, data.lengths = data.ids[:, :longest], data.labels[:, :longest], data.lengths.clamp(max=longest)
    return rows


def frequencies(train: Completions, data) -> float:
    """Loss of guessing every token by how often it is written in the training rows, each counted once more than it is."""
    counts = Counter(train.labels[train.labels != NOT_SCORED].tolist())
    asked = data.labels[data.labels != NOT_SCORED].tolist()
    vocabulary = len(set(counts) | set(asked))
    total = sum(counts.values()) + vocabulary
    return -sum(math.log((counts[token] + 1) / total) for token in asked) / len(asked)


def build(folder: Path, kind: str, settings: Settings):
    torch.manual_seed(settings.seed)
    if kind == "lora":
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    else:
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder)).float()
    return model if KINDS[kind][2] else with_lora(model, TaskType.CAUSAL_LM, settings)


def run(folder: Path, kind: str, sets: dict, seed: int, rate: float, steps: int) -> dict:
    settings = Settings(seed=seed, rate=rate, steps=steps, warmup=steps // 20)
    model = build(folder, kind, settings)
    named = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(named, lr=rate, weight_decay=0.0)
    schedule = get_linear_schedule_with_warmup(optimizer, settings.warmup, steps)
    generator = torch.Generator().manual_seed(seed)
    order, best = torch.empty(0, dtype=torch.long), (math.inf, 0, None)
    model.train()
    for step in range(steps + 1):
        if step % EVERY == 0 or step == steps:
            loss = evaluate(model, sets["validation"])["loss"]
            if loss < best[0]:
                best = (loss, step, copy.deepcopy({n: p.detach() for n, p in model.named_parameters() if p.requires_grad}))
        if step == steps:
            break
        while len(order) < settings.batch:
            order = torch.cat([order, torch.randperm(len(sets["train"]), generator=generator)])
        rows, order = order[: settings.batch], order[settings.batch :]
        loss = loss_on(model, sets["train"], rows)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(named, settings.clip)
        optimizer.step()
        schedule.step()
    model.load_state_dict(best[2], strict=False)
    found = {name: round(evaluate(model, data)["metric"], 3) for name, data in sets["test"].items()}
    return {"step": best[1], "validation": round(math.exp(best[0]), 3), "test": found}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True, help="folder written by export-text.mjs tasks")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--tasks", nargs="+", default=["description", "triples"])
    parser.add_argument("--kinds", nargs="+", choices=[*KINDS, "frequencies"], default=["frequencies", *KINDS])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--rate", type=float, help="in place of the kind's own")
    parser.add_argument("--steps", type=int, help="in place of the kind's own")
    parser.add_argument("--test-rows", type=int, default=500)
    parser.add_argument("--out", type=Path, required=True, help="a line of JSON a run is added to it")
    options = parser.parse_args()
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
    longest = json.loads((options.model / "config.json").read_text())["max_position_embeddings"]
    for task in options.tasks:
        for kind in options.kinds:
            tests = []
            for seed in options.seeds:
                data = json.loads((options.data / f"{task}-{seed}.json").read_text())
                examples = {"train": data["train"], "validation": data["validation"][:VALIDATION_ROWS], "test": data["test"][: options.test_rows]}
                sets = {split: Completions(tokenizer, rows) for split, rows in examples.items()}
                cut_rows = {split: cut(rows, longest) for split, rows in sets.items()}
                parts = {"all": list(range(len(sets["test"])))}
                if "category" in examples["test"][0]:
                    for seen, name in ((True, "seen"), (False, "unseen")):
                        parts[name] = [row for row, example in enumerate(examples["test"]) if example["category"]["seen"] == seen]
                sets["test"] = {name: Part(sets["test"], rows) for name, rows in parts.items()}
                began = time.time()
                if kind == "frequencies":
                    found = {"test": {name: round(math.exp(frequencies(sets["train"], part)), 3) for name, part in sets["test"].items()}}
                    rate, steps = None, 0
                else:
                    rate, steps = options.rate or KINDS[kind][0], options.steps or KINDS[kind][1]
                    found = run(options.model, kind, sets, seed, rate, steps)
                tests.append(found["test"]["all"])
                line = {"model": options.model.name, "task": task, "kind": kind, "seed": seed, "rows": len(examples["train"]), "rate": rate, "steps": steps, **found, "cut": cut_rows, "seconds": round(time.time() - began)}
                print(json.dumps(line), flush=True)
                with options.out.open("a", encoding="utf-8") as out:
                    out.write(f"{json.dumps(line)}\n")
            print(options.model.name, task, kind, "median test perplexity", round(statistics.median(tests), 3), flush=True)


if __name__ == "__main__":
    main()
