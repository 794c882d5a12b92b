#!/usr/bin/env python3
"""Leading blocks of prompts that an LRU cache finds, counted without any of Lacuna's code.

    Tests/PrefixCounts/count.py [--served 512] LOG.jsonl.gz 1000 10000 ...

One row a cache size: blocks found in a cache of that size, and blocks found by tier in two tiers
whose sizes are a third of it and the rest. The cache is an ordered dictionary. A prompt's blocks
are used from its end to its beginning, so a block never leaves before those that continue it.

With --served a block of so many tokens is used where the prompt fills it, and looked for where a
token of the prompt is left after it: what a server does that computes a token of every prompt.
"""
import gzip
import json
import sys
from collections import OrderedDict


def replay(prompts, fast, slow):
    """Blocks found in the fast tier and in the slow one, to which the fast one's oldest go."""
    tiers = OrderedDict(), OrderedDict()
    found = [0, 0]
    for prompt, sought in prompts:
        for block in prompt[:sought]:
            if block in tiers[0]:
                found[0] += 1
            elif block in tiers[1]:
                found[1] += 1
            else:
                break
        for block in reversed(prompt):
            tiers[1].pop(block, None)
            tiers[0][block] = None
            tiers[0].move_to_end(block)
            while len(tiers[0]) > fast:
                oldest, _ = tiers[0].popitem(last=False)
                tiers[1][oldest] = None
            while len(tiers[1]) > slow:
                tiers[1].popitem(last=False)
    return found


def main():
    arguments = sys.argv[1:]
    served = int(arguments[1]) if arguments[0] == "--served" else 0
    name, *sizes = arguments[2 if served else 0:]
    prompts = []
    with gzip.open(name, "rt") as log:
        for row in map(json.loads, log):
            blocks = row["hash_ids"]
            if served:
                length = row["input_length"]
                prompts.append((blocks[:length // served], (length - 1) // served))
            else:
                prompts.append((blocks, len(blocks)))
    print("blocks,found,fast,slow")
    for size in map(int, sizes):
        found, _ = replay(prompts, size, 0)
        fast, slow = replay(prompts, size // 3, size - size // 3)
        print(f"{size},{found},{fast},{slow}")


main()
