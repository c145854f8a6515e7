"""The larger decoder: the small one's objective and recipe, at twice the width and depth."""
from functools import partial

import causal
from causal import POSITIONS, CausalObjective, encode  # noqa: F401  what `pretrain.py` asks of a kind of model

# Stages begin at shares of so many steps; the rate of the shipped model fell earlier, when its time was up.
STEPS = 4000
FALL_FROM = 1025
BATCH = 64
INNER = 320
RATE = 1.5e-3
build = partial(causal.build, width=128, layers=4)
