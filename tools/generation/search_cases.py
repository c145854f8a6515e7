"""Searches that transformers made over a table of next-token scores: what src/generation/searches.test.ts compares with.

    python tools/generation/search_cases.py > src/fixtures/generation/searches.json

The model is a table: the scores of the next token depend on the last one alone. So the strategies are tested without arithmetic that could differ.
Needs torch and transformers (written with 2.13 and 5.18).
"""
import itertools
import json
import warnings

import torch
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

warnings.filterwarnings("ignore")
VOCABULARY = 13


class TableConfig(PretrainedConfig):
    model_type = "table"


class Table(PreTrainedModel, GenerationMixin):
    config_class = TableConfig

    def __init__(self, config, table):
        super().__init__(config)
        self.table = torch.nn.Parameter(table)

    def forward(self, input_ids=None, **_):
        return CausalLMOutput(logits=self.table[input_ids])

    def prepare_inputs_for_generation(self, input_ids, **_):
        return {"input_ids": input_ids}


def main():
    torch.manual_seed(3)
    table = torch.round(torch.randn(VOCABULARY, VOCABULARY) * 1.5 * 1024) / 1024
    model = Table(TableConfig(vocab_size=VOCABULARY), table).eval()
    prompts = [[3], [5, 7, 5, 7, 1, 5], [2, 2, 4]]
    cases = []

    def add(prompt, **settings):
        keywords = dict(settings)
        ends = keywords.pop("ends")
        out = model.generate(
            torch.tensor([prompt]), do_sample=False, use_cache=False, max_new_tokens=settings.get("max_new_tokens", 12), eos_token_id=ends or None, pad_token_id=0,
            return_dict_in_generate=True, output_scores=True, **{key: value for key, value in keywords.items() if key != "max_new_tokens"})
        ids = out.sequences[0, len(prompt):].tolist()
        case = {"prompt": prompt, "settings": settings, "ids": ids}
        if settings.get("num_beams", 1) > 1:
            case["score"] = out.sequences_scores[0].item()
        cases.append(case)

    for prompt, ends in itertools.product(prompts, [[], [6], [6, 9]]):
        add(prompt, ends=ends)
        add(prompt, ends=ends, no_repeat_ngram_size=2)
        add(prompt, ends=ends, repetition_penalty=1.3)
        for beams, penalty in [(2, 1.0), (3, 0.0), (4, 2.0), (5, -1.0)]:
            add(prompt, ends=ends, num_beams=beams, length_penalty=penalty)
            add(prompt, ends=ends, num_beams=beams, length_penalty=penalty, no_repeat_ngram_size=2, max_new_tokens=9)
        add(prompt, ends=ends, num_beams=3, early_stopping=True)
        add(prompt, ends=ends, num_beams=3, early_stopping="never", length_penalty=1.5)
        add(prompt, ends=ends, num_beams=3, repetition_penalty=1.5, no_repeat_ngram_size=3)
        add(prompt, ends=ends, num_beams=4, max_new_tokens=1)
    print(json.dumps({"table": table.tolist(), "cases": cases}))


main()
