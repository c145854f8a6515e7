"""LoRA on a language model that writes descriptions, as the page's engine does it: prompts are read, completions are scored."""
import json
from pathlib import Path

import torch
from peft import TaskType
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM

from finetune import PAD, Settings, train_and_measure, with_lora

NOT_SCORED = -100


class Completions:
    """Prompt, completion and end token in one row; `labels` are shifted already and −100 where nothing is scored."""

    def __init__(self, tokenizer: Tokenizer, examples: list[dict]):
        end = tokenizer.token_to_id("</s>")
        prompts = [e.ids for e in tokenizer.encode_batch([e["text"] for e in examples])]
        completions = [e.ids for e in tokenizer.encode_batch([e["completion"] for e in examples], add_special_tokens=False)]
        rows = [torch.tensor([*p, *c, end]) for p, c in zip(prompts, completions)]
        self.lengths = torch.tensor([len(row) for row in rows])
        self.ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=PAD)
        self.labels = torch.full_like(self.ids, NOT_SCORED)
        for row, prompt in enumerate(prompts):
            scored = slice(len(prompt), int(self.lengths[row]))
            self.labels[row, len(prompt) - 1 : scored.stop - 1] = self.ids[row, scored]

    def __len__(self):
        return len(self.ids)


def load_descriptions(folder: Path, tokenizer: Tokenizer, seed: int) -> dict[str, Completions]:
    data = json.loads((folder / f"description-{seed}.json").read_text())
    return {split: Completions(tokenizer, rows) for split, rows in data.items()}


def summed_loss(model, data: Completions, rows):
    """−ln p of the scored tokens, summed, and how many they are."""
    width = int(data.lengths[rows].max())
    ids, labels = data.ids[rows][:, :width], data.labels[rows][:, :width]
    logits = model(input_ids=ids, attention_mask=(ids != PAD).long()).logits
    loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=NOT_SCORED, reduction="sum")
    return loss, int((labels != NOT_SCORED).sum())


@torch.no_grad()
def evaluate(model, data: Completions) -> dict[str, float]:
    model.eval()
    parts = [summed_loss(model, data, rows) for rows in torch.arange(len(data)).split(250)]
    model.train()
    loss = sum(part.item() for part, _ in parts) / sum(count for _, count in parts)
    return {"loss": loss, "metric": torch.tensor(loss).exp().item()}


def loss_on(model, data: Completions, rows):
    loss, count = summed_loss(model, data, rows)
    return loss / count


def run_language(model_folder: Path, splits: dict[str, Completions], settings: Settings) -> dict:
    torch.manual_seed(settings.seed)
    model = AutoModelForCausalLM.from_pretrained(model_folder, dtype=torch.float32)
    return train_and_measure(with_lora(model, TaskType.CAUSAL_LM, settings), splits, settings, loss_on, evaluate)
