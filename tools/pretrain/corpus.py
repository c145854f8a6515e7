"""The pretraining documents and their batches."""
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer


def read_documents(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def single_tokens(tokenizer: Tokenizer, words: list[str]) -> list[int]:
    """The ids of those words that are one token."""
    encoded = [tokenizer.encode(word, add_special_tokens=False).ids for word in words]
    return [ids[0] for ids in encoded if len(ids) == 1]


def batches(rows: list[torch.Tensor], size: int, pad_id: int, generator: torch.Generator):
    """Endless batches; rows of like length share one, so that little of it is padding."""
    pool = size * 32
    while True:
        order = torch.randperm(len(rows), generator=generator).tolist()
        for start in range(0, len(order) - pool + 1, pool):
            chunk = sorted(order[start : start + pool], key=lambda row: len(rows[row]))
            for part in torch.randperm(32, generator=generator).tolist():
                yield pad(rows, chunk[part * size : (part + 1) * size], pad_id)


def ascending_batches(rows: list[torch.Tensor], size: int, pad_id: int):
    """All rows once, from short to long."""
    order = sorted(range(len(rows)), key=lambda row: len(rows[row]))
    for start in range(0, len(order), size):
        yield pad(rows, order[start : start + size], pad_id)


def pad(rows: list[torch.Tensor], chosen: list[int], pad_id: int) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence([rows[row] for row in chosen], batch_first=True, padding_value=pad_id)
