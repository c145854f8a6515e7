"""One training step of a checkpoint with the exact configuration of a known model, its weights drawn by transformers, written as a golden case.

    python tools/weights/exact.py GOLDEN_DIR OUT_DIR NAME

GOLDEN_DIR holds oracle.py, the program that wrote the golden cases: masks, losses and optimizer are its own, in float64. NAME is one of those in CONFIGS.
Writes the case's folder OUT_DIR/NAME, whose model/ is a complete checkpoint in float32. tools/weights/exact.mjs runs the engine on it.
"""
import os, sys
import torch
import transformers

# Sizes, norms and ids as config.json of each model has them. Rates of dropout are 0: what is dropped is said by the case. SmolLM2 is stored in bfloat16
# on the Hub, here in float32.
BERT = dict(hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072, hidden_act="gelu", initializer_range=0.02,
            hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
CONFIGS = {
    "roberta-base": ("roberta", lambda more: transformers.RobertaConfig(**BERT, **more, vocab_size=50265, max_position_embeddings=514, type_vocab_size=1,
                                                                        layer_norm_eps=1e-5, pad_token_id=1, bos_token_id=0, eos_token_id=2)),
    "bert-base-uncased": ("bert", lambda more: transformers.BertConfig(**BERT, **more, vocab_size=30522, max_position_embeddings=512, type_vocab_size=2,
                                                                       layer_norm_eps=1e-12, pad_token_id=0)),
    "distilbert-base-uncased": ("distilbert", lambda more: transformers.DistilBertConfig(
        **more, vocab_size=30522, max_position_embeddings=512, dim=768, n_layers=6, n_heads=12, hidden_dim=3072, activation="gelu", pad_token_id=0,
        sinusoidal_pos_embds=False, tie_weights_=True, dropout=0.0, attention_dropout=0.0, seq_classif_dropout=0.0)),
    "gpt2": ("gpt2", lambda more: transformers.GPT2Config(
        **more, vocab_size=50257, n_positions=1024, n_embd=768, n_layer=12, n_head=12, activation_function="gelu_new", layer_norm_epsilon=1e-5,
        bos_token_id=50256, eos_token_id=50256, resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)),
    "SmolLM2-135M": ("llama", lambda more: transformers.LlamaConfig(
        **more, vocab_size=49152, hidden_size=576, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, intermediate_size=1536, hidden_act="silu",
        max_position_embeddings=8192, rms_norm_eps=1e-5, rope_theta=100000.0, initializer_range=0.041666666666666664, tie_word_embeddings=True,
        bos_token_id=0, eos_token_id=0, attention_dropout=0.0)),
}
ROWS = [16, 11]     # real tokens of each row; the second is padded
TOKENS = 16


def batch_of(config, task, generator):
    """Random tokens; a language model scores all but the first three of a row."""
    padding = config.pad_token_id if config.pad_token_id is not None else config.eos_token_id
    ids = torch.randint(3, config.vocab_size - 1, (len(ROWS), TOKENS), generator=generator)
    mask = (torch.arange(TOKENS) < torch.tensor(ROWS)[:, None]).long()
    ids[mask == 0] = padding
    labels = torch.where((mask == 1) & (torch.arange(TOKENS) > 2), ids, -100) if task == "lm" else torch.tensor([0, 2])
    return dict(input_ids=ids.tolist(), attention_mask=mask.tolist(), labels=labels.tolist())


def main(golden, out, name):
    sys.path.insert(0, golden)
    import oracle
    arch, configure = CONFIGS[name]
    task = "lm" if arch in ("gpt2", "llama") else "classification"
    config = configure({} if task == "lm" else dict(num_labels=3))

    def make_model(*_):
        """As transformers initialises it, in the numbers that a file of float32 holds."""
        config._attn_implementation = "oracle"
        kind = transformers.AutoModelForCausalLM if task == "lm" else transformers.AutoModelForSequenceClassification
        model = kind.from_config(config, attn_implementation="oracle").double()
        with torch.no_grad():
            for parameter in model.parameters(): parameter.copy_(parameter.float().double())
        return model

    oracle.make_model = make_model
    generator = torch.Generator().manual_seed(20251125)
    method = dict(peft="lora", targets=["qkv"] if arch == "gpt2" else ["q", "v"], r=8, alpha=16,
                  dropout=dict(logits=dict(p=0.2, pattern="column"), hidden=dict(p=0.15, pattern="element")),
                  consistency=dict(kind="kl", alpha=0.5, second="dropped_stopgrad"))
    # Without warm-up, so that the one step moves the adapters.
    hyper = dict(lr=5e-3, weight_decay=0.1, warmup=0, total=20, clip=1.0)
    case = dict(name=name, arch=arch, task=task, n_labels=3, seed=7, mask_seed=20251125, size=dict(layers=config.num_hidden_layers), method=method, hyper=hyper,
                batches=[batch_of(config, task, generator)])
    print(oracle.run(case, out)[0]["loss"], os.path.getsize(os.path.join(out, name, "model", "model.safetensors")))


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[3] not in CONFIGS: sys.exit(f"exact.py needs GOLDEN_DIR OUT_DIR and one of {', '.join(CONFIGS)}")
    main(*sys.argv[1:])
