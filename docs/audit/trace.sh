#!/bin/sh
# Run a kernel on QEMU or on Spike, and make a log for `pagewalk audit` of what it does:
#
#   docs/audit/trace.sh qemu|spike FOLDER [KERNEL.elf [QEMU'S OPTIONS...]]
#
# Everything goes into FOLDER; the log is FOLDER/kernel.log. Without a kernel it is kernel.S, which has two harts. What a
# kernel carries out at other addresses than those of its file, as a trampoline, is named in PLACES: 0x...,0x...
set -eu
which=$1 folder=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
tool=riscv64-unknown-elf-
python=${PYTHON:-$here/../../.venv/bin/python}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [ $# = 0 ]; then
    ${tool}gcc -march=rv64ima_zicsr -mabi=lp64 -nostdlib -nostartfiles -static -Wl,-n,-Ttext=0x80000000 \
        -Wl,--no-warn-rwx-segments -o "$folder/kernel.elf" "$here/kernel.S"
    set -- "$folder/kernel.elf" -smp 2 -m 16 -serial none
fi
kernel=$1
shift

case $which in
qemu)
    gcc -shared -fPIC -O2 -o "$folder/qemu-plugin.so" "$here/qemu-plugin.c"
    # The registers are wanted at the instructions that concern TLBs, each of which is a block of its own (-singlestep;
    # since QEMU 8.1 -accel tcg,thread=single,one-insn-per-tb=on).
    places=$(${tool}objdump -d "$kernel" |
        awk '/sfence.vma|\tcsrr?[wsc]i?\t.*satp/ { sub(":", "", $1); print "0x" $1 }')
    places=$(echo $places ${PLACES-} | sed 's/[ ,]/+1,/g; s/$/+1/')
    qemu-system-riscv64 -M virt -bios none -nographic -monitor none -accel tcg,thread=single -singlestep \
        -plugin "$folder/qemu-plugin.so" -d plugin,exec,cpu,nochain -dfilter "$places" -D "$folder/qemu.log" \
        -kernel "$kernel" "$@"
    ;;
spike)
    spike -p2 -m0x80000000:0x1000000 --isa=rv64ima_zicsr_zifencei -l --log-commits --log="$folder/spike.log" "$kernel"
    ;;
*)
    echo "$0: '$which' is neither qemu nor spike" >&2
    exit 2
    ;;
esac
cd "$here/../.." && "$python" -m "docs.audit.from_$which" "$folder/$which.log" > "$folder/kernel.log"
