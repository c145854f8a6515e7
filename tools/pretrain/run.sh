#!/usr/bin/env bash
# Makes public/models/nano-encoder, nano-decoder, micro-encoder or micro-decoder anew: text, tokenizer, weights. Needs Node and the Python packages of requirements.txt.
#   tools/pretrain/run.sh encoder|decoder|micro-encoder|micro-decoder
# SEED, WORK and OUT may be set; the shipped models have the values below.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
model="${1:-}"
case "$model" in
  encoder | decoder) name="nano-$model" ;;
  micro-encoder | micro-decoder) name="$model" ;;
  *)
    echo "run.sh: which model to make is missing or unknown ($model); give encoder, decoder, micro-encoder or micro-decoder." >&2
    exit 2
    ;;
esac
seed="${SEED:-1}"
work="${WORK:-$(mktemp -d)}"
out="${OUT:-$root/public/models/$name}"

# The text is the same for every seed of the weights, so that validation losses compare.
rows=400000
script=("$here/pretrain.py" "$model")
if [ "$model" = micro-encoder ]; then
  rows=500000
  script=("$here/micro_encoder.py")
fi
(cd "$root" && node tools/pretrain/export-text.mjs pretraining "$work" --model "$model" --rows "$rows" --seed 1)
python3 "${script[@]}" --text "$work" --out "$out" --seed "$seed"
echo "The record of this run is $work/record-$seed.json."
