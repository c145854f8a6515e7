"""Goes on with a run of the LoRA Dropout Playground in Python: the same rows in the same order, the same hyper-parameters, the same dropout masks.

    python continue.py [--base PATH] [--steps N] [--save FOLDER]
    accelerate launch --num_processes 2 continue.py …       (without a GPU: --multi_gpu --num_processes 2, since accelerate starts one process else)

Needs torch, transformers, peft and accelerate. continue.json beside this file has the data and the recipe, start/ the adapter as it was before the
first step. Masks are drawn from (seed, step, place, index) alone and indexed by the sample in the whole batch, so that neither the number of
processes nor the order of computation changes them. Each step's loss is printed beside the one that the page measured.
"""
import argparse, json, math, os, re
import torch
from accelerate import Accelerator
from peft import PeftModel
from transformers import AttentionInterface, AttentionMaskInterface, AutoModelForCausalLM, AutoModelForSequenceClassification
from transformers.masking_utils import eager_mask

HERE = os.path.dirname(os.path.abspath(__file__))
U32 = 0xFFFFFFFF
KIND = {"logits": 1, "weights": 2, "hidden": 3, "ffn_inner": 4, "embedding": 5, "output": 6, "lora_input": 16, "lora_rank": 48}
NOISE_KIND = 96


# --- Random words: pcg4d (Jarzynski & Olano 2020), one evaluation for four neighbouring elements -------------------------------------------------

def words(seed, step, site, start, count):
    """Words `start` to `start + count` of one place at one step, as int64."""
    first = start // 4
    block = torch.arange(first, (start + count + 3) // 4, dtype=torch.int64) & (U32 >> 2)
    x, y, z, w = [(part * 1664525 + 1013904223) & U32 for part in (torch.tensor(seed), torch.tensor(step), torch.tensor(site), block)]

    def stir(x, y, z, w):
        x = (x + y * w) & U32
        y = (y + z * x) & U32
        z = (z + x * y) & U32
        w = (w + y * z) & U32
        return x, y, z, w

    x, y, z, w = [part ^ (part >> 16) for part in stir(x, y, z, w)]
    drawn = torch.stack(torch.broadcast_tensors(*stir(x, y, z, w)), dim=1).reshape(-1)
    return drawn[start - 4 * first:][:count]


# --- What a pass knows of itself -------------------------------------------------------------------------------------------------------------

class Moment:
    """Where and when masks are drawn: set before each forward pass, read by the hooks."""
    active = False      # whether anything is dropped
    branch = 0          # 0 for the first pass, 1 for the second
    seed = step = 0     # seed and mask step
    optimizer_step = 0
    steps = 1           # of the whole run
    layers = 1
    first = 0           # number of this process's first sample in the whole batch
    tokens = 0          # width of the batch
    causal = False
    neftune = 0.0
    lengths = None      # real tokens of each sample here
    rules = {}


def draw(kind, layer, shape):
    """Words of a place, shaped like what it masks but for the samples of other processes. `shape` begins with the samples here."""
    each = math.prod(shape[1:])
    site = (Moment.branch << 24) | (kind << 16) | layer
    return words(Moment.seed, Moment.step, site, Moment.first * each, shape[0] * each).reshape(shape)


def rate(rule, layer):
    """The rate of a rule in a layer at this step: linear over its active layers and over the steps, where it says so."""
    def course(kind, index, count):
        return (index + 1) / count if kind == "rising" else (count - index) / count if kind == "falling" else 1
    start = rule.get("fromLayer") or 0
    return rule["p"] * course(rule.get("depth"), max(0, layer - start), Moment.layers - start) * course(rule.get("time"), min(Moment.optimizer_step, Moment.steps - 1), Moment.steps)


def rule_at(position, layer):
    """The rule of a place and its rate there; None where nothing is dropped."""
    rule = Moment.rules.get(position)
    if not Moment.active or not rule or layer < (rule.get("fromLayer") or 0):
        return None, 0.0
    p = rate(rule, layer)
    return (rule, p) if p > 0 else (None, 0.0)


def threshold(p):
    return math.floor(p * 2 ** 32)


def outside_span(kind, layer, p, rows):
    """Whether each token is kept by a span: (rows…, T)."""
    heads = 1 if len(rows) == 1 else rows[1]
    n = Moment.lengths.repeat_interleave(heads).reshape(rows)
    length = torch.clamp(torch.floor(p * n.double() + 0.001).long(), min=1)
    start = draw(kind, layer, rows) % (n - length + 1)
    token = torch.arange(Moment.tokens).expand(*rows, -1)
    return (token < start[..., None]) | (token >= (start + length)[..., None])


def masked(x, position, layer, target=0):
    """x·m·ρ at any place but the attention: x is (samples, tokens, width), or (samples, width) where one vector of a sample is classified."""
    rule, p = rule_at(position, layer)
    if rule is None:
        return x
    kind, pattern = KIND[position] + target, rule["pattern"]
    if pattern == "span":
        keep = outside_span(kind, layer, p, (x.shape[0],))[..., None]
    else:
        keep = draw(kind, layer, tuple(x.shape) if pattern == "element" else (*x.shape[:-1], 1)) >= threshold(p)
    compensation = rule.get("compensation") or ("none" if pattern == "span" else "rescale")
    return x * keep.to(x.device, x.dtype) * (1 / (1 - p) if compensation == "rescale" else 1.0)


# --- Attention ---------------------------------------------------------------------------------------------------------------------------------

def kept_keys(position, layer, samples, heads):
    """The keep mask of the logits or the weights, (samples, heads, T or 1, T), with its rule and rate; None where nothing is dropped."""
    rule, p = rule_at(position, layer)
    if rule is None:
        return None, None, 0.0
    T = Moment.tokens
    if rule["pattern"] == "span":
        return outside_span(KIND[position], layer, p, (samples, heads))[:, :, None], rule, p
    shape = (samples, heads, T, T) if rule["pattern"] == "element" else (samples, heads, 1, T)
    return draw(KIND[position], layer, shape) >= threshold(p), rule, p


def attention(module, query, key, value, attention_mask, scaling=None, dropout=0.0, **kwargs):
    """softmax(QKᵀ)V with keys dropped before the softmax (DropKey), after it (DropAttention), or both. A query is never left without keys."""
    groups = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(groups, dim=1), value.repeat_interleave(groups, dim=1)
    samples, heads, T, _ = query.shape
    token = torch.arange(T)
    allowed = (token[None, :] < Moment.lengths[:, None])[:, None, None, :]
    allowed = (allowed & (token[None, :] <= token[:, None]) if Moment.causal else allowed.expand(-1, 1, T, -1)).to(query.device)
    logits = query @ key.transpose(-1, -2) * (query.shape[-1] ** -0.5 if scaling is None else scaling)

    left = allowed
    keep, _, _ = kept_keys("logits", module.place, samples, heads)
    if keep is not None:
        left = allowed & keep.to(query.device)
        left = torch.where(left.any(-1, keepdim=True), left, allowed)
    weights = torch.softmax(logits.masked_fill(~left, torch.finfo(logits.dtype).min), dim=-1)

    keep, rule, p = kept_keys("weights", module.place, samples, heads)
    if keep is not None:
        keep = keep.to(query.device).expand(samples, heads, T, T)
        dropped = weights * keep
        compensation = rule.get("compensation") or "normalize_stopgrad"
        if compensation.startswith("normalize"):
            total = dropped.sum(-1, keepdim=True)
            total = total.detach() if compensation == "normalize_stopgrad" else total
            dropped = dropped / torch.where(total > 0, total, 1.0)
        elif compensation == "rescale":
            dropped = dropped / (1 - p)
        weights = torch.where((keep & left).any(-1, keepdim=True), dropped, weights)
    return (weights @ value).transpose(1, 2).contiguous(), weights


# --- Hooks on the modules of transformers and peft ------------------------------------------------------------------------------------------------

#: The FFN's second projection, the last module before the embeddings are dropped, and what the head is given, by architecture.
PLACES = {
    "bert": (r"layer\.\d+\.output\.dense", r"embeddings\.LayerNorm", r"classifier"),
    "roberta": (r"layer\.\d+\.output\.dense", r"embeddings\.LayerNorm", r"classifier(\..*)?\.dense"),
    "distilbert": (r"ffn\.lin2", r"embeddings\.LayerNorm", r"classifier"),
    "gpt2": (r"mlp\.c_proj", r"transformer\.drop", r"score|lm_head"),
    "llama": (r"mlp\.down_proj", r"embed_tokens", r"score|lm_head"),
}
PLACES["qwen2"] = PLACES["qwen3"] = PLACES["llama"]


class LoraInput(torch.nn.Module):
    """Stands where peft has the dropout of a branch's input."""
    def __init__(self, layer, target):
        super().__init__()
        self.layer, self.target = layer, target

    def forward(self, x):
        return masked(x, "lora_input", self.layer, self.target)


def noisy(x):
    """NEFTune: uniform noise of bound α/√(L·D) on the embeddings of real tokens (Jain et al. 2023)."""
    if not Moment.active or Moment.neftune == 0:
        return x
    uniform = ((draw(NOISE_KIND, 0, tuple(x.shape)).double() + 0.5) / 2 ** 31 - 1).to(x.device, x.dtype)
    real = (torch.arange(x.shape[1]) < Moment.lengths[:, None]).to(x.device)[..., None]
    bound = Moment.neftune / torch.sqrt(Moment.lengths.to(x.device, x.dtype) * x.shape[2])[:, None, None]
    return x + uniform * bound * real


def hook(model, targets, causal_head):
    """Lets every place of the recipe ask for its mask. Modules are found by the names that transformers gives them, wherever peft has put them."""
    inner, embeddings, head = PLACES[model.config.model_type]
    layer_of = lambda name: int((re.search(r"\.(?:layer|layers|h)\.(\d+)\.", name) or [0, 0])[1])
    token_table = model.get_input_embeddings()
    token_table.register_forward_hook(lambda module, given, out: noisy(out))
    found = set()
    # peft wraps a module that it saves whole: the copy that is trained is the one that counts.
    plain = lambda name: re.sub(r"^base_model\.model\.|\.modules_to_save\.default", "", name)
    for name, module in model.named_modules():
        module.place = layer_of(name)
        wrapped = "original_module" in name or hasattr(module, "modules_to_save")
        if wrapped or name.endswith(("base_layer", "lora_dropout", "lora_A", "lora_B")):
            continue
        at = plain(name)
        if re.search(rf"{inner}$", at):
            found.add("ffn")
            module.register_forward_pre_hook(lambda module, given: (masked(given[0], "ffn_inner", module.place), *given[1:]))
            module.register_forward_hook(lambda module, given, out: masked(out, "hidden", module.place))
        if re.search(rf"{embeddings}$", at):
            found.add("embedding")
            module.register_forward_hook(lambda module, given, out: masked(out, "embedding", 0))
        if re.fullmatch(head, at):
            found.add("head")
            # A decoder's head for classes is given every token and read at the last: one mask a sample.
            one = not causal_head and model.config.model_type in ("gpt2", "llama", "qwen2", "qwen3")
            def before(module, given, one=one):
                x = given[0]
                return (x * masked(torch.ones_like(x[:, 0]), "output", 0)[:, None] if one else masked(x, "output", 0), *given[1:])
            module.register_forward_pre_hook(before)
        if at in targets:
            found.add("branch")
            module.lora_dropout["default"] = LoraInput(module.place, targets[at])
            # DoRA sends a unit matrix through A to measure norms; that is no batch.
            rank = lambda _, given, out, layer=module.place, target=targets[at]: masked(out, "lora_rank", layer, target) if out.dim() == 3 else out
            module.lora_A["default"].register_forward_hook(rank)
    missing = {"ffn", "embedding", "head", "branch"} - found
    assert not missing, f"this version of transformers or peft names its modules otherwise: {missing} not found; hook() says which names are expected"


# --- One step ------------------------------------------------------------------------------------------------------------------------------------

def gaps(data, row):
    """Ranges of a row's tokens, behind its first scored one, that are not scored: what others say in a conversation."""
    return data["rows"]["unscored"][row] if "unscored" in data["rows"] else []


def batch_of(data, chosen, width, begin, end):
    """Rows `begin` to `end` of a batch, padded on the right to the width of the whole batch."""
    ids = torch.full((end - begin, width), data["pad_id"])
    lengths = torch.tensor([len(data["rows"]["ids"][row]) for row in chosen[begin:end]], dtype=torch.int64)
    labels = []
    for place, row in enumerate(chosen[begin:end]):
        tokens = data["rows"]["ids"][row]
        ids[place, :len(tokens)] = torch.tensor(tokens)
        if data["problem"] == "language_model":
            scored = torch.full((width,), -100)
            scored[data["rows"]["scored_from"][row]:len(tokens)] = torch.tensor(tokens[data["rows"]["scored_from"][row]:])
            for start, end in gaps(data, row):
                scored[start:end] = -100
            labels.append(scored)
        else:
            labels.append(torch.tensor(data["rows"]["labels"][row]))
    if data["problem"] == "language_model":
        labels = torch.stack(labels) if labels else torch.zeros((0, width), dtype=torch.int64)
    else:
        labels = torch.tensor([float(label) for label in labels])
    return ids, lengths, labels if data["problem"] == "regression" else labels.long()


def counted_in(data, chosen):
    """How many rows of a batch count in the mean of its losses."""
    if data["problem"] == "regression":
        return len(chosen)
    if data["problem"] == "classification":
        return sum(data["rows"]["labels"][row] != -100 for row in chosen)
    return sum(len(data["rows"]["ids"][row]) - max(1, data["rows"]["scored_from"][row]) - sum(end - start for start, end in gaps(data, row)) for row in chosen)


def outputs(model, data, ids, lengths):
    """Logits of the rows that may count: one a sample, of a language model one a token but the last."""
    mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
    logits = model(input_ids=ids.to(model.device), attention_mask=mask.to(model.device)).logits
    if data["problem"] == "language_model":
        return logits[:, :-1].reshape(-1, logits.shape[-1])
    return logits


def task_losses(data, logits, labels, smoothing):
    """The sum of the losses of the rows that count."""
    if data["problem"] == "regression":
        return ((logits[:, 0] - labels) ** 2).sum()
    return torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, label_smoothing=smoothing, reduction="sum")


def divergences(kind, first, second, counts):
    """The sum of a consistency term over the rows that count."""
    if kind == "mse":
        return ((first[:, 0] - second[:, 0]) ** 2).sum()
    one, two = torch.log_softmax(first[counts], -1), torch.log_softmax(second[counts], -1)
    kl = lambda p, q: (p.exp() * (p - q)).sum()
    if kind == "js_paper":
        return kl(one, two)
    if kind == "jsd":
        middle = torch.logaddexp(one, two) - math.log(2)
        return 0.5 * kl(one, middle) + 0.5 * kl(two, middle)
    return 0.5 * (kl(one, two) + kl(two, one))


def accumulate(model, data, config, chosen, width, begin, end, counted):
    """Adds the gradients of this process's rows of one batch. Returns their share of the batch's mean loss, without the consistency term."""
    ids, lengths, labels = batch_of(data, chosen, width, begin, end)
    if data["problem"] == "language_model":
        labels = labels[:, 1:].reshape(-1)
    Moment.lengths, Moment.first, Moment.tokens = lengths, begin, width
    term, smoothing = config["consistency"], config["optimizer"]["smoothing"]
    on = term["kind"] != "none" and Moment.optimizer_step % (term.get("every") or 1) == 0
    second_pass = "clean_stopgrad" if term["kind"] == "js_paper" else term["second"]

    Moment.active, Moment.branch = True, 0
    first = outputs(model, data, ids, lengths)
    labels = labels.to(first.device)
    task = task_losses(data, first, labels, smoothing)
    loss = task
    if on:
        Moment.active, Moment.branch = second_pass != "clean_stopgrad", 1
        with torch.set_grad_enabled(second_pass == "dropped_grad"):
            second = outputs(model, data, ids, lengths)
        if second_pass == "dropped_grad":
            task = 0.5 * (task + task_losses(data, second, labels, smoothing))
        loss = task + term["alpha"] * divergences(term["kind"], first, second, labels != -100)
    Moment.active = False
    (loss / counted).backward()
    return task.detach() / counted


def with_field(config, field, to):
    """Sets `dropout.logits.p` and its like; None takes the field out."""
    *path, last = field.split(".")
    for name in path:
        config = config[name]
    if to is None:
        config.pop(last, None)
    else:
        config[last] = to


# --- The run -------------------------------------------------------------------------------------------------------------------------------------

def open_model(data, base):
    kind = AutoModelForCausalLM if data["problem"] == "language_model" else AutoModelForSequenceClassification
    name = base or data["base"]["name"]
    assert name, f"the base model ({data['base']['text']}) has no name on the Hub; give its folder: --base PATH"
    options = {} if base else {"revision": data["base"]["revision"]}
    head = {} if data["problem"] == "language_model" else {"num_labels": data["labels"]}
    AttentionInterface.register("masked", attention)
    AttentionMaskInterface.register("masked", eager_mask)
    model = kind.from_pretrained(name, dtype=torch.float32, attn_implementation="masked", ignore_mismatched_sizes=True, **head, **options)
    # The recipe's dropout is the hooks' matter alone.
    for field, value in vars(model.config).items():
        if "drop" in field and isinstance(value, float):
            setattr(model.config, field, 0.0)
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model.config.pad_token_id = data["pad_id"]
    model = PeftModel.from_pretrained(model, os.path.join(HERE, "start"), is_trainable=True)
    if data["residual"]:
        # PiSSA: the frozen weight is what its leading singular vectors leave.
        with torch.no_grad():
            for _, module in model.named_modules():
                if hasattr(module, "get_delta_weight") and "default" in module.lora_A:
                    module.get_base_layer().weight -= module.get_delta_weight("default")
    return model


def optimizer_of(model, data, config):
    """AdamW as the page has it: no decay on biases and norms; LoRA+ multiplies the rate of every B."""
    groups = {}
    for name, tensor in model.named_parameters():
        if tensor.requires_grad:
            decays = not re.search(r"bias$|layernorm|layer_norm|\.ln_|norm\.weight$", name, re.IGNORECASE)
            groups.setdefault((decays, data["rate_ratio"] if ".lora_B." in name else 1), []).append(tensor)
    return torch.optim.AdamW([{"params": tensors, "decays": decays, "ratio": ratio} for (decays, ratio), tensors in groups.items()], lr=0.0, betas=(0.9, 0.999), eps=1e-8)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--base", help="folder of the base model, where it is not the Hub's")
    parser.add_argument("--steps", type=int, help="stop after so many; the schedule stays that of the whole run")
    parser.add_argument("--save", help="folder for the adapter afterwards")
    asked = parser.parse_args()
    # On a machine without a GPU the processes talk through gloo.
    accelerator = Accelerator(cpu=not torch.cuda.is_available() and int(os.environ.get("WORLD_SIZE", 1)) > 1)
    with open(os.path.join(HERE, "continue.json"), encoding="utf-8") as file:
        data = json.load(file)
    config = data["config"]
    model = open_model(data, asked.base).to(accelerator.device)
    Moment.layers, Moment.causal, Moment.steps = data["layers"], data["causal"], config["optimizer"]["steps"]
    hook(model, data["targets"], data["problem"] == "language_model")
    model.train()
    optimizer = optimizer_of(model, data, config)
    trained = [tensor for group in optimizer.param_groups for tensor in group["params"]]
    matrices = [tensor for name, tensor in model.named_parameters() if re.search(r"\.lora_[AB]\.", name)]
    accumulation, rank, processes = config["optimizer"]["accumulation"], accelerator.process_index, accelerator.num_processes

    if accelerator.is_main_process:
        print(f"{processes} {'process' if processes == 1 else 'processes'} on {accelerator.device.type}")
    for step in range(min(asked.steps or len(data["learning_rates"]), len(data["learning_rates"]))):
        for change in data["changes"]:
            if change["step"] == step:
                with_field(config, change["field"], change["to"])
        settings = config["optimizer"]
        Moment.rules, Moment.seed, Moment.optimizer_step, Moment.neftune = config["dropout"], config["seed"], step, settings["neftune"]
        batches = data["order"][step * accumulation:(step + 1) * accumulation]
        counted = max(1, sum(counted_in(data, chosen) for chosen in batches))
        loss = torch.zeros((), device=accelerator.device)
        for micro, chosen in enumerate(batches):
            Moment.step = step * accumulation + micro
            begin, end = (len(chosen) * share // processes for share in (rank, rank + 1))
            if begin < end:
                loss += accumulate(model, data, config, chosen, data["widths"][Moment.step], begin, end, counted)
        for tensor in trained:
            if tensor.grad is None:
                tensor.grad = torch.zeros_like(tensor)
            if processes > 1:
                tensor.grad = accelerator.reduce(tensor.grad, "sum")
        if settings["l1"] > 0:
            for tensor in matrices:
                tensor.grad += settings["l1"] * torch.sign(tensor.detach())
        if settings["clip"] > 0:
            torch.nn.utils.clip_grad_norm_(trained, settings["clip"])
        for group in optimizer.param_groups:
            group["lr"] = data["learning_rates"][step] * group["ratio"]
            group["weight_decay"] = settings["weightDecay"] if group["decays"] else 0.0
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loss = accelerator.reduce(loss, "sum").item() if processes > 1 else loss.item()
        if accelerator.is_main_process:
            page = data["losses"][step] if step < len(data["losses"]) else None
            print(f"step {step:5d}   loss {loss:.8f}" + ("" if page is None else f"   page {page:.6f}"), flush=True)
    if asked.save and accelerator.is_main_process:
        model.save_pretrained(asked.save)
    accelerator.end_training()


if __name__ == "__main__":
    main()
