#!/bin/bash
# Runs a sweep as an array of jobs on a Slurm of two nodes, all on this machine, kills one node with all
# that runs on it, and compares what is merged in the end with what one process writes. Needs root and
# Debian's slurm-wlm and munge. Argument: the binary.
set -euo pipefail
lacuna=$(realpath "$1")
shards=8
folder=$(mktemp -d)
chmod 755 "$folder"
export SLURM_CONF=$folder/slurm.conf

source "$(dirname "$0")/sweep.sh"

daemons=()
# A node is its daemon, the keepers of its jobs, and what these run.
kill_node() {
  local ran
  kill -KILL "$(cat "$folder/$1.pid")" 2> /dev/null || true
  for ran in "$folder/running/$1".*; do
    [[ -e $ran ]] || continue
    read -r keeper script < "$ran"
    kill -KILL "$keeper" 2> /dev/null || true
    pkill -KILL -P "$script" 2> /dev/null || true
    kill -KILL "$script" 2> /dev/null || true
  done
}
finish() {
  status=$?
  ((status == 0)) || tail -n 20 "$folder"/*.log >&2
  kill_node n1
  kill_node n2
  kill "${daemons[@]}" 2> /dev/null || true
  wait
  rm -rf "$folder"
}
trap finish EXIT

mkdir -p "$folder"/{state,n1,n2,munge,running}
chmod 700 "$folder/munge"
head -c 1024 /dev/urandom > "$folder/munge/key"
chmod 600 "$folder/munge/key"
munged --foreground --force --key-file "$folder/munge/key" --socket "$folder/munge.socket" \
  --log-file "$folder/munge/log" --pid-file "$folder/munge/pid" --seed-file "$folder/munge/seed" \
  > "$folder/munged.log" 2>&1 &
daemons+=($!)
host=$(hostname -s)
# A node that is silent for `SlurmdTimeout` seconds is down; what ran on it waits `cred_expire` seconds
# before it runs again.
cat > "$SLURM_CONF" << EOF
ClusterName=sweeps
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
CredType=cred/munge
SlurmctldPort=17000
SlurmctldPidFile=$folder/slurmctld.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdPidFile=$folder/%n.pid
SlurmdLogFile=$folder/%n.log
SlurmdSpoolDir=$folder/%n
StateSaveLocation=$folder/state
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
ReturnToService=0
SlurmdTimeout=6
KillWait=2
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=1 State=UNKNOWN
PartitionName=all Nodes=n[1-2] Default=YES MaxTime=10 State=UP
EOF
cat > "$folder/job.sh" << EOF
#!/bin/bash
#SBATCH --array=1-$shards --requeue --ntasks=1 --output=$folder/task.%a.out
echo "\$PPID \$\$" > "$folder/running/\$SLURMD_NODENAME.\$SLURM_ARRAY_TASK_ID"
echo "\$SLURM_ARRAY_TASK_ID \$SLURMD_NODENAME begun \${SLURM_RESTART_COUNT:-0}" >> "$folder/runs"
cd "$PWD"
"$lacuna" ${sweep[*]@Q} --threads 1 --shard "\$SLURM_ARRAY_TASK_ID/$shards" --out "$folder/parts"
echo "\$SLURM_ARRAY_TASK_ID \$SLURMD_NODENAME ended \${SLURM_RESTART_COUNT:-0}" >> "$folder/runs"
rm "$folder/running/\$SLURMD_NODENAME.\$SLURM_ARRAY_TASK_ID"
EOF

# What waits for a condition gives up after so many seconds.
await() {
  local left=$(($1 * 10))
  shift
  until "$@"; do
    ((left-- > 0)) || { echo "gave up on: $*" >&2; return 1; }
    sleep 0.1
  done
}

await 10 test -S "$folder/munge.socket"
slurmctld -D > "$folder/slurmctld.out" 2>&1 &
daemons+=($!)
for node in n1 n2; do
  slurmd -D -N "$node" > "$folder/$node.out" 2>&1 &
  daemons+=($!)
done
both_idle() { [[ $(sinfo -h -N -o '%t' 2> /dev/null | grep -c '^idle$') == 2 ]]; }
await 30 both_idle
sbatch --parsable "$folder/job.sh" > "$folder/job"

# The second node goes down in the middle of a task, with some of its parts written.
n2_is_at_work() {
  local ran
  ran=$(find "$folder/running" -name 'n2.*' | head -n 1)
  [[ -n $ran ]] && ((${ran##*.} > 2)) && compgen -G "$folder/parts/part-*" > /dev/null
}
await 120 n2_is_at_work
sleep 0.5
lost=$(find "$folder/running" -name 'n2.*' | sed 's/.*\.//')
[[ -n $lost ]] || { echo "no task runs on n2" >&2; exit 1; }
kill_node n2
echo "n2 killed in task $lost, $(find "$folder/parts" -name 'part-*.csv' | wc -l) parts there"

all_done() { [[ -z $(squeue -h 2> /dev/null) ]]; }
await 300 all_done
grep -q "^$lost n1 ended [1-9]" "$folder/runs" || { cat "$folder/runs"; exit 1; }
! grep -q "^$lost n2 ended" "$folder/runs" || { cat "$folder/runs"; exit 1; }
"$lacuna" sweep merge "$folder/parts" --out "$folder/slurm.csv" > /dev/null
"$lacuna" "${sweep[@]}" --out "$folder/alone.csv" > /dev/null
cmp "$folder/alone.csv" "$folder/slurm.csv"
echo "$shards tasks, task $lost again on n1: the same bytes"
