"""Trains the four small tokenizers of the tests on text of its own and writes them, with rows and the ids of Python `tokenizers` (0.23.2), to src/fixtures/tokenizers.

    python tools/tokenizers/train.py

WordPiece, byte-level BPE with and without a prefix space, and BPE as SentencePiece writes it, with byte fallback. Not run by the tests.
"""
import json
import random
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

OUT = Path(__file__).resolve().parents[2] / "src" / "fixtures" / "tokenizers"
LENGTHS = [8, 16, 33, 128]

PEOPLE = "the cook|a painter|my neighbour|the old captain|Maria|a child|the teacher|nobody".split("|")
DEEDS = "opened|painted|forgot|repaired|praised|would not read|hasn't seen|lost".split("|")
THINGS = "the blue door|a long letter|two boats|the garden wall|seven lamps|a café table|the harbour map|naïve plans".split("|")
ENDS = "in the morning.|without a word!|after 1912, they say.|at 7:45?|— again.|and left; it's done.|for $3.50.|near Zürich.".split("|")


def corpus(rows: int = 4000) -> list[str]:
    draw = random.Random(7)
    return [" ".join(draw.choice(part) for part in (PEOPLE, DEEDS, THINGS, ENDS)).capitalize() for _ in range(rows)]


# Added tokens of every flag, beside the special ones of each tokenizer.
ADDED = [
    AddedToken("<left>", lstrip=True, normalized=False),
    AddedToken("<right>", rstrip=True, normalized=False),
    AddedToken("<both>", lstrip=True, rstrip=True, normalized=False, special=True),
    AddedToken("lamp", single_word=True, normalized=False),
    AddedToken("Harbour Map", normalized=True),
    AddedToken("ÉTÉ", normalized=True, single_word=True),
    AddedToken("<plain>", normalized=True, rstrip=True),
]

TEXTS = [
    "", " ", "The cook opened the blue door in the morning.", "a painter hasn't seen seven lamps at 7:45?", "😃 lost 👨‍👩‍👧 and 👍🏽 near 🇨🇭", "東京の café と ひらがな カタカナー 한국어",
    "e\u0301tat a\u0300\u0301b \u0301x नमस्ते ไทย", "[CLS] a [SEP] b [MASK] [UNK] [PAD]", "<s>x</s> <unk><mask> <pad>", "<|endoftext|>the end<|endoftext|> ", "  two  spaces\t\ttabs\n\nlines \r\n end   ",
    "x <left> y<left>z  <right>  w <both> q<both>", "lamp lamps lamp-post xlamp lamp", "the Harbour Map, the harbour map, HARBOUR MAP", "été ÉTÉ étéé d'été", "<plain>   after <plain>",
    "1,234.56 ½ ² ① Ⅳ ٣٤ 2024-11-25", "a_b foo-bar --- ... !?! «quoted» “so” ‘s’", "ΑΣ ΣΑΣ İstanbul ﬁne ß ŒUVRE", "zero\u200bwidth \u200d joiner \ufeffmark \u00ad soft \u0085 next \u2028 line", "control \x01\x02 \x7f nul\x00", "▁metaspace ▁▁ Ġlike ##word",
    "unknownlongwordthatgoesonandonandonwithoutanyspaceinit" * 3, "The old captain would not read a long letter after 1912, they say. " * 3, "we're they'll I'd you've he's I'm DON'T", "mixed日本語andEnglish中文", "שלום عربى русский ქართული",
    "the cook\u00a0painted\u3000two boats", "😃😃😃", "\U0001F9D1\u200d\U0001F680 \u2764\ufe0f",
]


def wordpiece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(corpus(), trainers.WordPieceTrainer(vocab_size=220, special_tokens=special, show_progress=False))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ids)
    return tokenizer


def byte_level(prefix_space: bool) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"] if prefix_space else ["<|endoftext|>"]
    trainer = trainers.BpeTrainer(vocab_size=420, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    if prefix_space:
        tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=True)
    else:
        tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def sentencepiece_bpe() -> Tokenizer:
    """As Llama's: no pre-tokeniser, spaces as ▁, bytes for what is not known."""
    seed = Tokenizer(models.BPE(unk_token="<unk>"))
    seed.pre_tokenizer = pre_tokenizers.Metaspace()
    special = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)]
    seed.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=480, special_tokens=special, show_progress=False))
    model = json.loads(seed.to_str())["model"]
    merges = [tuple(merge) for merge in model["merges"]]
    tokenizer = Tokenizer(models.BPE(vocab=model["vocab"], merges=merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(Regex(" "), "▁")])
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in ("<unk>", "<s>", "</s>")])
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B:1", special_tokens=[("<s>", 1)])
    return tokenizer


def rows() -> list[list]:
    """Each text alone at two lengths, and with another one at two, so that every length is met by singles and pairs."""
    draw = random.Random(11)
    made = []
    for i, text in enumerate(TEXTS):
        made += [[text, None, LENGTHS[i % 4]], [text, None, LENGTHS[(i + 2) % 4]]]
        for length in (LENGTHS[i % 4], LENGTHS[(i + 1) % 4]):
            made.append([text, draw.choice(TEXTS), length])
        made.append([text, "", LENGTHS[(i + 3) % 4]])
    return made


def expected(tokenizer: Tokenizer, made: list[list]) -> list[list[int]]:
    ids = []
    for text, pair, length in made:
        tokenizer.enable_truncation(length, strategy="longest_first")
        ids.append(tokenizer.encode(text, pair).ids)
    tokenizer.no_truncation()
    return ids


def main() -> None:
    kinds = {"wordpiece": wordpiece(), "byte-level-bpe": byte_level(False), "byte-level-bpe-prefix": byte_level(True), "sentencepiece-bpe": sentencepiece_bpe()}
    OUT.mkdir(parents=True, exist_ok=True)
    for name, tokenizer in kinds.items():
        tokenizer.add_tokens(ADDED)
        made = rows()
        ids = expected(tokenizer, made)
        lines = [json.dumps([row, row_ids], separators=(",", ":")) for row, row_ids in zip(made, ids)]
        text = json.dumps(json.loads(tokenizer.to_str()), separators=(",", ":"), ensure_ascii=True)
        (OUT / f"{name}.json").write_text('{"tokenizer": ' + text + ',\n"rows": [\n' + ",\n".join(lines) + "\n]}\n")
        print(name, tokenizer.get_vocab_size(), "tokens,", len(made), "rows,", (OUT / f"{name}.json").stat().st_size, "bytes")


main()
