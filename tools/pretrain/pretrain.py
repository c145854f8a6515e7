"""Pretrains a nano model: the encoder by masked tokens, the decoder by next ones. `README.md` beside this file says how to run it."""
import argparse
import hashlib
import json
import math
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import get_linear_schedule_with_warmup

import causal
import masked
import micro_causal
from corpus import batches, read_documents
from tokenizer import save_tokenizer, train_tokenizer

MODELS = {"encoder": (masked, masked.MaskedObjective), "decoder": (causal, causal.CausalObjective), "micro-decoder": (micro_causal, causal.CausalObjective)}
# From easy to hard: the share of all steps after which documents of the next level join in.
STAGES = ((1, 0.0), (2, 0.12), (3, 0.35))
WARMUP = 200
# Of a rate that is held: it falls over a third of the steps before, a quarter of them all.
FALL = 3
VALIDATION_DOCUMENTS = 4000
TOKENIZER_DOCUMENTS = 60000


class HeldRate:
    """A rate that is held after its warm-up until `fall_from`, which may be found while training, and then falls to nothing."""

    def __init__(self, optimizer, fall_from: int | None):
        self.fall_from = fall_from
        self.scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, self.factor)

    @property
    def steps(self) -> int | None:
        return self.fall_from and self.fall_from + self.fall_from // FALL

    def factor(self, step: int) -> float:
        left = 1.0 if self.fall_from is None or step < self.fall_from else (self.steps - step) / (self.steps - self.fall_from)
        return min(1.0, step / WARMUP) * left


def save(model, objective, folder: Path) -> str:
    """Weights in F16, without tied ones and position buffers, as transformers does."""
    model.config.architectures = [objective.architecture]
    model.config.dtype = torch.float16
    model.config.save_pretrained(folder)
    path = folder / "model.safetensors"
    tensors = {k: v.half().contiguous() for k, v in model.state_dict().items() if k not in objective.left_out and v.is_floating_point()}
    save_file(tensors, path, metadata={"format": "pt"})
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=MODELS)
    parser.add_argument("--text", type=Path, required=True, help="folder written by export-text.mjs pretraining")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, help="as many as the shipped model had, where nothing is given")
    parser.add_argument("--batch", type=int, help="documents of a step; the model's own, or 128")
    parser.add_argument("--rate", type=float, help="the model's own, or 2e-3")
    parser.add_argument("--inner", type=int, help="width of the feed-forward layers; the model's own, or 128")
    parser.add_argument("--minutes", type=float, help="hold the rate until three quarters of this time have gone, however many steps that is")
    parser.add_argument("--fall-from", type=int, help="hold the rate up to this step: repeats a run with --minutes, whose record names it")
    parser.add_argument("--every", type=int, default=500, help="steps between two looks at the validation documents, after each of which the weights are written")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    kind, Objective = MODELS[options.model]
    options.steps = options.steps or kind.STEPS
    options.batch = options.batch or getattr(kind, "BATCH", 128)
    options.rate = options.rate or getattr(kind, "RATE", 2e-3)
    if not options.minutes:
        options.fall_from = options.fall_from or getattr(kind, "FALL_FROM", None)
    options.inner = options.inner or getattr(kind, "INNER", 128)

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    documents = read_documents(options.text / "pretraining.jsonl")
    texts = [part for d in documents[:TOKENIZER_DOCUMENTS] for part in (d["text"], d.get("pair")) if part]
    tokenizer = train_tokenizer(texts, options.model)
    save_tokenizer(tokenizer, options.out, kind.POSITIONS, options.model)
    rows = kind.encode(tokenizer, documents)
    levels = [d["level"] for d in documents]
    held_out, rows, levels = rows[:VALIDATION_DOCUMENTS], rows[VALIDATION_DOCUMENTS:], levels[VALIDATION_DOCUMENTS:]
    objective = Objective(tokenizer, options.text)
    print(f"{tokenizer.get_vocab_size()} subwords, {len(rows)} documents", flush=True)

    model = kind.build(tokenizer.get_vocab_size(), options.inner)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01)
    held = HeldRate(optimizer, options.fall_from) if options.minutes or options.fall_from else None
    schedule = held.scheduler if held else get_linear_schedule_with_warmup(optimizer, WARMUP, options.steps)
    generator = torch.Generator().manual_seed(options.seed)
    began, curve, mean = time.time(), [], math.nan
    verdicts = objective.verdicts
    by_level = {level: [rows[i] for i in range(20000) if levels[i] == level and verdicts[rows[i]].any()][:800] for level, _ in STAGES}
    starts = {round(share * options.steps): level for level, share in STAGES}
    last = (held.steps or 10**9) if held else options.steps
    step = -1
    while (step := step + 1) < last:
        if held and held.fall_from is None and time.time() - began > options.minutes * 60 * (1 - 1 / (FALL + 1)):
            held.fall_from = step
            last = held.steps
        if step in starts:
            chosen_rows = [row for row, level in zip(rows, levels) if level <= starts[step]]
            stream = batches(chosen_rows, options.batch, objective.pad_id, generator)
        loss = objective.training_loss(model, next(stream), generator)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        mean = loss.item() if math.isnan(mean) else 0.98 * mean + 0.02 * loss.item()
        if (step + 1) % options.every == 0 or step + 1 == last:
            curve.append({"step": step + 1, "validation": round(objective.validate(model, held_out), 4)})
            shown = " ".join(f"{objective.verdict_loss(model, some):.3f}" for some in by_level.values())
            print(f"step {step + 1}: verdicts {shown} train {mean:.4f} validation {curve[-1]['validation']} after {time.time() - began:.0f} s", flush=True)
            save(model, objective, options.out)

    digest = save(model, objective, options.out)
    model.load_state_dict({k: v.float() for k, v in load_file(options.out / "model.safetensors").items()}, strict=False)
    record = {
        "model": options.model, "seed": options.seed, "steps": last, "stages of": options.steps, "fall from": held and held.fall_from, "batch": options.batch, "rate": options.rate, "inner": options.inner,
        "documents": len(rows), "subwords": tokenizer.get_vocab_size(), "seconds": round(time.time() - began),
        "validation_loss": round(objective.validate(model, held_out), 4), "sha256": digest, "curve": curve,
    }
    (options.text / f"record-{options.seed}.json").write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps({k: v for k, v in record.items() if k != "curve"}))


if __name__ == "__main__":
    main()
