"""`npm run generate` beside transformers' `generate`, token for token.

    python tools/generation/compare.py FOLDER [FOLDER …] [--methods] [--profile software|gpu]

A FOLDER is a model (config.json in it), or holds reference cases with model/ and adapter_final/. With --methods each model also gets adapters of other
methods that peft makes here. Every model is asked greedily and by beams, with penalties and end tokens; ours writes all prompts in one batch, theirs
each alone. A differing token counts as equal only where the reference's own two best scores, of beams sums, are within 1e-5. Prints a table; exits 1
where anything differs. Needs torch, transformers and peft (written with 2.13, 5.18 and 0.21), and Node beside this folder.
"""
import argparse, json, os, shutil, subprocess, tempfile, warnings
import torch
from peft import LoraConfig, PeftModel, PrefixTuningConfig, PromptTuningConfig, get_peft_model
from transformers import AutoModelForCausalLM
from transformers.utils import logging

torch.set_num_threads(1)
warnings.filterwarnings("ignore"); logging.set_verbosity_error(); logging.disable_progress_bar()
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
NEAR = 1e-5
# Name, end tokens wanted, our options, theirs.
SETTINGS = [
    ("greedy", 0, {}, {}),
    ("greedy, 2 end tokens, no 2-gram twice", 2, {"noRepeatNgram": 2}, {"no_repeat_ngram_size": 2}),
    ("greedy, repetition penalty", 0, {"repetitionPenalty": 1.3}, {"repetition_penalty": 1.3}),
    ("4 beams", 0, {"beams": 4}, {"num_beams": 4}),
    ("4 beams, end token, length penalty 2", 1, {"beams": 4, "lengthPenalty": 2}, {"num_beams": 4, "length_penalty": 2.0}),
    ("3 beams, 2 end tokens, penalty 0, no 2-gram twice", 2, {"beams": 3, "lengthPenalty": 0, "noRepeatNgram": 2}, {"num_beams": 3, "length_penalty": 0.0, "no_repeat_ngram_size": 2}),
    ("2 beams, end token, early stopping", 1, {"beams": 2, "earlyStopping": True}, {"num_beams": 2, "early_stopping": True}),
]


def methods(config, folder):
    """Adapters of other methods, random and far from zero, on a model."""
    gpt = config.model_type == "gpt2"
    lora = lambda **more: LoraConfig(task_type="CAUSAL_LM", r=4, lora_alpha=8, target_modules=["c_attn", "c_proj"] if gpt else ["q_proj", "v_proj", "down_proj"], init_lora_weights=False, **more)
    made = {"dora": lora(use_dora=True), "rslora": lora(use_rslora=True), "prompt": PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=3), "prefix": PrefixTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=5)}
    for name, wanted in made.items():
        torch.manual_seed(7)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(folder), wanted)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.requires_grad: parameter.add_(torch.randn_like(parameter) * 0.3)
        target = os.path.join(folder, f"{name}-adapter")
        model.save_pretrained(target)
        yield name, target


def subjects(folders, more):
    """(name, folder of a model, folder of an adapter or None)."""
    for folder in map(os.path.abspath, folders):
        if os.path.exists(os.path.join(folder, "config.json")):
            yield os.path.basename(folder), folder, None
            continue
        for case in sorted(os.listdir(folder)):
            model, adapter = (os.path.join(folder, case, part) for part in ("model", "adapter_final"))
            if os.path.exists(os.path.join(model, "config.json")) and "-lm" in case:
                yield f"{case}, base", model, None
                if more and os.path.isdir(adapter): yield f"{case}, adapter", model, adapter


def opened(model, adapter):
    base = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32, attn_implementation="eager").eval()
    return PeftModel.from_pretrained(base, adapter).eval() if adapter else base


def ask(model, ids, most, theirs, ends):
    keywords = dict(max_new_tokens=most, do_sample=False, eos_token_id=ends or None, pad_token_id=0, return_dict_in_generate=True, output_scores=True, **theirs)
    with torch.no_grad(): return model.generate(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), **keywords)


def log_probabilities(model, ids, new):
    """Of each new token, by the model."""
    with torch.no_grad(): logits = model(input_ids=torch.tensor([ids + new]), attention_mask=torch.ones(1, len(ids) + len(new), dtype=torch.long)).logits[0].float()
    logits = logits[logits.shape[0] - len(new) - 1:-1]
    return torch.log_softmax(logits.double(), -1)[torch.arange(len(new)), torch.tensor(new)]


def is_tie(model, ids, ours, out, theirs):
    """Whether ours differs only where the reference's own choice was as near as NEAR."""
    new = out.sequences[0, len(ids):].tolist()
    if theirs.get("num_beams", 1) == 1:
        at = next(i for i, (one, other) in enumerate(zip(ours + [-1], new + [-1])) if one != other)
        best = torch.topk(out.scores[at][0], 2).values
        return bool(best[0] - best[1] <= NEAR)
    penalty = theirs.get("length_penalty", 1.0)
    rank = lambda sequence: log_probabilities(model, ids, sequence).sum() / len(sequence) ** penalty
    return bool(abs(rank(ours) - rank(new)) <= NEAR)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+"); parser.add_argument("--methods", action="store_true"); parser.add_argument("--profile")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work, jobs = [], []
        made = set()
        def plan(name, folder, adapter):
            model = opened(folder, adapter)
            config = model.config
            room = getattr(config, "max_position_embeddings", None) or config.n_positions
            most = min(16, max(2, room // 2))
            torch.manual_seed(1)
            prompts = [torch.randint(0, config.vocab_size, (length,)).tolist() for length in (1, 3, 5, 8, 2, 13) if length + most + 8 <= room] or [torch.randint(0, config.vocab_size, (length,)).tolist() for length in (1, 4, 5)]
            # End tokens that this model does write, so that they end something.
            seen = [token for ids in prompts for token in ask(model, ids, most, {}, []).sequences[0, len(ids) + 3:].tolist()]
            often = sorted(set(seen), key=lambda token: (-seen.count(token), token))
            for setting, wanted, ours, theirs in SETTINGS:
                if theirs.get("num_beams", 1) > 1 and config.vocab_size < 16 and wanted == 2: continue
                ends = often[:wanted]
                # A copy with these end tokens: the command reads them from the folder.
                copy = os.path.join(scratch, str(len(jobs)))
                os.makedirs(copy)
                for file in os.listdir(folder):
                    if os.path.isfile(os.path.join(folder, file)) and file != "generation_config.json": os.symlink(os.path.join(folder, file), os.path.join(copy, file))
                json.dump({"eos_token_id": ends or None}, open(os.path.join(copy, "generation_config.json"), "w"))
                jobs.append(dict(model=copy, **({"adapter": adapter} if adapter else {}), prompts=prompts, options={"maxNewTokens": most, **ours}, out=os.path.join(scratch, f"{len(jobs)}.json")))
                work.append((name, model, prompts, most, setting, theirs, ends))

        for name, folder, adapter in subjects(options.folders, options.methods):
            plan(name, folder, adapter)
            kind = opened(folder, None).config
            if options.methods and adapter is None and kind.model_type not in made:
                made.add(kind.model_type)
                own = os.path.join(scratch, f"{kind.model_type}-methods")
                shutil.copytree(folder, own)
                for method, target in methods(kind, own): plan(f"{name}, {method}", own, target)

        listed = os.path.join(scratch, "jobs.json")
        json.dump(jobs, open(listed, "w"))
        ended = subprocess.run(["node", "tools/generation/many.mjs", listed, *([options.profile] if options.profile else [])], cwd=ROOT, capture_output=True, text=True)
        answers = [json.loads(line) for line in ended.stdout.split("\n") if line.startswith(("{\"out\"", "{\"refused\""))]
        if len(answers) < len(jobs): raise SystemExit(f"the engine ended early: {ended.stderr[-2000:]}")

        wrong = 0
        total = {}
        for (name, model, prompts, most, setting, theirs, ends), job, answer in zip(work, jobs, answers):
            if "refused" in answer:
                print(f"{name} | {setting} | refused: {answer['refused']}"); wrong += 1
                continue
            equal = ties = differing = tokens = ended_by = 0
            apart = 0.0
            for ids, ours in zip(prompts, json.load(open(job["out"]))):
                out = ask(model, ids, most, theirs, ends)
                new = out.sequences[0, len(ids):].tolist()
                tokens += len(new)
                ended_by += ours["finished"] == "end token"
                # What stands behind an end token is padding.
                if ours["ids"] == new: equal += 1
                elif is_tie(model, ids, ours["ids"], out, theirs): ties += 1
                else:
                    differing += 1
                    print(f"  {name}, {setting}, prompt {ids}: ours {ours['ids']}, theirs {new}")
                apart = max(apart, float((log_probabilities(model, ids, ours["ids"]) - torch.tensor(ours["scores"]).double()).abs().max()))
                if "num_beams" in theirs and ours["ids"] == new: apart = max(apart, abs(ours["score"] - out.sequences_scores[0].item()) / max(1.0, abs(ours["score"])))
            wrong += differing
            print(f"{name:34} | {setting:50} | {len(prompts)} texts, {tokens:3} tokens, {ended_by} ended | equal {equal} ties {ties} differing {differing} | scores within {apart:.1e}", flush=True)
            row = total.setdefault("beams" if "num_beams" in theirs else "greedy", [0, 0, 0, 0, 0, 0.0])
            for at, value in enumerate((len(prompts), tokens, equal, ties, differing)): row[at] += value
            row[5] = max(row[5], apart)
        for kind, (texts, tokens, equal, ties, differing, apart) in total.items(): print(f"{kind}: {texts} texts, {tokens} tokens, equal {equal}, ties {ties}, differing {differing}, scores within {apart:.1e}")
        raise SystemExit(wrong > 0)


main()
