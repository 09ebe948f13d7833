#!/usr/bin/env bash
# The model file of each cell after 50 updates with dropout has one SHA-256, listed in model_files.sha256. It is the
# same for 1 to 4 threads, every instruction set of this machine, every compiler, and emulated machines (EMULATOR is put
# before the program). With an argument the script prints the list instead, made with the portable instruction set.
. "$(dirname "$0")/../cli/lib.bash"
list=$SOURCE/tests/bits/model_files.sha256

# Writes 65 different characters in an order without a pattern.
make_symbols() {
    awk 'BEGIN { for (i = 0; i < 9000; i++) { x = (x * 69069 + 12345) % 65536; printf "%c", 48 + int(x / 256) % 65 } }'
}
make_symbols >text.txt

# file_of ISA THREADS CELL HIDDEN LANES: trains, and prints the model file's hash
file_of() {
    UNROLL_ISA=$1 ${EMULATOR:-} "$UNROLL" train lm text.txt -o run --overwrite --quiet --threads "$2" --no-unknown \
        --net "embed 9 > $3 $4 x2 drop=0.3 > dropout 0.3 > dense" --lr 0.005 --batch "$5" --bptt 5 --steps 50 --save-every 1000 --seed 7 \
        --val-fraction 0 >out 2>err || { cat err >&2; fail "training $3 with $1"; }
    sha256sum <run/model.safetensors | cut -d' ' -f1
}

sets=$(${EMULATOR:-} "$UNROLL" --version | sed -n 's/^instruction sets *//p')
cells=$(${EMULATOR:-} "$UNROLL" --version | sed -n 's/^cells *//p')
[ -n "$cells" ] || fail "the program names no cells"
[ -n "$sets" ] || fail "the program names no instruction sets"

# An emulated machine is a hundred times slower, so only its own instruction set is run, with one number of threads. Its
# portable set is trained in test_bits.c.
[ -z "${EMULATOR:-}" ] || sets=$(printf '%s\n' $sets | grep -vx portable)
[ -n "$sets" ] || fail "no instruction set but the portable one"

# check CELL HIDDEN LANES: compares with the line of the list. The portable set is slow, so it and emulated machines get
# fewer runs.
check() {
    local wanted isa count threads
    wanted=$(sed -n "s/^$1 $2 $3 //p" "$list")
    [ -n "$wanted" ] || fail "$list has no line for $1 $2 $3"
    for isa in $sets; do
        threads="1 2 3 4"
        { [ "$isa" != portable ] && [ -z "${EMULATOR:-}" ]; } || threads=3
        for count in $threads; do equal "$1 $isa $count $(file_of "$isa" "$count" "$@")" "$1 $isa $count $wanted"; done
    done
}

for cell in $cells; do
    for sizes in "37 33" "131 7"; do
        if [ $# -gt 0 ]; then
            echo "$cell $sizes $(file_of portable 2 "$cell" ${sizes% *} ${sizes#* })"
        else
            check "$cell" ${sizes% *} ${sizes#* }
        fi
    done
done
