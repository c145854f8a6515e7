"""Holds continue.py, the script that goes on with a run in Python, against the engine: the first ten losses of each, alone and in two processes.

    python tools/adapters/continuation.py [--only TEXT] [--profile software|gpu] [--runs FOLDER]

Trains the built-in models under Node with each rule, runs what `npm run train -- --python` wrote, and prints a row of the table of docs/adapters.md a run.
Needs torch, transformers, peft and accelerate.
"""
import argparse, json, os, re, shutil, subprocess, sys, tempfile
from golden import ROOT
from outgoing import train

STEPS = 10
MODELS = {"nano-encoder": "sentiment", "nano-decoder": "description"}
# Column masks are shared by all queries of a head; spans and single elements have rows of their own.
RULES = {
    "plain LoRA": "",
    "DropKey": "dropout.logits.p=0.2&dropout.logits.pattern=column",
    "DropAttention": "dropout.weights.p=0.2&dropout.weights.pattern=column",
    "HiddenCut": "dropout.hidden.p=0.2&dropout.hidden.pattern=element",
    "HiddenKey": "dropout.logits.p=0.2&dropout.logits.pattern=column&dropout.hidden.p=0.2&dropout.hidden.pattern=element&consistency.kind=kl&consistency.alpha=0.5",
    "DropKey of elements, DropAttention of spans": "dropout.logits.p=0.2&dropout.logits.pattern=element&dropout.weights.p=0.3&dropout.weights.pattern=span",
    "every other place, rising": "dropout.ffn_inner.p=0.2&dropout.ffn_inner.depth=rising&dropout.embedding.p=0.1&dropout.embedding.pattern=column&dropout.output.p=0.2&dropout.lora_input.p=0.2&dropout.lora_rank.p=0.2&dropout.lora_rank.time=falling",
    "DoRA, R-Drop, two batches a step": "model.peft=dora&dropout.lora_input.p=0.2&dropout.hidden.p=0.2&dropout.hidden.pattern=span&consistency.kind=jsd&consistency.second=dropped_grad&optimizer.accumulation=2",
    "PiSSA, NEFTune, L1, smoothing, decay": "model.peft=pissa&optimizer.neftune=5&optimizer.l1=0.001&optimizer.smoothing=0.1&optimizer.weightDecay=0.1",
    "LoRA+, clean second pass": "model.peft=loraplus&dropout.logits.p=0.2&consistency.kind=js_paper&consistency.every=2",
}
COMMON = f"optimizer.steps={STEPS}&optimizer.warmup=2&evaluation.every={STEPS}&evaluation.rows=32&data.rows=32&optimizer.batchSize=5&optimizer.learningRate=0.005"


def losses_of(command, processes):
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false", "MASTER_ADDR": "127.0.0.1"})
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
    assert re.search(rf"^{processes} process", done.stdout, re.MULTILINE), done.stdout[-2000:]
    return [float(loss) for loss in re.findall(r"loss ([\d.einfa+-]+)", done.stdout)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--profile")
    parser.add_argument("--runs", help="folder that the runs are kept in, and taken from where they are there")
    asked = parser.parse_args()
    names = [(model, name) for model in MODELS for name in RULES if asked.only in f"{model} {name}"]
    with tempfile.TemporaryDirectory() as temporary:
        folder = os.path.abspath(asked.runs or temporary)
        os.makedirs(folder, exist_ok=True)
        link = lambda name: "&".join(part for part in ("v=1", COMMON, RULES[name]) if part)
        outs = [os.path.join(folder, f"{model} {name}") for model, name in names]
        jobs = [{"out": out, "model": model, "task": MODELS[model], "link": link(name), "python": True} for (model, name), out in zip(names, outs)]
        train([job for job in jobs if not os.path.exists(os.path.join(job["out"], "heldOut.json"))], temporary, asked.profile)
        print("| model | run | greatest distance of ten losses | of two processes from one |\n|---|---|---|---|")
        for (model, name), out in zip(names, outs):
            # The script as it is now, also where the run was made before.
            shutil.copy(os.path.join(ROOT, "src", "adapters", "continue.py"), os.path.join(out, "python"))
            script = [os.path.join(out, "python", "continue.py"), "--base", os.path.join(ROOT, "public", "models", model)]
            with open(os.path.join(out, "python", "run.json"), encoding="utf-8") as file:
                page = json.load(file)["points"]["crossEntropy"]
            one = losses_of([sys.executable, *script], 1)
            two = losses_of([sys.executable, "-m", "accelerate.commands.launch", "--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", *script], 2)
            assert len(page) == len(one) == len(two) == STEPS, (page, one, two)
            apart = max(abs(a - b) for a, b in zip(page, one))
            split = max(abs(a - b) for a, b in zip(one, two))
            print(f"| {model} | {name} | {apart:.1e} | {split:.1e} |", flush=True)
            assert apart < 1e-3 and split < 1e-3, (page, one, two)


if __name__ == "__main__":
    main()
