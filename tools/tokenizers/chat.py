"""What transformers' apply_chat_template makes of conversations, for src/data/chatTemplate.test.ts.

    python tools/tokenizers/chat.py > src/fixtures/chat/templates.json

Templates of the kinds that models come with, written anew; ids are those of the nano decoder's tokenizer. Where a template has generation tags, the
scored tokens are transformers' own assistant mask; else those between a prefix that asks for an answer and the prefix with the answer.
"""
import json
import os

import transformers

TEMPLATES = {
    "chatml": "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\nYou help.<|im_end|>\n{% endif %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    "instructions with begin and end tokens": """{%- if messages[0]['role'] == 'system' %}
    {%- set system = messages[0]['content'] %}
    {%- set turns = messages[1:] %}
{%- else %}
    {%- set system = none %}
    {%- set turns = messages %}
{%- endif %}
{%- for message in turns %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('Roles have to take turns: user, assistant, user, …') }}
    {%- endif %}
    {%- if message['role'] == 'user' %}
        {{- bos_token + '[INST] ' + (('<<SYS>>\n' + system + '\n<</SYS>>\n\n') if system is not none and loop.first else '') + message['content'].strip() + ' [/INST]' }}
    {%- else %}
        {{- ' ' + message['content'].strip() + ' ' + eos_token }}
    {%- endif %}
{%- endfor %}""",
    "headers, tools": """{{- bos_token }}
{%- if tools is not none %}
    {{- '<|header|>system<|end|>\n' }}
    {%- for tool in tools %}
        {{- tool | tojson(indent=2) }}
    {%- endfor %}
    {{- '<|eot|>' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.tool_calls is defined and message.tool_calls %}
        {{- '<|header|>' ~ message.role ~ '<|end|>\n' }}
        {%- for call in message.tool_calls %}
            {{- '{"name": "' ~ call.function.name ~ '", "arguments": ' ~ (call.function.arguments | tojson) ~ '}' }}
        {%- endfor %}
        {{- '<|eot|>' }}
    {%- elif message.role == 'tool' %}
        {{- '<|header|>result<|end|>\n' ~ message.content | trim ~ '<|eot|>' }}
    {%- else %}
        {{- '<|header|>' ~ message['role'] ~ '<|end|>\n' ~ message['content'] | trim ~ '<|eot|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|header|>assistant<|end|>\n' }}
{%- endif %}""",
    "lines and the end token": "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{ '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] == 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{% endif %}\n{% endfor %}",
    "generation tags": """{%- for message in messages %}
{%- if message.role == 'assistant' %}
<assistant>
{% generation %}
{{ message.content }}{{ eos_token }}
{%- endgeneration %}

{%- else %}
<{{ message.role }}>
{{ message.content }}
{% endif %}
{%- endfor %}
{%- if add_generation_prompt %}<assistant>
{% endif %}""",
    "reasoning of earlier turns left out": """{%- set ns = namespace(last=messages|length - 1, searching=true) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.searching and message.role == 'user' %}
        {%- set ns.searching = false %}
        {%- set ns.last = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.role == 'assistant' and loop.index0 > ns.last %}
        {{- '<|im_start|>assistant\n<think>\n\n</think>\n\n' + message.content.lstrip('\n') + '<|im_end|>\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}""",
    "no system": "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'system' %}{{ raise_exception('A system turn is not supported') }}{% endif %}{% if message['role'] == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<turn>' + role + '\n' + message['content'] | trim + '<end>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<turn>model\n' }}{% endif %}",
}
turn = lambda role, content, **further: {"role": role, "content": content, **further}
CONVERSATIONS = {
    "one answer": [turn("user", "How warm is the room?"), turn("assistant", "The room is warm.")],
    "several": [turn("system", "You are brief."), turn("user", "  Is it cold? "), turn("assistant", " No.\n"), turn("user", "And now?"), turn("assistant", "It is cold now, and \"dull\".")],
    "an answer that comes again": [turn("user", "Yes."), turn("assistant", "Yes."), turn("user", "Yes."), turn("assistant", "Yes.")],
    "tools": [turn("user", "The weather?"), turn("assistant", "", tool_calls=[{"type": "function", "function": {"name": "weather", "arguments": {"city": "Århus", "days": 2}}}]), turn("tool", "Rain & wind <4 Bft>"), turn("assistant", "It rains.")],
}
TOOLS = [{"type": "function", "function": {"name": "weather", "description": "Tells the weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]

root = os.path.join(os.path.dirname(__file__), "..", "..")
tokenizer = transformers.PreTrainedTokenizerFast.from_pretrained(os.path.join(root, "public", "models", "nano-decoder"))


def shared(one, other):
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    return at


def scored_of(template, turns, tools, ids):
    if "generation %}" in template:
        mask = tokenizer.apply_chat_template(turns, chat_template=template, tools=tools, return_dict=True, return_assistant_tokens_mask=True)["assistant_masks"]
        return [place for place, one in enumerate(mask) if one]
    tokens = lambda some, asks: tokenizer.apply_chat_template(some, chat_template=template, tools=tools, add_generation_prompt=asks, return_dict=False)
    scored = []
    for place, one in enumerate(turns):
        if one["role"] == "assistant":
            end = len(ids) if place == len(turns) - 1 else shared(ids, tokens(turns[:place + 1], False))
            scored += range(shared(ids, tokens(turns[:place], True)), end)
    return scored


cases = []
for template, source in TEMPLATES.items():
    for name, turns in CONVERSATIONS.items():
        tools = TOOLS if name == "tools" else None
        case = {"template": template, "conversation": name}
        try:
            case["text"] = tokenizer.apply_chat_template(turns, chat_template=source, tools=tools, tokenize=False)
            case["ids"] = tokenizer.apply_chat_template(turns, chat_template=source, tools=tools, return_dict=False)
            # Where an earlier turn is written otherwise once more follow, a prefix says nothing of it.
            if "reasoning" not in template:
                case["scored"] = scored_of(source, turns, tools, case["ids"])
        except Exception as error:
            case["raises"] = str(error)
        cases.append(case)

print(json.dumps({"transformers": transformers.__version__, "templates": TEMPLATES, "conversations": CONVERSATIONS, "tools": TOOLS, "cases": cases}, ensure_ascii=False, indent=1))
