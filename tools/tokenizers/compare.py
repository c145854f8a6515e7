"""Compares `npm run encode` with Python `tokenizers` on GLUE and on texts of many languages, and prints the table of docs/tokenizers.md.

    python tools/tokenizers/compare.py DATA [--encode "node tools/encode.mjs"]

DATA is a folder with tokenizers/ and glue/ (docs/tokenizers.md). Needs tokenizers 0.23.2, transformers 5.18 and sentencepiece. `--encode`: another
command that takes --model, --rows and --out. Not run by the tests.
"""
import argparse
import csv
import itertools
import json
import subprocess
import tempfile
from pathlib import Path

from tokenizers import AddedToken, Tokenizer
from transformers import BertTokenizer, LlamaTokenizer, RobertaTokenizer

ROOT = Path(__file__).resolve().parents[2]
LENGTHS = [8, 16, 33, 128]
ADDED = [
    AddedToken("<left>", lstrip=True, normalized=False), AddedToken("<right>", rstrip=True, normalized=False),
    AddedToken("<both>", lstrip=True, rstrip=True, normalized=False, special=True), AddedToken("lamp", single_word=True, normalized=False),
    AddedToken("Harbour Map", normalized=True), AddedToken("ÉTÉ", normalized=True, single_word=True), AddedToken("<plain>", normalized=True, rstrip=True),
]


def glue(data: Path) -> list[tuple[str, str | None]]:
    """500 rows each of SST-2 and CoLA (one text) and of MRPC and RTE (two)."""
    def table(path: str, columns: tuple[int, ...], header: int) -> list[tuple]:
        with open(data / "glue" / path, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            picked = [tuple(row[i] for i in columns) for row in itertools.islice(rows, header, None) if len(row) > max(columns)]
        assert len(picked) >= 500, f"{path}: {len(picked)} rows"
        return [row if len(row) == 2 else (row[0], None) for row in picked[:500]]
    return table("SST-2/dev.tsv", (0,), 1) + table("CoLA/dev.tsv", (3,), 0) + table("MRPC/train.tsv", (3, 4), 1) + table("RTE/train.tsv", (1, 2), 1)


def multilingual(data: Path) -> list[tuple[str, str | None]]:
    """Texts of the multilingual set and nasty ones, each alone, with the next one, and with an empty second text."""
    folder = data / "tokenizers" / "multilingual_conformance"
    texts: list[str] = []
    for path in sorted(folder.glob("inputs_*.json")):
        found = json.loads(path.read_text())
        entries = found if isinstance(found, list) else next(value for value in found.values() if isinstance(value, list))
        texts += [entry["text"] for entry in entries]
    fixture = json.loads((ROOT / "src/fixtures/tokenizers/wordpiece.json").read_text())
    texts += list(dict.fromkeys(row[0] for row, _ in fixture["rows"]))
    return [(text, None) for text in texts] + list(zip(texts, texts[1:] + texts[:1])) + [(text, "") for text in texts]


def referees(data: Path, temporary: Path) -> dict[str, tuple[Path, Tokenizer]]:
    """Name → the folder that is encoded with, and Python's tokenizer for it."""
    folder = data / "tokenizers"
    made = {
        "bert-base-uncased (vocab.txt)": (folder / "bert-base-uncased", BertTokenizer(vocab=str(folder / "bert-base-uncased/vocab.txt"))._tokenizer),
        "roberta-base (vocab.json, merges.txt)": (folder / "roberta-base", RobertaTokenizer(vocab=str(folder / "roberta-base/vocab.json"), merges=str(folder / "roberta-base/merges.txt"))._tokenizer),
        "gpt2 (tokenizer.json)": (folder / "gpt2", Tokenizer.from_file(str(folder / "gpt2/tokenizer.json"))),
    }
    llama = temporary / "llama2"
    LlamaTokenizer.from_pretrained(str(folder / "llama2")).save_pretrained(str(llama))
    made["llama2 (tokenizer.model, converted)"] = (llama, Tokenizer.from_file(str(llama / "tokenizer.json")))
    for name, (_, tokenizer) in list(made.items()):
        extended = Tokenizer.from_str(tokenizer.to_str())
        extended.add_tokens(ADDED)
        place = temporary / f"{name.split(' ')[0]}-added"
        place.mkdir()
        extended.save(str(place / "tokenizer.json"))
        # What the page's own module asks for besides.
        pad = next(token for token in ("<pad>", "[PAD]", "<|endoftext|>", "</s>") if extended.token_to_id(token) is not None)
        (place / "tokenizer_config.json").write_text(json.dumps({"pad_token": pad}))
        made[f"{name.split(' ')[0]} with added tokens"] = (place, extended)
    return made


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--encode", default=f"node {ROOT / 'tools/encode.mjs'}")
    options = arguments.parse_args()
    print("| tokenizer | rows | " + " | ".join(f"≤ {length}" for length in LENGTHS) + " |")
    print("|---|---|" + "---|" * len(LENGTHS))
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        tokenizers = referees(options.data, place)
        for (name, (folder, tokenizer)), (kind, rows) in itertools.product(tokenizers.items(), (("GLUE", glue(options.data)), ("many languages", multilingual(options.data)))):
            asked = [[text, pair, length] for length in LENGTHS for text, pair in rows]
            (place / "rows.json").write_text(json.dumps(asked))
            command = [*options.encode.split(), "--model", str(folder), "--rows", str(place / "rows.json"), "--out", str(place / "ids.json")]
            subprocess.run(command, check=True)
            ids = json.loads((place / "ids.json").read_text())
            right = dict.fromkeys(LENGTHS, 0)
            for (text, pair, length), found in zip(asked, ids):
                tokenizer.enable_truncation(length, strategy="longest_first")
                right[length] += tokenizer.encode(text, pair).ids == found
            print(f"| {name} | {len(rows):,} {kind} | " + " | ".join(f"{right[length]:,}" for length in LENGTHS) + " |", flush=True)


main()
