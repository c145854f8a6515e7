"""Pretrains the nano encoder by masked-token prediction. `README.md` beside this file says how to run it."""
import argparse
import hashlib
import json
import math
import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import RobertaConfig, RobertaForMaskedLM, get_linear_schedule_with_warmup

from corpus import Masker, batches, encode, mask_rates, pad, read_documents
from tokenizer import save_tokenizer, train_tokenizer

POSITIONS = 128
# From easy to hard: the share of all steps after which documents of the next level join in.
STAGES = ((1, 0.0), (2, 0.12), (3, 0.35))
WARMUP = 200
VALIDATION_DOCUMENTS = 4000
TOKENIZER_DOCUMENTS = 60000


def build(vocabulary: int, inner: int) -> RobertaForMaskedLM:
    return RobertaForMaskedLM(
        RobertaConfig(
            vocab_size=vocabulary,
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=inner,
            max_position_embeddings=POSITIONS + 2,  # RoBERTa counts positions from pad id + 1
            type_vocab_size=1,
            initializer_range=0.1,  # the usual 0.02 suits wide layers; at a width of 64 it leaves attention too faint to learn
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
        )
    )


def masked_loss(model, hidden, targets, chosen, pad_id):
    """Mean cross-entropy of the chosen tokens; the head runs on those alone, which is most of the saving."""
    states = model.roberta(hidden, attention_mask=(hidden != pad_id).long()).last_hidden_state
    logits = model.lm_head(states[chosen])
    return torch.nn.functional.cross_entropy(logits, targets[chosen]), int(chosen.sum())


@torch.no_grad()
def validate(model, rows, masker) -> float:
    """The masks are drawn from a fixed seed, so that two runs are measured on the same tokens."""
    model.eval()
    generator = torch.Generator().manual_seed(0)
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    total, count = 0.0, 0
    for start in range(0, len(order), 250):
        ids = pad(rows, order[start : start + 250], masker.pad_id)
        targets, hidden, chosen = masker.hide(ids, generator)
        loss, tokens = masked_loss(model, hidden, targets, chosen, masker.pad_id)
        total, count = total + loss.item() * tokens, count + tokens
    model.train()
    return total / count


@torch.no_grad()
def verdict_loss(model, rows, masker, verdicts) -> float:
    """Cross-entropy of the verdicts alone, each hidden: shows whether the model has begun to understand whole texts."""
    ids = pad(rows, list(range(len(rows))), masker.pad_id)
    chosen = verdicts[ids]
    return masked_loss(model, torch.where(chosen, masker.mask_id, ids), ids, chosen, masker.pad_id)[0].item()


def save(model, folder: Path) -> str:
    """Weights in F16; the tied decoder weight and the position buffers are left out, as transformers does."""
    model.config.architectures = ["RobertaForMaskedLM"]
    model.config.dtype = torch.float16
    model.config.save_pretrained(folder)
    path = folder / "model.safetensors"
    left_out = {"lm_head.decoder.weight", "lm_head.decoder.bias"}
    tensors = {k: v.half().contiguous() for k, v in model.state_dict().items() if k not in left_out and v.is_floating_point()}
    save_file(tensors, path, metadata={"format": "pt"})
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", type=Path, required=True, help="folder written by export-text.mjs pretraining")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=8000)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--inner", type=int, default=128)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    documents = read_documents(options.text / "pretraining.jsonl")
    texts = [part for d in documents[:TOKENIZER_DOCUMENTS] for part in (d["text"], d.get("pair")) if part]
    tokenizer = train_tokenizer(texts)
    save_tokenizer(tokenizer, options.out, POSITIONS)
    rows = encode(tokenizer, documents)
    levels = [d["level"] for d in documents]
    held_out, rows, levels = rows[:VALIDATION_DOCUMENTS], rows[VALIDATION_DOCUMENTS:], levels[VALIDATION_DOCUMENTS:]
    masker = Masker(tokenizer, mask_rates(tokenizer, json.loads((options.text / "carriers.json").read_text())))
    print(f"{tokenizer.get_vocab_size()} subwords, {len(rows)} documents", flush=True)

    model = build(tokenizer.get_vocab_size(), options.inner)
    optimizer = torch.optim.AdamW(model.parameters(), lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, options.steps)
    generator = torch.Generator().manual_seed(options.seed)
    began, curve, mean = time.time(), [], math.nan
    verdicts = masker.rates == masker.rates.max()
    by_level = {level: [rows[i] for i in range(20000) if levels[i] == level and verdicts[rows[i]].any()][:800] for level, _ in STAGES}
    starts = {round(share * options.steps): level for level, share in STAGES}
    for step in range(options.steps):
        if step in starts:
            chosen_rows = [row for row, level in zip(rows, levels) if level <= starts[step]]
            stream = batches(chosen_rows, options.batch, masker.pad_id, generator)
        targets, hidden, chosen = masker.hide(next(stream), generator)
        loss, _ = masked_loss(model, hidden, targets, chosen, masker.pad_id)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        mean = loss.item() if math.isnan(mean) else 0.98 * mean + 0.02 * loss.item()
        if (step + 1) % 500 == 0 or step + 1 == options.steps:
            curve.append({"step": step + 1, "validation": round(validate(model, held_out, masker), 4)})
            shown = " ".join(f"{verdict_loss(model, some, masker, verdicts):.3f}" for some in by_level.values())
            print(f"step {step + 1}: verdicts {shown} train {mean:.4f} validation {curve[-1]['validation']} after {time.time() - began:.0f} s", flush=True)
            save(model, options.out)

    digest = save(model, options.out)
    model.load_state_dict({k: v.float() for k, v in load_file(options.out / "model.safetensors").items()}, strict=False)
    record = {
        "seed": options.seed, "steps": options.steps, "batch": options.batch, "rate": options.rate, "inner": options.inner,
        "documents": len(rows), "subwords": tokenizer.get_vocab_size(), "seconds": round(time.time() - began),
        "validation_loss": round(validate(model, held_out, masker), 4), "sha256": digest, "curve": curve,
    }
    (options.text / f"record-{options.seed}.json").write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps({k: v for k, v in record.items() if k != "curve"}))


if __name__ == "__main__":
    main()
