"""Adapters made by real peft, opened by the engine: `npm run evaluate -- --adapter` beside peft's own logits, for every way of saving that is read.

    python tools/adapters/incoming.py [--profile software|gpu] [--only TEXT]

Bases are tiny models of random weights, made by transformers; every trained value of an adapter is random, too, none is zero. Prints a table and
exits 1 where a distance is above 1e-4. Needs what compare.py needs.
"""
import argparse, json, os, shutil, tempfile, warnings
import torch
import transformers
import peft
from safetensors.torch import load_file, save_file
from compare import distances, open_model
from golden import evaluate_all

warnings.filterwarnings("ignore")
VOCABULARY = 97


def base(kind, folder):
    """A model of random weights, livelier than fresh ones, saved as transformers saves it."""
    wide = dict(vocab_size=VOCABULARY, pad_token_id=1)
    bert = dict(hidden_size=32, num_hidden_layers=3, num_attention_heads=4, intermediate_size=64, max_position_embeddings=66, num_labels=3)
    model = {
        "roberta": lambda: transformers.RobertaForSequenceClassification(transformers.RobertaConfig(**wide, **bert, type_vocab_size=1)),
        "bert": lambda: transformers.BertForSequenceClassification(transformers.BertConfig(**wide, **bert)),
        "distilbert": lambda: transformers.DistilBertForSequenceClassification(transformers.DistilBertConfig(**wide, dim=32, n_layers=3, n_heads=4, hidden_dim=64, max_position_embeddings=66, num_labels=3)),
        "gpt2": lambda: transformers.GPT2LMHeadModel(transformers.GPT2Config(vocab_size=VOCABULARY, n_embd=32, n_layer=3, n_head=4, n_inner=64, n_positions=66)),
        "llama": lambda: transformers.LlamaForCausalLM(transformers.LlamaConfig(vocab_size=VOCABULARY, hidden_size=32, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, intermediate_size=64, max_position_embeddings=66, tie_word_embeddings=True)),
    }[kind]()
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, tensor in model.named_parameters():
            noise = torch.randn(tensor.shape, generator=generator)
            tensor.copy_(noise * 0.25 if tensor.dim() >= 2 else noise * 0.1 if name.endswith("bias") else 1 + 0.1 * noise)
    model.save_pretrained(folder)


def lora(**settings):
    return lambda task: peft.LoraConfig(task_type=task, **{"r": 4, "lora_alpha": 8, **settings})


def virtual(kind, **settings):
    return lambda task: kind(task_type=task, num_virtual_tokens=4, **settings)


PROMPT, PREFIX = peft.PromptTuningConfig, peft.PrefixTuningConfig
QV = dict(target_modules=["query", "value"])
ADAPTERS = {
    "roberta": {
        "LoRA": lora(**QV),
        "LoRA, rank and alpha patterns": lora(**QV, rank_pattern={"layer.0.attention.self.query": 2, r"layer\.[12]\.attention\.self\.value": 6}, alpha_pattern={"value": 3, "query": 5}),
        "rsLoRA, patterns": lora(**QV, use_rslora=True, rank_pattern={"query": 7}),
        "DoRA": lora(**QV, use_dora=True),
        "DoRA, all linear": lora(target_modules="all-linear", use_dora=True),
        "PiSSA": lora(**QV, init_lora_weights="pissa"),
        "PiSSA, rsLoRA, patterns": lora(**QV, init_lora_weights="pissa", use_rslora=True, rank_pattern={"query": 3}),
        "layers_to_transform": lora(**QV, layers_to_transform=[0, 2]),
        "layers_pattern": lora(target_modules=["dense"], layers_to_transform=1, layers_pattern="layer"),
        "regular expression": lora(target_modules=r".*\.[02]\.(attention\.self\.(key|query)|output\.dense)"),
        "excluded modules": lora(target_modules=["dense", "query"], exclude_modules=["attention.output.dense"]),
        "all-linear": lora(target_modules="all-linear"),
        "biases of all": lora(**QV, bias="all"),
        "biases of adapted": lora(**QV, bias="lora_only"),
        "bias of B": lora(**QV, lora_bias=True),
        "further modules whole": lora(**QV, modules_to_save=["classifier", "LayerNorm", "word_embeddings"]),
        "embeddings adapted": lora(target_modules=["query", "word_embeddings"]),
        "prompt": virtual(PROMPT), "prefix": virtual(PREFIX),
    },
    "bert": {"LoRA on dense, the pooler too": lora(target_modules=["dense"]), "DoRA, pooler": lora(target_modules=["pooler.dense", "key"], use_dora=True), "prompt": virtual(PROMPT), "prefix": virtual(PREFIX)},
    "distilbert": {"LoRA": lora(target_modules=["q_lin", "lin2"]), "all-linear": lora(target_modules="all-linear", exclude_modules=["pre_classifier"])},
    "gpt2": {
        "LoRA": lora(target_modules=["c_attn"], fan_in_fan_out=True), "all-linear": lora(target_modules="all-linear"), "DoRA": lora(target_modules=["c_attn", "mlp.c_proj"], use_dora=True),
        "PiSSA": lora(target_modules=["c_attn", "c_fc"], init_lora_weights="pissa", fan_in_fan_out=True), "biases": lora(target_modules=["c_attn"], bias="all"), "head adapted": lora(target_modules=["c_attn", "lm_head"]),
        "prompt": virtual(PROMPT), "prefix": virtual(PREFIX),
    },
    "llama": {
        "LoRA": lora(target_modules=["q_proj", "v_proj"]), "rsLoRA": lora(target_modules=["q_proj", "down_proj"], use_rslora=True),
        "DoRA": lora(target_modules=["k_proj", "up_proj"], use_dora=True), "PiSSA": lora(target_modules=["v_proj", "gate_proj"], init_lora_weights="pissa"),
        "all-linear": lora(target_modules="all-linear"), "head adapted, tied": lora(target_modules=["q_proj", "lm_head"]), "embedding adapted, tied": lora(target_modules=["q_proj", "embed_tokens"]),
        "embedding whole, tied": lora(target_modules=["q_proj"], modules_to_save=["embed_tokens"]), "head whole, tied": lora(target_modules=["q_proj"], modules_to_save=["lm_head"]),
        "both whole": lora(target_modules=["q_proj"], modules_to_save=["lm_head", "embed_tokens"]), "both whole, kept tied": lora(target_modules=["q_proj"], modules_to_save=["embed_tokens"], ensure_weight_tying=True),
        "rows of tokens": lora(target_modules=["q_proj"], trainable_token_indices=[3, 9, 50]), "rows of tokens, by module": lora(target_modules=["q_proj"], trainable_token_indices={"embed_tokens": [4, 5]}),
        "norms whole": lora(target_modules=["q_proj"], modules_to_save=["norm", "input_layernorm"]),
        "prompt": virtual(PROMPT), "prefix": virtual(PREFIX), "prefix with projection": virtual(PREFIX, prefix_projection=True, encoder_hidden_size=16),
    },
}


def make(folder, task, config, target):
    """Saves an adapter whose every value was moved away from where peft starts it."""
    model, _ = open_model(folder)
    wrapped = peft.get_peft_model(model, config)
    generator = torch.Generator().manual_seed(11)
    start = getattr(config, "init_lora_weights", None)
    with torch.no_grad():
        for name, tensor in wrapped.named_parameters():
            if not tensor.requires_grad: continue
            noise = torch.randn(tensor.shape, generator=generator)
            if "lora_magnitude" in name or start == "pissa" or "modules_to_save" in name or name.endswith("bias"): tensor.mul_(1 + 0.2 * noise).add_(0.02 * noise)
            else: tensor.copy_(noise * 0.3)
    wrapped.save_pretrained(target)
    return wrapped


def variants(target):
    """The same adapter as an older peft wrote it, and as its low-level functions do."""
    older, bare = target + "-older", target + "-bare"
    for copy in (older, bare): shutil.copytree(target, copy)
    config = json.load(open(os.path.join(older, "adapter_config.json")))
    keep = ("base_model_name_or_path", "bias", "fan_in_fan_out", "inference_mode", "init_lora_weights", "lora_alpha", "lora_dropout", "modules_to_save", "peft_type", "r", "target_modules", "task_type")
    json.dump({name: config[name] for name in keep}, open(os.path.join(older, "adapter_config.json"), "w"))
    weights = os.path.join(bare, "adapter_model.safetensors")
    save_file({name.removeprefix("base_model.model."): tensor for name, tensor in load_file(weights).items()}, weights)
    return {"LoRA, older configuration": older, "LoRA, names without prefix": bare}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile"); parser.add_argument("--only", default="")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error(); transformers.utils.logging.disable_progress_bar()
    torch.manual_seed(5)
    rows = [torch.randint(3, VOCABULARY, (length,)).tolist() for length in (9, 4, 12)]
    jobs = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, configs in ADAPTERS.items():
            model = os.path.join(folder, kind)
            base(kind, model)
            for number, (title, config) in enumerate(configs.items()):
                if options.only not in f"{kind} {title}": continue
                target = os.path.join(folder, f"{kind}-{number}")
                task = "CAUSAL_LM" if kind in ("gpt2", "llama") else "SEQ_CLS"
                wrapped = make(model, task, config(task), target)
                jobs.append((kind, title, model, target, target))
                if kind == "roberta" and title == "LoRA": jobs += [(kind, name, model, copy, target) for name, copy in variants(target).items()]
        answers = evaluate_all([(model, adapter, rows) for _, _, model, adapter, _ in jobs], options.profile)
        worst = 0.0
        print("| base | adapter | logits | mean losses |\n|---|---|---|---|")
        for (kind, title, model, _, referee), (ours, said) in zip(jobs, answers):
            wrapped, causal = open_model(model, referee)
            apart = distances(wrapped, causal, ours) if ours else {"logits": float("inf"), "mean_nll": 0.0}
            plain, _ = open_model(model)
            with torch.no_grad(): moves = (wrapped(input_ids=torch.tensor(rows[:1])).logits[0, -len(rows[0]):] - plain(input_ids=torch.tensor(rows[:1])).logits[0]).abs().max().item() if causal else 1.0
            assert moves > 1e-2, f"{kind} {title} changes nothing ({moves})"
            worst = max(worst, *apart.values())
            print(f"| {kind} | {title} | {apart['logits']:.1e} | {('%.1e' % apart['mean_nll']) if causal else '–'} |" + (f" {said}" if said and not ours else ""), flush=True)
        print(f"\n{len(jobs)} adapters, greatest distance {worst:.1e}")
    raise SystemExit(worst > 1e-4)
