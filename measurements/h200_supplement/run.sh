#!/bin/bash
# run.sh OUTPUT_FOLDER [section ...]: all measurements; storage last
here=$(cd "$(dirname "$0")" && pwd); out=$1; shift
{ date -u +%F; nvidia-smi --query-gpu=name,driver_version,memory.total,pcie.link.gen.max,pcie.link.width.max,power.limit,clocks.max.sm,clocks.max.mem --format=csv
  nproc; lscpu | grep 'Model name'; python3 -c 'import torch,triton;print("torch",torch.__version__,"cuda",torch.version.cuda,"triton",triton.__version__)'
} > $out/environment.txt 2>&1; cat $out/environment.txt
export PYTHONUNBUFFERED=1
timeout 300 python3 $here/gpu.py $out "$@" 2>&1 | tee /tmp/gpu.log | grep -E 'FAILED|Error|section|checked|File|H200|error'
nvidia-smi --query-gpu=clocks.sm,temperature.gpu,power.draw --format=csv,noheader
cc -O2 -pthread -o /tmp/storage $here/storage.c
for d in /var/tmp /root /tmp .; do df -hT $d | tail -1; if timeout 60 dd if=/dev/zero of=$d/o_direct.tmp bs=4096 count=1 oflag=direct 2>/dev/null; then rm -f $d/o_direct.tmp; disk=$d; break; fi; done
echo disk $disk
timeout 130 /tmp/storage $disk/random_reads.bin 4294967296 90 > $out/storage.csv; wc -l $out/storage.csv; rm -f $disk/random_reads.bin
