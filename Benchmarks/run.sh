#!/bin/sh
# Builds and runs the benchmarks. Arguments go to the benchmark tool, as --filter 'playback.*'.
# LACUNA names the binary whose start is timed; without it, the static one, which is built.
set -eu
cd "$(dirname "$0")/.."
if [ -z "${LACUNA:-}" ]; then
  LACUNA=$(pwd)/.build/static/release/lacuna
  [ -x "$LACUNA" ] || swift build -c release --product lacuna --scratch-path .build/static \
    --static-swift-stdlib -Xswiftc -static-executable -Xswiftc -use-ld=lld -Xlinker -s >&2
fi
export LACUNA
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Lacuna and a dependency of the benchmark library both have a module called Numerics, which the
# manifest tells apart by an alias. SwiftPM 6.3 applies aliases in the order of its hash tables,
# which differs from run to run, and stops before it builds anything when the order is a wrong one.
tries=0
until swift build --package-path Benchmarks -c release --product LacunaBenchmarks >"$log" 2>&1 &&
  swift build --package-path Benchmarks -c release --product BenchmarkTool >>"$log" 2>&1; do
  tries=$((tries + 1))
  if ! grep -q "conflicting name: 'Numerics" "$log" || [ "$tries" -ge 40 ]; then
    cat "$log" >&2
    exit 1
  fi
done

built=$(pwd)/Benchmarks/.build/release
"$built/BenchmarkTool" --command run --format markdown --path stdout --grouping benchmark \
  --no-progress --baseline-storage-path "$(pwd)/Benchmarks" \
  --benchmark-package-identifier benchmarks --targets LacunaBenchmarks \
  --benchmark-executable-paths "$built/LacunaBenchmarks" "$@"
