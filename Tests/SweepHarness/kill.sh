#!/bin/bash
# Kills a sweep with SIGKILL at random moments and compares what it writes in the end with what one
# writes that is left alone. Arguments: the binary, and how many kills (50).
set -euo pipefail
lacuna=$1
kills=${2:-50}
RANDOM=20260121
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

sweep=(sweep scenarios/systems/quest.yaml --set runtime=vllm --variant sparse --quiet --set workload.generate=32
  --vary hardware=nvidia-rtx-4090,nvidia-a100-sxm-80gb,nvidia-h100-sxm,nvidia-h200-sxm
  --vary workload.batch=1..16:1 --vary workload.prompt=512..16384:512
  --vary "attention.reads.attend.tokens.keep=64 tokens..4096 tokens:64 tokens")

started=$(date +%s%N)
"$lacuna" "${sweep[@]}" --out "$folder/alone.csv"
took=$((($(date +%s%N) - started) / 1000000))
echo "left alone: $(wc -l < "$folder/alone.csv") lines in $took ms"

killed=0
begun=0
midway=0
while ((killed < kills)); do
  "$lacuna" "${sweep[@]}" --out "$folder/killed.csv" > /dev/null &
  running=$!
  begun=$((begun + 1))
  # Any moment of a whole sweep: starting, working and joining.
  wait=$((RANDOM * took / 32768))
  sleep "$(printf '%d.%03d' $((wait / 1000)) $((wait % 1000)))"
  if kill -KILL "$running" 2> /dev/null; then killed=$((killed + 1)); fi
  wait "$running" 2> /dev/null || true
  if compgen -G "$folder/killed.csv.parts/part-*" > /dev/null; then midway=$((midway + 1)); fi
  # A sweep that came to its end begins anew.
  if [[ -e $folder/killed.csv && ! -e $folder/killed.csv.parts ]]; then
    cmp "$folder/alone.csv" "$folder/killed.csv"
    rm "$folder/killed.csv"
  fi
done
"$lacuna" "${sweep[@]}" --out "$folder/killed.csv" > /dev/null
cmp "$folder/alone.csv" "$folder/killed.csv"
((midway * 4 > kills)) || { echo "only $midway kills met a part" >&2; exit 1; }
echo "killed $killed of $begun times, $midway times with parts written: the same bytes"
