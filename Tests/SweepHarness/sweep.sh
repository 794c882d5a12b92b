# What the tests of clusters sweep: enough work that a task can be caught in the middle.
# shellcheck shell=bash disable=SC2034
sweep=(sweep scenarios/systems/quest.yaml --set runtime=vllm --variant sparse --quiet
  --engine playback --set workload.generate=256
  --vary hardware=nvidia-rtx-4090,nvidia-a100-sxm-80gb
  --vary workload.batch=1..4:1 --vary workload.prompt=1024..16384:1024
  --vary "attention.reads.attend.tokens.keep=256 tokens..4096 tokens:256 tokens")
