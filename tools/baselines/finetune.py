"""One LoRA fine-tuning run in PyTorch, as the page's engine does it, with its curves. Classification and regression; `language.py` has the rest."""
import json
from dataclasses import dataclass
from pathlib import Path

import torch
from peft import LoraConfig, TaskType, get_peft_model
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForSequenceClassification, get_linear_schedule_with_warmup

from metrics import measure

PAD = 1
# The layers that LoRA adapts, q and v, by their names in each architecture.
TARGETS = {"roberta": ["query", "value"], "llama": ["q_proj", "v_proj"]}


@dataclass
class Settings:
    rows: int = 512
    seed: int = 1
    rate: float = 3e-3
    steps: int = 600
    batch: int = 16
    warmup: int = 30
    decay: float = 0.0
    clip: float = 1.0
    rank: int = 8
    alpha: int = 16
    random_base: bool = False
    scratch: bool = False  # all weights are trained, from random ones
    noise: float = 0.0
    targets: list[str] | None = None  # q and v where nothing is named
    every: int = 0  # steps between two evaluations; 0 evaluates at the end alone
    lora_dropout: float = 0.0
    hidden_dropout: float = 0.0  # element dropout on the FFN output, before the residual add (HiddenCut)


class Encoded:
    def __init__(self, tokenizer: Tokenizer, examples: list[dict], regression: bool):
        texts = [(e["text"], e["pair"]) if "pair" in e else e["text"] for e in examples]
        rows = [torch.tensor(e.ids) for e in tokenizer.encode_batch(texts)]
        self.lengths = torch.tensor([len(row) for row in rows])
        self.ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD)
        self.labels = torch.tensor([e["label"] for e in examples], dtype=torch.float if regression else torch.long)

    def __len__(self):
        return len(self.labels)


def load_task(folder: Path, tokenizer: Tokenizer, task: str, seed: int) -> dict[str, Encoded]:
    data = json.loads((folder / f"{task}-{seed}.json").read_text())
    return {split: Encoded(tokenizer, rows, task == "similarity") for split, rows in data.items()}


def build(model_folder: Path, regression: bool, settings: Settings):
    torch.manual_seed(settings.seed)
    config = AutoConfig.from_pretrained(model_folder, num_labels=1 if regression else 2)
    if settings.random_base or settings.scratch:
        model = AutoModelForSequenceClassification.from_config(config).float()
    else:
        model = AutoModelForSequenceClassification.from_pretrained(model_folder, config=config, dtype=torch.float32)
    if config.model_type == "roberta":
        for layer in model.roberta.encoder.layer:
            layer.output.dropout.p = settings.hidden_dropout  # sits after the down projection, before the residual add
    elif settings.hidden_dropout:
        raise ValueError(f"finetune: {config.model_type} has no dropout after its FFN (hidden_dropout {settings.hidden_dropout}); choose 0, or the encoder")
    return model if settings.scratch else with_lora(model, TaskType.SEQ_CLS, settings)


def with_lora(model, task: TaskType, settings: Settings):
    targets = settings.targets or TARGETS[model.config.model_type]
    lora = LoraConfig(task_type=task, r=settings.rank, lora_alpha=settings.alpha, target_modules=targets, lora_dropout=settings.lora_dropout)
    return get_peft_model(model, lora)


def loss_of(outputs, labels, regression):
    if regression:
        return torch.nn.functional.mse_loss(outputs.squeeze(-1), labels)
    return torch.nn.functional.cross_entropy(outputs, labels)


@torch.no_grad()
def evaluate(model, data: Encoded, regression: bool, metrics: list[str] | None = None) -> dict[str, float]:
    model.eval()
    outputs = torch.cat([model(input_ids=ids, attention_mask=(ids != PAD).long()).logits for ids in data.ids.split(500)])
    model.train()
    if regression:
        metric = torch.corrcoef(torch.stack([outputs.squeeze(-1), data.labels]))[0, 1].item()
    else:
        metric = (outputs.argmax(-1) == data.labels).float().mean().item()
    found = {"loss": loss_of(outputs, data.labels, regression).item(), "metric": metric}
    if metrics:
        given = outputs.squeeze(-1) if regression else outputs.argmax(-1)
        found["scores"] = measure(given.tolist(), data.labels.tolist(), metrics)
        found["metric"] = found["scores"][metrics[0]]
    return found


def run(model_folder: Path, splits: dict[str, Encoded], regression: bool, settings: Settings, metrics: list[str] | None = None) -> dict:
    """Trains and gives the final test figures and, with `every`, the curve of clean training and validation loss."""

    def loss_on(model, data, rows):
        ids = data.ids[rows][:, : data.lengths[rows].max()]
        return loss_of(model(input_ids=ids, attention_mask=(ids != PAD).long()).logits, data.labels[rows], regression)

    return train_and_measure(build(model_folder, regression, settings), splits, settings, loss_on, lambda model, data: evaluate(model, data, regression, metrics))


def train_and_measure(model, splits, settings: Settings, loss_on, evaluate) -> dict:
    """@param loss_on (model, data, rows) → loss; @param evaluate (model, data) → loss and metric"""
    model.train()
    train = splits["train"]
    # No decay on biases and normalisation weights, as the engine does it.
    named = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    groups = [
        {"params": [p for n, p in named if p.ndim > 1], "weight_decay": settings.decay},
        {"params": [p for n, p in named if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=settings.rate)
    schedule = get_linear_schedule_with_warmup(optimizer, settings.warmup, settings.steps)
    generator = torch.Generator().manual_seed(settings.seed)
    order, curve = torch.empty(0, dtype=torch.long), []

    def measure(step):
        clean, held_out = evaluate(model, train), evaluate(model, splits["validation"])
        curve.append({"step": step, "train": round(clean["loss"], 4), "validation": round(held_out["loss"], 4), "metric": round(held_out["metric"], 4)})

    for step in range(settings.steps):
        if settings.every and step % settings.every == 0:
            measure(step)
        while len(order) < settings.batch:
            order = torch.cat([order, torch.randperm(len(train), generator=generator)])
        rows, order = order[: settings.batch], order[settings.batch :]
        loss = loss_on(model, train, rows)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for _, p in named], settings.clip)
        optimizer.step()
        schedule.step()
    if settings.every:
        measure(settings.steps)
    result = {"validation": evaluate(model, splits["validation"]), "test": evaluate(model, splits["test"])}
    return {**result, "curve": curve} if settings.every else result
