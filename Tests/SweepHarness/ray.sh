#!/bin/bash
# Runs a sweep as seven tasks of Ray, of which one dies at its first try, and compares what is merged
# with what one process writes. Arguments: the binary, and a Python that has Ray.
set -euo pipefail
lacuna=$(realpath "$1")
python=$2
shards=7
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
source "$(dirname "$0")/sweep.sh"

# Stands before the binary: the first try of the third shard is killed.
cat > "$folder/lacuna" << EOF
#!/bin/bash
[[ " \$* " == *" --shard 3/$shards "* ]] && mkdir "$folder/tried" 2> /dev/null && kill -KILL \$\$
exec "$lacuna" "\$@"
EOF
chmod +x "$folder/lacuna"

RAY_USAGE_STATS_ENABLED=0 "$python" "$(dirname "$0")/ray_shards.py" --shards "$shards" -- \
  "$folder/lacuna" "${sweep[@]}" --out "$folder/parts" 2> "$folder/log" ||
  { cat "$folder/log" >&2; exit 1; }
[[ -d $folder/tried ]]
"$lacuna" sweep merge "$folder/parts" --out "$folder/ray.csv" > /dev/null
"$lacuna" "${sweep[@]}" --out "$folder/alone.csv" > /dev/null
cmp "$folder/alone.csv" "$folder/ray.csv"
echo "$shards tasks, one tried twice: the same bytes"
