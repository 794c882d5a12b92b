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
for product in LacunaBenchmarks BenchmarkTool; do
  swift build --package-path Benchmarks -c release --product $product >&2
done

built=$(pwd)/Benchmarks/.build/release
"$built/BenchmarkTool" --command run --format markdown --path stdout --grouping benchmark \
  --no-progress --baseline-storage-path "$(pwd)/Benchmarks" \
  --benchmark-package-identifier benchmarks --targets LacunaBenchmarks \
  --benchmark-executable-paths "$built/LacunaBenchmarks" "$@"
