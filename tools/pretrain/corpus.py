"""The encoded pretraining documents, their masks and their batches."""
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

# Verdicts are masked most often: guessing them takes the meaning of the whole text. Adjectives stay mostly in sight, because
# a verdict over hidden adjectives is a guess; a masked noun teaches little.
VERDICT_RATE, ADJECTIVE_RATE, OTHER_RATE = 0.7, 0.1, 0.03

# Share of the documents with a title ("good: the plot ...") whose title is hidden by the begin token itself, in whose place it
# is to be guessed. The text then looks as it does in fine-tuning, and the state of <s> learns to sum it up.
TITLE_SHARE = 0.25


def read_documents(path: Path) -> list[dict]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def encode(tokenizer: Tokenizer, documents: list[dict]) -> list[torch.Tensor]:
    inputs = [(d["text"], d["pair"]) if "pair" in d else d["text"] for d in documents]
    return [torch.tensor(e.ids, dtype=torch.long) for e in tokenizer.encode_batch(inputs)]


def mask_rates(tokenizer: Tokenizer, carriers: dict[str, list[str]]) -> torch.Tensor:
    """How often each id of the vocabulary is masked; a carrier counts where it is one token."""
    rates = torch.full((tokenizer.get_vocab_size(),), OTHER_RATE)
    for rate, words in ((ADJECTIVE_RATE, carriers["adjectives"]), (VERDICT_RATE, carriers["verdicts"])):
        for word in words:
            ids = tokenizer.encode(word, add_special_tokens=False).ids
            if len(ids) == 1:
                rates[ids[0]] = rate
    for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>"):
        rates[tokenizer.token_to_id(token)] = 0.0
    return rates


class Masker:
    """Chooses which tokens to predict and hides them as BERT does: 80 % masked, 10 % another token, 10 % left."""

    def __init__(self, tokenizer: Tokenizer, rates: torch.Tensor):
        self.mask_id = tokenizer.token_to_id("<mask>")
        self.pad_id = tokenizer.token_to_id("<pad>")
        self.begin_id = tokenizer.token_to_id("<s>")
        self.vocabulary = tokenizer.get_vocab_size()
        self.rates = rates
        self.colons = torch.tensor([id for id in range(self.vocabulary) if tokenizer.decode([id]).strip() == ":"])

    def hide(self, ids: torch.Tensor, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The targets, what the model sees of them, and which of them it is asked for."""
        titled = torch.isin(ids[:, 2], self.colons) & (self.rates[ids[:, 1]] == VERDICT_RATE)
        moved = titled & (torch.rand(len(ids), generator=generator) < TITLE_SHARE)
        ids = torch.where(moved[:, None], self.title_first(ids), ids)
        chosen = torch.rand(ids.shape, generator=generator) < self.rates[ids]
        chosen[moved, 0] = True
        how = torch.rand(ids.shape, generator=generator)
        other = torch.randint(4, self.vocabulary - 1, ids.shape, generator=generator)
        hidden = torch.where(chosen & (how < 0.8), self.mask_id, ids)
        hidden = torch.where(chosen & (how >= 0.9), other, hidden)
        hidden[moved, 0] = self.begin_id
        return ids, hidden, chosen

    def title_first(self, ids: torch.Tensor) -> torch.Tensor:
        """`<s> title : text` becomes `title text`, padded to the same width."""
        padding = torch.full((len(ids), 2), self.pad_id)
        return torch.cat([ids[:, 1:2], ids[:, 3:], padding], dim=1)


def batches(rows: list[torch.Tensor], size: int, pad_id: int, generator: torch.Generator):
    """Endless batches; rows of like length share one, so that little of it is padding."""
    pool = size * 32
    while True:
        order = torch.randperm(len(rows), generator=generator).tolist()
        for start in range(0, len(order) - pool + 1, pool):
            chunk = sorted(order[start : start + pool], key=lambda row: len(rows[row]))
            for part in torch.randperm(32, generator=generator).tolist():
                yield pad(rows, chunk[part * size : (part + 1) * size], pad_id)


def pad(rows: list[torch.Tensor], chosen: list[int], pad_id: int) -> torch.Tensor:
    return torch.nn.utils.rnn.pad_sequence([rows[row] for row in chosen], batch_first=True, padding_value=pad_id)
