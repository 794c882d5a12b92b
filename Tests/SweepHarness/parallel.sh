#!/bin/bash
# Runs a sweep as seven shards under GNU parallel, kills one of them, has parallel run again what
# failed, and compares what is merged with what one process writes. Argument: the binary.
set -euo pipefail
lacuna=$(realpath "$1")
shards=7
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
source "$(dirname "$0")/sweep.sh"

cat > "$folder/task.sh" << EOF
#!/bin/bash
echo \$\$ > "$folder/task.\$1"
exec "$lacuna" ${sweep[*]@Q} --threads 1 --shard "\$1/$shards" --out "$folder/parts"
EOF
chmod +x "$folder/task.sh"
run=(parallel --will-cite -j 2 --joblog "$folder/log" --resume-failed "$folder/task.sh")

seq "$shards" | "${run[@]}" > /dev/null 2>&1 &
running=$!
until [[ -s $folder/task.3 ]] && compgen -G "$folder/parts/part-*" > /dev/null; do
  kill -0 "$running"
  sleep 0.05
done
kill -KILL "$(cat "$folder/task.3")"
failed=0
wait "$running" || failed=$?
((failed == 1)) || { echo "parallel ended with $failed, not with one failed task" >&2; exit 1; }
if "$lacuna" sweep merge "$folder/parts" --out "$folder/early.csv" 2> /dev/null; then
  echo "merged though parts are missing" >&2
  exit 1
fi

seq "$shards" | "${run[@]}" > /dev/null
"$lacuna" sweep merge "$folder/parts" --out "$folder/parallel.csv" > /dev/null
"$lacuna" "${sweep[@]}" --out "$folder/alone.csv" > /dev/null
cmp "$folder/alone.csv" "$folder/parallel.csv"
echo "$shards shards, one killed and run again: the same bytes"
