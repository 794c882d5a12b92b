"""Runs the shards of a sweep as tasks of Ray, each as often as it takes.

    python ray_shards.py --shards 64 -- lacuna sweep s.yaml --vary ... --out /shared/parts
    lacuna sweep merge /shared/parts --out results.sqlite

A task of Ray runs at least once; a shard that runs twice writes the same bytes to the same places.
`--out` must be a folder that all machines of the cluster see.
"""

import argparse
import subprocess

import ray


@ray.remote(num_cpus=1, max_retries=3, retry_exceptions=True)
def shard(command: list[str], index: int, count: int) -> int:
    subprocess.run(
        [*command, "--quiet", "--threads", "1", "--shard", f"{index}/{count}"], check=True
    )
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shards", type=int, required=True, help="how many parts")
    parser.add_argument("--address", help="of a running cluster; without it, this machine")
    parser.add_argument("command", nargs="+", help="lacuna sweep ... --out FOLDER, after --")
    options = parser.parse_args()
    if options.shards < 1:
        parser.error("--shards must be 1 or more")
    ray.init(address=options.address, log_to_driver=False)
    left = [shard.remote(options.command, i + 1, options.shards) for i in range(options.shards)]
    while left:
        done, left = ray.wait(left)
        print(f"shard {ray.get(done[0])} done, {len(left)} left", flush=True)


if __name__ == "__main__":
    main()
