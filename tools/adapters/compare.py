"""What `npm run evaluate` wrote, beside transformers and peft on the same token ids.

    python tools/adapters/compare.py MODEL EVALUATED.json [--adapter DIR] [--limit 1e-4]

MODEL is a folder as transformers saves it. Prints the greatest distance of logits and of mean losses, and exits 1 where one is above the limit.
Needs torch, transformers and peft (run with torch 2.13, transformers 5.18, peft 0.21).
"""
import argparse, json, os, warnings
import torch
import transformers
import peft

warnings.filterwarnings("ignore")
transformers.logging.set_verbosity_error()


def open_model(folder, adapter=None):
    """The model of a folder, with the head that its adapter has; float32, nothing dropped."""
    config = transformers.AutoConfig.from_pretrained(folder)
    causal = any(name.endswith(("ForCausalLM", "LMHeadModel")) for name in config.architectures or [])
    if adapter:
        settings = json.load(open(os.path.join(adapter, "adapter_config.json")))
        task = settings.get("task_type")
        causal = causal if task is None else task == "CAUSAL_LM"
        if not causal:
            tensors = peft.utils.load_peft_weights(adapter, device="cpu")
            heads = [t for n, t in tensors.items() if n.endswith(("classifier.weight", "score.weight", "classifier.out_proj.weight"))]
            if heads: config.num_labels = heads[0].shape[0]
    kind = transformers.AutoModelForCausalLM if causal else transformers.AutoModelForSequenceClassification
    model = kind.from_pretrained(folder, config=config, dtype=torch.float32, attn_implementation="eager")
    if adapter: model = peft.PeftModel.from_pretrained(model, adapter)
    return model.eval(), causal


@torch.no_grad()
def score(model, causal, ids, config=None):
    """One row alone: (logits, mean loss); of a causal model those behind the last token."""
    row = torch.tensor([ids])
    settings = getattr(model, "active_peft_config", None)
    virtual = settings.num_virtual_tokens if settings is not None and settings.peft_type == "PROMPT_TUNING" else 0
    logits = model(input_ids=row, attention_mask=torch.ones_like(row)).logits
    if not causal: return logits[0], None
    logits = logits[0, virtual:]
    return logits[-1], torch.nn.functional.cross_entropy(logits[:-1].double(), row[0, 1:]).item()


def distances(model, causal, evaluated):
    """Greatest distance of logits, and of mean losses."""
    apart = {"logits": 0.0, "mean_nll": 0.0}
    for item in evaluated:
        logits, loss = score(model, causal, item["ids"])
        ours = torch.tensor(item["last_logits" if causal else "logits"])
        apart["logits"] = max(apart["logits"], (ours - logits).abs().max().item() if ours.shape == logits.shape else float("inf"))
        if causal: apart["mean_nll"] = max(apart["mean_nll"], abs(item["mean_nll"] - loss))
    return apart


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("model"); parser.add_argument("evaluated")
    parser.add_argument("--adapter"); parser.add_argument("--limit", type=float, default=1e-4)
    options = parser.parse_args()
    model, causal = open_model(options.model, options.adapter)
    evaluated = json.load(open(options.evaluated))
    apart = distances(model, causal, evaluated)
    print(f"{len(evaluated)} rows: logits {apart['logits']:.1e}, mean losses {apart['mean_nll']:.1e}")
    raise SystemExit(max(apart.values()) > options.limit)
