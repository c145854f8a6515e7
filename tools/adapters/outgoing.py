"""Adapters trained by the engine, opened by real peft: for every method, on an encoder and on a decoder.

    python tools/adapters/outgoing.py [--profile software|gpu] [--only TEXT] [--runs DIR]

Trains the built-in models for a few steps, writes what `npm run train -- --out` writes, and holds three things against each other on held-out rows:
the run's own held-out loss and that of the files in Python; logits of `npm run evaluate -- --adapter` and of Python; and the merged model in plain
transformers. With --runs the runs are kept there, and those that are there are not made again. Prints a table and exits 1 where a distance is above 1e-4. Needs what compare.py needs.
"""
import argparse, json, os, subprocess, tempfile, warnings
import torch
import transformers
from safetensors.torch import load_file
from safetensors import safe_open
from compare import open_model, score
from golden import ROOT, evaluate_all

warnings.filterwarnings("ignore")
ENCODER, DECODER = ("nano-encoder", "sentiment"), ("nano-decoder", "description")
KINDS = ["lora", "rslora", "dora", "loraplus", "pissa", "prompt", "prefix", "adapter", "bitfit", "full"]
MERGED = ["lora", "rslora", "dora", "loraplus", "pissa", "bitfit"]
RECIPE = "v=1&optimizer.steps=6&optimizer.warmup=0&optimizer.learningRate={rate}&data.rows=64&evaluation.every=6&model.peft={peft}"


class Bottleneck(torch.nn.Module):
    """h + up(gelu(down(h)))"""
    def __init__(self, tensors, module):
        super().__init__()
        self.parts = [tensors[f"{module}.adapter.{part}"] for part in ("down.weight", "down.bias", "up.weight", "up.bias")]

    def forward(self, h):
        down, down_bias, up, up_bias = self.parts
        inner = torch.nn.functional.gelu(torch.nn.functional.linear(h, down, down_bias))
        return h + torch.nn.functional.linear(inner, up, up_bias)


def hook_bottlenecks(model, tensors):
    """Puts bottlenecks behind their modules, before the residual add."""
    for name in {key.split(".adapter.")[0] for key in tensors if ".adapter." in key}:
        module, bottleneck = model.get_submodule(name), Bottleneck(tensors, name)
        if hasattr(module, "LayerNorm"):     # BERT and RoBERTa: the module adds and normalises itself
            module.dense.register_forward_hook(lambda _, __, y, b=bottleneck: b(y))
        else:
            module.register_forward_hook(lambda _, __, y, b=bottleneck: (b(y[0]), *y[1:]) if isinstance(y, tuple) else b(y))


def open_own(base, folder):
    """The model of a method that peft lacks."""
    path = os.path.join(folder, "adapter.safetensors")
    with safe_open(path, "pt") as file: header = file.metadata()
    config = transformers.AutoConfig.from_pretrained(base)
    writes = header["problem"] == "language_model"
    if not writes: config.num_labels = int(header["labels"])
    kind = transformers.AutoModelForCausalLM if writes else transformers.AutoModelForSequenceClassification
    model = kind.from_pretrained(base, config=config, dtype=torch.float32, attn_implementation="eager", ignore_mismatched_sizes=True)
    tensors = load_file(path)
    _, unexpected = model.load_state_dict(tensors, strict=False)
    assert all(".adapter." in name for name in unexpected), unexpected
    hook_bottlenecks(model, tensors)
    return model.eval(), writes


@torch.no_grad()
def held_out_loss(model, causal, rows):
    """As an evaluation takes it: the mean over rows, or over the scored tokens of all of them."""
    total = count = 0.0
    settings = getattr(model, "active_peft_config", None)
    virtual = settings.num_virtual_tokens if settings is not None and settings.peft_type == "PROMPT_TUNING" else 0
    for row in rows:
        ids = torch.tensor([row["ids"]])
        logits = model(input_ids=ids, attention_mask=torch.ones_like(ids)).logits[0].double()
        if causal:
            start = row["scoredFrom"]
            losses = torch.nn.functional.cross_entropy(logits[virtual:][start - 1:-1], ids[0, start:], reduction="none")
            total, count = total + losses.sum().item(), count + len(losses)
        else:
            total, count = total + torch.nn.functional.cross_entropy(logits[None], torch.tensor([int(row["label"])])).item(), count + 1
    return total / count


def train(jobs, folder, profile):
    """Makes the runs, with one device."""
    if not jobs: return
    json.dump(jobs, open(os.path.join(folder, "jobs.json"), "w"))
    ended = subprocess.run(["node", "tools/adapters/runs.mjs", os.path.join(folder, "jobs.json"), *([profile] if profile else [])], cwd=ROOT, capture_output=True, text=True)
    runs = [json.loads(line) for line in ended.stdout.split("\n") if line.startswith('{"out"')]
    if len(runs) < len(jobs): raise SystemExit(f"the engine ended early: {ended.stderr[-2000:]}")
    refused = [run for run in runs if "refused" in run]
    if refused: raise SystemExit("\n".join(f"{run['out']}: {run['refused']}" for run in refused))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--profile"); parser.add_argument("--only", default=""); parser.add_argument("--runs")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error(); transformers.utils.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.abspath(options.runs) if options.runs else temporary
        os.makedirs(folder, exist_ok=True)
        jobs = []
        for model, task in (ENCODER, DECODER):
            for peft in KINDS:
                if (peft == "bitfit" and model == "nano-decoder") or options.only not in f"{model} {peft}": continue     # a Llama has no biases
                rate = 0.3 if peft in ("prompt", "prefix") else 0.002 if peft == "full" else 0.02
                jobs.append(dict(link=RECIPE.format(peft=peft, rate=rate), model=model, task=task, merged=peft in MERGED, out=os.path.join(folder, f"{model} {peft}")))
        train([job for job in jobs if not os.path.exists(os.path.join(job["out"], "heldOut.json"))], temporary, options.profile)
        base_of = lambda job: os.path.join(ROOT, "public/models", job["model"])
        rows = [json.load(open(os.path.join(job["out"], "heldOut.json"))) for job in jobs]
        whole = lambda job: job["out"].endswith(" full")
        again = evaluate_all([(job["out"] if whole(job) else job["model"], None if whole(job) else job["out"], [row["ids"] for row in held[:24]]) for job, held in zip(jobs, rows)], options.profile)
        records = [json.load(open(os.path.join(job["out"], "run.json"))) for job in jobs]
        worst = 0.0
        print("| base | method | held-out loss: run, Python | apart | logits: evaluate --adapter, Python | merged, in transformers |\n|---|---|---|---|---|---|")
        for job, record, held, (ours, said) in zip(jobs, records, rows, again):
            if ours is None: raise SystemExit(f"{job['out']}: {said}")
            path = job["out"]
            before, after = (record["evaluations"][place]["heldOut"]["loss"] for place in (0, -1))
            own = os.path.exists(os.path.join(path, "adapter.safetensors"))
            model, causal = open_model(path) if whole(job) else open_own(base_of(job), path) if own else open_model(base_of(job), path)
            loss = held_out_loss(model, causal, held)
            logits = [score(model, causal, item["ids"])[0] for item in ours]
            apart = max((torch.tensor(item["last_logits" if causal else "logits"]) - z).abs().max().item() for item, z in zip(ours, logits))
            merged = None
            if job["merged"]:
                plain, _ = open_model(os.path.join(path, "merged"))
                merged = max((score(plain, causal, item["ids"])[0] - z).abs().max().item() for item, z in zip(ours, logits))
            assert abs(after - before) > 1e-3, f"{path}: training changed nothing ({before} {after})"
            worst = max(worst, abs(loss - after), apart, merged or 0.0)
            print(f"| {job['model']} | {path.split(' ')[-1]} | {after:.6f}, {loss:.6f} | {abs(loss - after):.1e} | {apart:.1e} | {'–' if merged is None else f'{merged:.1e}'} |", flush=True)
        print(f"\n{len(jobs)} runs, greatest distance {worst:.1e}")
    raise SystemExit(worst > 1e-4)
