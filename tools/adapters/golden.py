"""`npm run evaluate -- --adapter` on the adapters of reference cases, beside real peft on the same ids.

    python tools/adapters/golden.py CASES [--only TEXT] [--profile software|gpu]

Each case folder has model/, adapter_init/, adapter_final/ and case.json, whose first batch gives the rows. Prints the greatest distance of logits
for each and exits 1 where one is above 1e-4. Needs what compare.py needs, and Node beside this folder.
"""
import argparse, json, os, subprocess, tempfile
from compare import distances, open_model

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def evaluate_all(jobs, profile=None):
    """What the engine makes of each (model, adapter, rows of ids): a list of (results or None, what was said)."""
    with tempfile.TemporaryDirectory() as folder:
        listed = []
        for number, (model, adapter, rows) in enumerate(jobs):
            texts, out = (os.path.join(folder, f"{number}.{part}.json") for part in ("texts", "out"))
            json.dump(rows, open(texts, "w"))
            listed.append(dict(model=model, texts=texts, out=out, **({"adapter": adapter} if adapter else {})))
        json.dump(listed, open(os.path.join(folder, "jobs.json"), "w"))
        ended = subprocess.run(["node", "tools/adapters/many.mjs", os.path.join(folder, "jobs.json"), *([profile] if profile else [])], cwd=ROOT, capture_output=True, text=True)
        answers = [json.loads(line) for line in ended.stdout.split("\n") if line.startswith('{"out"')]
        if len(answers) < len(jobs): raise SystemExit(f"the engine ended early: {ended.stderr[-2000:]}")
        return [(None, answer["refused"]) if "refused" in answer else (json.load(open(answer["out"])), " ".join(answer["notes"])) for answer in answers]


def rows_of(case):
    batch = case["batches"][0]
    return [ids[:sum(mask)] for ids, mask in zip(batch["input_ids"], batch["attention_mask"])]


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("cases"); parser.add_argument("--only", default=""); parser.add_argument("--profile")
    options = parser.parse_args()
    jobs = []
    for name in sorted(os.listdir(options.cases)):
        folder = os.path.abspath(os.path.join(options.cases, name))
        if options.only not in name or not os.path.isdir(os.path.join(folder, "adapter_final")): continue
        rows = rows_of(json.load(open(os.path.join(folder, "case.json"))))
        jobs += [(os.path.join(folder, "model"), os.path.join(folder, which), rows) for which in ("adapter_init", "adapter_final")]
    worst = {}
    for (model, adapter, rows), (ours, said) in zip(jobs, evaluate_all(jobs, options.profile)):
        name, which = adapter.split(os.sep)[-2:]
        apart = distances(*open_model(model, adapter), ours) if ours else {"logits": float("inf")}
        worst[which] = max(worst.get(which, 0.0), *apart.values())
        print(f"{name:32} {which:14} {'  '.join(f'{what} {distance:.1e}' for what, distance in apart.items())} {said}", flush=True)
    print(f"{len(jobs)} adapters, greatest distance: {', '.join(f'{which} {distance:.1e}' for which, distance in worst.items())}")
    raise SystemExit(max(worst.values()) > 1e-4)
