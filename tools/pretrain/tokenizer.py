"""Trains the byte-level BPE tokenizer and writes it as a RoBERTa tokenizer folder."""
import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

BEGIN, PAD, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
MOST_SUBWORDS = 2000


def train_tokenizer(texts: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    # A prefix space makes a word at the start of a text the same token as inside it.
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=MOST_SUBWORDS - 1,  # <mask> follows as the last one, as in RoBERTa
        special_tokens=[BEGIN, PAD, END, UNKNOWN],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),  # every byte has a token: nothing is unknown
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(MASK, lstrip=True, normalized=False)])
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, tokenizer.token_to_id(END)),
        (BEGIN, tokenizer.token_to_id(BEGIN)),
        trim_offsets=True,
        add_prefix_space=True,
    )
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, longest: int) -> None:
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "add_prefix_space": True,
        "bos_token": BEGIN,
        "clean_up_tokenization_spaces": False,
        "cls_token": BEGIN,
        "eos_token": END,
        "mask_token": MASK,
        "model_max_length": longest,
        "pad_token": PAD,
        "sep_token": END,
        "tokenizer_class": "RobertaTokenizer",
        "trim_offsets": True,
        "unk_token": UNKNOWN,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")
