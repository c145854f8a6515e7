"""What is the decoder's own: Llama, pretrained by guessing the next token."""
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import LlamaConfig, LlamaForCausalLM

from corpus import ascending_batches, pad, single_tokens

POSITIONS = 128
STEPS = 6000

# Verdicts come once a document and take its whole meaning to guess, so they are always asked for; of the other tokens this share.
OTHER_SHARE = 0.3
# A verdict counts as much as so many other tokens.
VERDICT_WEIGHT = 3.0


def encode(tokenizer: Tokenizer, documents: list[dict]) -> list[torch.Tensor]:
    """With an end token behind each document, which the post-processor of a decoder does not add."""
    end = tokenizer.token_to_id("</s>")
    return [torch.tensor([*e.ids, end], dtype=torch.long) for e in tokenizer.encode_batch([d["text"] for d in documents])]


def build(vocabulary: int, inner: int, width: int = 64, layers: int = 2) -> LlamaForCausalLM:
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=vocabulary,
            hidden_size=width,
            num_hidden_layers=layers,
            num_attention_heads=4,
            num_key_value_heads=2,
            head_dim=width // 4,
            intermediate_size=inner,
            max_position_embeddings=POSITIONS,
            initializer_range=0.1,  # as for the encoder: 0.02 is too faint at such widths
            rope_parameters={"rope_type": "default", "rope_theta": 10000.0},
            tie_word_embeddings=True,
            attention_bias=False,
            mlp_bias=False,
            bos_token_id=0,
            pad_token_id=1,
            eos_token_id=2,
        )
    )


class CausalObjective:
    """Asks for the next token: at every verdict, and at a share of the other places."""

    architecture = "LlamaForCausalLM"
    # Tied to the embedding; transformers leaves it out as well.
    left_out = frozenset({"lm_head.weight"})

    def __init__(self, tokenizer: Tokenizer, text: Path):
        self.pad_id = tokenizer.token_to_id("<pad>")
        carriers = json.loads((text / "carriers.json").read_text())
        self.verdicts = torch.zeros(tokenizer.get_vocab_size(), dtype=torch.bool)
        self.verdicts[single_tokens(tokenizer, carriers["verdicts"])] = True

    def losses(self, model, ids: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
        """−ln p of the chosen tokens, each guessed from what stands before it. Padding is on the right, where no token looks."""
        states = model.model(ids[:, :-1]).last_hidden_state
        return torch.nn.functional.cross_entropy(model.lm_head(states[chosen]), ids[:, 1:][chosen], reduction="none")

    def training_loss(self, model, ids: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        targets = ids[:, 1:]
        verdict = self.verdicts[targets]
        chosen = (torch.rand(targets.shape, generator=generator) < OTHER_SHARE) | verdict
        chosen &= targets != self.pad_id
        weights = torch.where(verdict, VERDICT_WEIGHT, 1.0)[chosen]
        return (self.losses(model, ids, chosen) * weights).sum() / weights.sum()

    @torch.no_grad()
    def validate(self, model, rows: list[torch.Tensor]) -> float:
        """Mean over all tokens, unweighted."""
        model.eval()
        total, count = 0.0, 0
        for ids in ascending_batches(rows, 250, self.pad_id):
            found = self.losses(model, ids, ids[:, 1:] != self.pad_id)
            total, count = total + found.sum().item(), count + len(found)
        model.train()
        return total / count

    @torch.no_grad()
    def verdict_loss(self, model, rows: list[torch.Tensor]) -> float:
        """Cross-entropy of the verdicts alone: shows whether the model has begun to understand whole texts."""
        ids = pad(rows, list(range(len(rows))), self.pad_id)
        return self.losses(model, ids, self.verdicts[ids[:, 1:]]).mean().item()
