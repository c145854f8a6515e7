"""Pretrains the larger encoder. Verdicts are guessed in the place of <s>, words of one sentence are told from the other; kinds of rows join in by stages."""
import argparse
import json
import random
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch.nn.functional import cross_entropy

import masked
from corpus import pad, read_documents, single_tokens
from pretrain import save
from tokenizer import save_tokenizer, train_tokenizer

POSITIONS = 128
BATCH = 128
INNER = 320
TOKENIZER_DOCUMENTS = 100_000
HELD_OUT = 200  # rows of each kind
# So many groups of batches are drawn at once, then sorted by length, so that little of a batch is padding.
GROUPS = 16
SINGLES = ("sentiment", "acceptability")

# The plainest form of what has roles. Told in it alone, who did it is one question about the other sentence; told in any form, it is two at once.
PLAINEST = {
    ("entailment", 1): r"the \w+ \w+ed the \w+\.$",
    ("paraphrase", 0): r"the \w+ (?:is|seems) \w+ than the \w+\.$",
    ("paraphrase", 1): r"the \w+ (?:sold|lent|sent|handed) the \w+ to the \w+\.$",
    ("paraphrase", 2): r"the \w+ \w+ before the \w+ \w+\.$",
}

Kind = tuple[str, int]


@dataclass
class Stage:
    """What is read for some steps. Weights are of a task's rows, or of a family's among them; what is not named has one."""

    steps: int
    rate: float
    warmup: int
    told: float  # share of a batch of pairs whose words are hidden; the others' verdicts are asked for
    pairs: float = 1.0  # batches of pairs for each batch of single sentences
    plainest: float = 0.0
    falls: bool = False  # the rate falls to nothing over the stage
    verdicts: dict = field(default_factory=dict)
    hidden: dict = field(default_factory=dict)

    def weight(self, kind: Kind, families: int, told: bool) -> float:
        weights = self.hidden if told else self.verdicts
        return weights.get(kind[0], 1.0) * weights.get(kind, 1.0) / families


# As the shipped model was made, but that its first stage had verdicts and hidden words in batches of their own.
WHOLE = {("sentiment", 0): 0.3, ("sentiment", 2): 2, ("acceptability", 2): 1.5, ("paraphrase", 0): 0.3, "paraphrase": 0.3, "answering": 2, ("answering", 1): 2}
TOLD = {("answering", 0): 0.2, ("answering", 1): 1.5, ("paraphrase", 0): 0.5, ("paraphrase", 1): 1.5}
STAGES = (
    # Words told from the other sentence, above all.
    Stage(1000, 1.5e-3, 200, told=0.75, verdicts={"answering": 0.4, "paraphrase": 0.3, "entailment": 0.3}, hidden={"paraphrase": 1.2, "answering": 0.8}),
    # Verdicts on single clauses, then on whole reviews and on signs.
    Stage(600, 1e-3, 100, told=0.5, verdicts={("sentiment", 2): 0, "paraphrase": 0.5}, hidden={"paraphrase": 1.4, ("paraphrase", 1): 1.5, ("entailment", 1): 3}),
    Stage(
        2600, 1e-3, 60, told=0.35, hidden={"paraphrase": 0, ("entailment", 1): 0.5},
        verdicts={**WHOLE, ("sentiment", 0): 0.5, "paraphrase": 0, "answering": 1, ("answering", 1): 1, "entailment": 1.2, ("entailment", 0): 1.5, ("entailment", 1): 0.2},
    ),
    # Roles, and answers about two people.
    Stage(
        4600, 1e-3, 60, told=0.5, pairs=4, plainest=0.85, verdicts={**WHOLE, ("answering", 0): 0.3, "entailment": 0.8},
        hidden={**TOLD, ("entailment", 0): 0.2, ("entailment", 1): 4, ("entailment", 2): 0.2, ("entailment", 3): 0.2, "paraphrase": 2.5},
    ),
    Stage(
        1400, 8e-4, 1, told=0.35, pairs=2, plainest=0.85, falls=True, verdicts={**WHOLE, ("answering", 0): 0.6, "entailment": 1.2, ("entailment", 1): 0.3},
        hidden={**TOLD, "answering": 1.5},
    ),
)


class Hider:
    """Chooses which words of one sentence of a pair are to be told from the other."""

    def __init__(self, tokenizer, carriers: dict[str, list[str]]):
        self.end, self.mask = tokenizer.token_to_id("</s>"), tokenizer.token_to_id("<mask>")
        size = tokenizer.get_vocab_size()

        def marks(name: str) -> torch.Tensor:
            found = torch.zeros(size, dtype=torch.bool)
            found[single_tokens(tokenizer, carriers[name])] = True
            return found

        self.people, self.turning, self.asking = marks("people"), marks("turning"), marks("asking")
        # A stop that stands for itself has a space before it, which a full stop in a text has not: all its tokens.
        self.words = torch.ones(size, dtype=torch.bool)
        self.words[[id for stop in carriers["stops"] for id in tokenizer.encode(stop, add_special_tokens=False).ids]] = False
        for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>"):
            self.words[tokenizer.token_to_id(token)] = False

    def __call__(self, ids: torch.Tensor, plain: torch.Tensor, plainest: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """@param plain bits of the sentences, first 1 and second 2, that are in the plainest form. Gives what is seen and what is asked for."""
        rows, second = len(ids), (ids == self.end).long().cumsum(1) >= 2
        side = torch.where(torch.rand(rows, 1) < 0.5, second, ~second)
        how = torch.rand(rows, 1)
        # All people of a side, since one hidden person would be the one who is not yet named.
        words = torch.where(how < 0.65, self.turning[ids] & (torch.rand(ids.shape) < 0.6), self.words[ids] & (torch.rand(ids.shape) < 0.4))
        chosen = torch.where(how < 0.5, self.people[ids], words) & side
        asks = (self.asking[ids] & ~second).any(1, keepdim=True)
        question = torch.where(how < 0.45, self.asking[ids], self.people[ids]) & ~second
        chosen = torch.where(asks & (how < 0.7), question, chosen)
        if plainest:
            plain = plain[:, None]
            one = torch.where((plain == 2) | ((plain == 3) & (torch.rand(rows, 1) < 0.5)), second, ~second)
            chosen = torch.where((plain > 0) & (torch.rand(rows, 1) < 0.8), self.people[ids] & one, chosen)
        return torch.where(chosen, self.mask, ids), chosen


class Text:
    """The rows by kind: tokens, the verdict of each, and which sentences of it are in the plainest form."""

    def __init__(self, tokenizer, documents: list[dict], openings: list[str]):
        self.ids = masked.encode(tokenizer, documents)
        self.verdicts = [single_tokens(tokenizer, [d["verdict"]])[0] for d in documents]
        self.kinds: list[Kind] = [(d["task"], d["family"]) for d in documents]
        self.families = {task: 1 + max(family for other, family in set(self.kinds) if other == task) for task, _ in set(self.kinds)}
        patterns = {kind: re.compile(f"^(?:{'|'.join(openings)}) {form}") for kind, form in PLAINEST.items()}
        self.plain = [self.plainness(patterns.get(kind), d) for kind, d in zip(self.kinds, documents)]
        self.held_out, self.judged, self.told = defaultdict(list), defaultdict(list), defaultdict(list)
        for row, (kind, d) in enumerate(zip(self.kinds, documents)):
            if len(self.held_out[kind]) < HELD_OUT:
                self.held_out[kind].append(row)
                continue
            self.judged[kind].append(row)
            if d["told"]:
                self.told[kind].append(row)
        self.next: dict = {}

    @staticmethod
    def plainness(pattern, document: dict) -> int:
        if pattern is None or not document["told"]:
            return 0
        return int(bool(pattern.match(document["text"]))) + 2 * int(bool(pattern.match(document["pair"])))

    def take(self, rows: list[int], key, count: int) -> list[int]:
        start = self.next.get(key, 0)
        if start + count > len(rows):
            random.shuffle(rows)
            start = 0
        self.next[key] = start + count
        return rows[start : start + count]

    def draw(self, kinds: dict[Kind, list[int]], weight, count: int, key: str) -> list[int]:
        weights = {kind: weight(kind) for kind in kinds if weight(kind) > 0}
        found = [row for kind, one in weights.items() for row in self.take(kinds[kind], (key, kind), round(count * one / sum(weights.values())))]
        random.shuffle(found)
        return sorted(found, key=lambda row: len(self.ids[row]))

    def batches(self, stage: Stage):
        """Endless: rows whose verdicts are asked for, and rows whose words are hidden."""
        told = {
            kind: [row for row in rows if kind not in PLAINEST or self.plain[row] or random.random() >= stage.plainest] for kind, rows in self.told.items()
        }
        hidden = int(BATCH * stage.told)
        groups = round(GROUPS * stage.pairs)

        def weight(of_told: bool):
            return lambda kind: stage.weight(kind, self.families[kind[0]], of_told)

        while True:
            singles = self.draw({k: v for k, v in self.judged.items() if k[0] in SINGLES}, weight(False), BATCH * GROUPS, "single")
            asked = self.draw({k: v for k, v in self.judged.items() if k[0] not in SINGLES}, weight(False), (BATCH - hidden) * groups, "pair")
            words = self.draw(told, weight(True), hidden * groups, f"told {stage.plainest}")
            found = [(singles[at : at + BATCH], []) for at in range(0, len(singles) - BATCH // 2, BATCH)]
            for at in range(min(len(words) // hidden, len(asked) // (BATCH - hidden))):
                found.append((asked[at * (BATCH - hidden) : (at + 1) * (BATCH - hidden)], words[at * hidden : (at + 1) * hidden]))
            random.shuffle(found)
            yield from found


def states(model, ids: torch.Tensor) -> torch.Tensor:
    """In bfloat16, of twice the speed; weights and losses stay in float32."""
    with torch.autocast("cpu", torch.bfloat16):
        return model.roberta(ids, attention_mask=(ids != model.config.pad_token_id).long()).last_hidden_state.float()


def loss_of(model, text: Text, hider: Hider, asked: list[int], told: list[int], stage: Stage) -> torch.Tensor:
    """Verdicts and hidden words weigh the same."""
    ids = pad(text.ids, asked + told, model.config.pad_token_id)
    chosen, seen = torch.zeros(ids.shape, dtype=torch.bool), ids
    if told:
        plain = torch.tensor([text.plain[row] for row in told])
        some, which = hider(ids[len(asked) :], plain, stage.plainest > 0)
        seen, chosen[len(asked) :] = torch.cat([ids[: len(asked)], some]), which
    found = states(model, seen)
    loss = cross_entropy(model.lm_head(found[: len(asked), 0]), torch.tensor([text.verdicts[row] for row in asked]))
    return loss + cross_entropy(model.lm_head(found[chosen]), ids[chosen]) if told else loss


@torch.no_grad()
def validate(model, text: Text) -> dict[str, float]:
    """Cross-entropy of the verdicts of each kind on rows that were held out."""
    losses = {}
    for (task, family), rows in sorted(text.held_out.items()):
        logits = model.lm_head(states(model, pad(text.ids, rows, model.config.pad_token_id))[:, 0])
        losses[f"{task} {family + 1}"] = round(cross_entropy(logits, torch.tensor([text.verdicts[row] for row in rows])).item(), 3)
    return losses


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", type=Path, required=True, help="folder written by export-text.mjs pretraining")
    parser.add_argument("--out", type=Path, required=True, help="model folder to write")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=200, help="steps between two looks at the held-out rows, after each of which the weights are written")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    random.seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    documents = read_documents(options.text / "pretraining.jsonl")
    carriers = json.loads((options.text / "carriers.json").read_text())
    texts = [part for d in documents[:TOKENIZER_DOCUMENTS] for part in (d["text"], d.get("pair")) if part]
    # Verdicts are no words of the text, and are one token each all the same.
    tokenizer = train_tokenizer([*texts, *[" ".join(carriers["verdicts"])] * 50], "micro-encoder")
    save_tokenizer(tokenizer, options.out, POSITIONS, "micro-encoder")
    text, hider = Text(tokenizer, documents, carriers["openings"]), Hider(tokenizer, carriers)
    model = masked.build(tokenizer.get_vocab_size(), INNER, width=128, layers=4, spread=0.08)
    began, done = time.time(), 0
    for stage in STAGES:
        optimizer = torch.optim.AdamW(model.parameters(), lr=stage.rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1, (step + 1) / stage.warmup) * (1 - step / stage.steps if stage.falls else 1))
        stream = text.batches(stage)
        for _ in range(stage.steps):
            loss = loss_of(model, text, hider, *next(stream), stage)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            if done % options.every == 0:
                print(f"step {done}: train {loss.item():.4f} verdicts {validate(model, text)} after {time.time() - began:.0f} s", flush=True)
                save(model, masked.MaskedObjective, options.out)
    digest = save(model, masked.MaskedObjective, options.out)
    model.load_state_dict({k: v.float() for k, v in load_file(options.out / "model.safetensors").items()}, strict=False)
    record = {"model": "micro-encoder", "seed": options.seed, "steps": done, "seconds": round(time.time() - began), "verdicts": validate(model, text), "sha256": digest}
    (options.text / f"record-{options.seed}.json").write_text(json.dumps(record, indent=1) + "\n")
    print(json.dumps(record))


if __name__ == "__main__":
    main()
