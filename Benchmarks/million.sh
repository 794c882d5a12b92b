#!/bin/bash
# Sweeps a million points of a 32-layer model with a sparse method, over machines, batches, contexts and
# budgets, in closed form on two threads, and prints what it took with writing the file. Argument: the
# binary.
set -euo pipefail
lacuna=$(realpath "$1")
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
machines=nvidia-rtx-4090,nvidia-a100-sxm-80gb,nvidia-h100-sxm,nvidia-h200-sxm,nvidia-l40s,nvidia-a40
machines+=,nvidia-b200,nvidia-h20,nvidia-rtx-3090,nvidia-rtx-a6000

/usr/bin/time -f '%e %U %S %M' -o "$folder/took" \
  "$lacuna" sweep scenarios/systems/quest.yaml --set runtime=vllm --variant sparse --quiet --threads 2 \
  --vary hardware=$machines --vary workload.batch=1..4:1 --vary workload.prompt=40..10000:40 \
  --vary "attention.reads.attend.tokens.keep=128 tokens..1712 tokens:16 tokens" \
  --out "$folder/million.csv"
read -r wall user system memory < "$folder/took"
lines=$(($(wc -l < "$folder/million.csv") - 1))
((lines == 1000000)) || { echo "$lines points, not a million" >&2; exit 1; }
echo "$lines points, $(($(wc -c < "$folder/million.csv") >> 20)) MiB: $wall s," \
  "$user s of processor and $system s of the system, $((memory >> 10)) MiB of memory"
