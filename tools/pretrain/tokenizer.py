"""Trains the byte-level BPE tokenizer and writes it as a tokenizer folder: RoBERTa's for the encoder, a plain fast one for the decoder."""
import json
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

BEGIN, PAD, END, UNKNOWN, MASK = "<s>", "<pad>", "</s>", "<unk>", "<mask>"
MOST_SUBWORDS = 2000


def train_tokenizer(texts: list[str], model: str) -> Tokenizer:
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
    if model.endswith("decoder"):
        # A text is read from its beginning and goes on until the model itself ends it, so only the begin token is added.
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{BEGIN} $A", pair=f"{BEGIN} $A $B", special_tokens=[(BEGIN, tokenizer.token_to_id(BEGIN))])
        return tokenizer
    tokenizer.add_special_tokens([AddedToken(MASK, lstrip=True, normalized=False)])
    tokenizer.post_processor = processors.RobertaProcessing(
        (END, tokenizer.token_to_id(END)),
        (BEGIN, tokenizer.token_to_id(BEGIN)),
        trim_offsets=True,
        add_prefix_space=True,
    )
    return tokenizer


def save_tokenizer(tokenizer: Tokenizer, folder: Path, longest: int, model: str) -> None:
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "add_prefix_space": True,
        "bos_token": BEGIN,
        "clean_up_tokenization_spaces": False,
        "eos_token": END,
        "model_max_length": longest,
        "pad_token": PAD,
        "unk_token": UNKNOWN,
    }
    if model.endswith("encoder"):
        config |= {"cls_token": BEGIN, "mask_token": MASK, "sep_token": END, "tokenizer_class": "RobertaTokenizer", "trim_offsets": True}
    else:
        config |= {"padding_side": "right", "tokenizer_class": "PreTrainedTokenizerFast"}
    (folder / "tokenizer_config.json").write_text(json.dumps(dict(sorted(config.items())), indent=2) + "\n")
