"""What is the encoder's own: RoBERTa, pretrained by guessing masked tokens."""
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import RobertaConfig, RobertaForMaskedLM

from corpus import ascending_batches, pad, single_tokens

POSITIONS = 128
STEPS = 8000

# Verdicts are masked most often: guessing them takes the meaning of the whole text. Adjectives stay mostly in sight, because
# a verdict over hidden adjectives is a guess; a masked noun teaches little.
VERDICT_RATE, ADJECTIVE_RATE, OTHER_RATE = 0.7, 0.1, 0.03

# Share of the documents with a title ("good: the plot ...") whose title is hidden by the begin token itself, in whose place it
# is to be guessed. The text then looks as it does in fine-tuning, and the state of <s> learns to sum it up.
TITLE_SHARE = 0.25


def encode(tokenizer: Tokenizer, documents: list[dict]) -> list[torch.Tensor]:
    inputs = [(d["text"], d["pair"]) if "pair" in d else d["text"] for d in documents]
    return [torch.tensor(e.ids, dtype=torch.long) for e in tokenizer.encode_batch(inputs)]


def build(vocabulary: int, inner: int, width: int = 64, layers: int = 2, spread: float = 0.1) -> RobertaForMaskedLM:
    return RobertaForMaskedLM(
        RobertaConfig(
            vocab_size=vocabulary,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=4,
            intermediate_size=inner,
            max_position_embeddings=POSITIONS + 2,  # RoBERTa counts positions from pad id + 1
            type_vocab_size=1,
            initializer_range=spread,  # the usual 0.02 suits wide layers; at a width of 64 it leaves attention too faint to learn
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            pad_token_id=1,
            bos_token_id=0,
            eos_token_id=2,
        )
    )


def mask_rates(tokenizer: Tokenizer, carriers: dict[str, list[str]]) -> torch.Tensor:
    """How often each id of the vocabulary is masked; a carrier counts where it is one token."""
    rates = torch.full((tokenizer.get_vocab_size(),), OTHER_RATE)
    for rate, words in ((ADJECTIVE_RATE, carriers["adjectives"]), (VERDICT_RATE, carriers["verdicts"])):
        rates[single_tokens(tokenizer, words)] = rate
    for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>"):
        rates[tokenizer.token_to_id(token)] = 0.0
    return rates


class MaskedObjective:
    """Chooses which tokens to predict and hides them as BERT does: 80 % masked, 10 % another token, 10 % left."""

    architecture = "RobertaForMaskedLM"
    # The decoder weight is tied; transformers leaves it out as well.
    left_out = frozenset({"lm_head.decoder.weight", "lm_head.decoder.bias"})

    def __init__(self, tokenizer: Tokenizer, text: Path):
        self.mask_id = tokenizer.token_to_id("<mask>")
        self.pad_id = tokenizer.token_to_id("<pad>")
        self.begin_id = tokenizer.token_to_id("<s>")
        self.vocabulary = tokenizer.get_vocab_size()
        self.rates = mask_rates(tokenizer, json.loads((text / "carriers.json").read_text()))
        self.verdicts = self.rates == self.rates.max()
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

    def masked_loss(self, model, hidden, targets, chosen):
        """Mean cross-entropy of the chosen tokens; the head runs on those alone, which is most of the saving."""
        states = model.roberta(hidden, attention_mask=(hidden != self.pad_id).long()).last_hidden_state
        logits = model.lm_head(states[chosen])
        return torch.nn.functional.cross_entropy(logits, targets[chosen]), int(chosen.sum())

    def training_loss(self, model, ids: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        targets, hidden, chosen = self.hide(ids, generator)
        return self.masked_loss(model, hidden, targets, chosen)[0]

    @torch.no_grad()
    def validate(self, model, rows: list[torch.Tensor]) -> float:
        """The masks are drawn from a fixed seed, so that two runs are measured on the same tokens."""
        model.eval()
        generator = torch.Generator().manual_seed(0)
        total, count = 0.0, 0
        for ids in ascending_batches(rows, 250, self.pad_id):
            targets, hidden, chosen = self.hide(ids, generator)
            loss, tokens = self.masked_loss(model, hidden, targets, chosen)
            total, count = total + loss.item() * tokens, count + tokens
        model.train()
        return total / count

    @torch.no_grad()
    def verdict_loss(self, model, rows: list[torch.Tensor]) -> float:
        """Cross-entropy of the verdicts alone, each hidden: shows whether the model has begun to understand whole texts."""
        ids = pad(rows, list(range(len(rows))), self.pad_id)
        chosen = self.verdicts[ids]
        return self.masked_loss(model, torch.where(chosen, self.mask_id, ids), ids, chosen)[0].item()
