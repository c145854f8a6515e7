#!/usr/bin/env bash
# Makes public/models/nano-encoder anew: text, tokenizer, weights. Needs Node and the Python packages of requirements.txt.
# SEED, WORK and OUT may be set; the shipped model has the values below.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
seed="${SEED:-1}"
work="${WORK:-$(mktemp -d)}"
out="${OUT:-$root/public/models/nano-encoder}"

# The text is the same for every seed of the weights, so that validation losses compare.
(cd "$root" && node tools/pretrain/export-text.mjs pretraining "$work" --rows 400000 --seed 1)
python3 "$here/pretrain.py" --text "$work" --out "$out" --seed "$seed"
echo "The record of this run is $work/record-$seed.json."
