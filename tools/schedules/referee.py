"""Learning-rate factors of transformers' get_scheduler, for src/config/schedule.test.ts.

    python tools/schedules/referee.py > src/config/testing/schedules.json
"""
import json

import torch
import transformers

CASES = [(10, 0), (10, 4), (8, 8), (6, 9), (1, 0), (1, 1), (200, 10), (37, 5)]
NAMES = {"constant": "constant_with_warmup", "linear": "linear", "cosine": "cosine"}

cases = []
for ours, theirs in NAMES.items():
    for total, warmup in CASES:
        optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
        scheduler = transformers.get_scheduler(theirs, optimizer, num_warmup_steps=warmup, num_training_steps=total)
        factors = []
        for _ in range(total + 2):
            factors.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        cases.append({"schedule": ours, "total": total, "warmup": warmup, "factors": factors})

print(json.dumps({"transformers": transformers.__version__, "cases": cases}))
