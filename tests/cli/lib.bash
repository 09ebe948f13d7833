# Functions for the tests of the program. Read it with: . "$(dirname "$0")/lib.bash". The test then works in a folder of
# its own, which is removed at the end. (The file is not named .sh, because every .sh in this folder is a test.)
set -eu
SOURCE=${SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}
UNROLL=${UNROLL:-$SOURCE/build/unroll}
[ -x "$UNROLL" ] || { echo "$UNROLL is not there: build it first"; exit 77; }
UNROLL=$(cd "$(dirname "$UNROLL")" && pwd)/$(basename "$UNROLL")
unset UNROLL_ISA
export LC_ALL=C ASAN_OPTIONS=allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}

work=$(mktemp -d)
trap 'finish $?' EXIT
cd "$work"
mkdir tmp
export TMPDIR=$work/tmp

fail() { echo "FAILED: $*" >&2; exit 1; }

# left_out PART REASON: says which part of the test cannot run on this machine. The other parts still count.
left_out() { echo "left out: $1: $2"; }

# has_full_disk: whether writing to /dev/full can be tried. If not, says so.
has_full_disk() { [ -w /dev/full ] || { left_out 'a full disk' 'there is no /dev/full'; return 1; }; }

# Ends the processes that the test left running, then removes the folder.
finish() {
    local pids
    pids=$(jobs -p)
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$pids" ] || { kill -KILL $pids && wait; } 2>/dev/null || true
    cd / && rm -rf "$work"
    exit "$1"
}

# unroll ARGUMENT…: leaves standard output in out, standard error in err, and the exit status in $status
unroll() {
    called="unroll $*" status=0
    "$UNROLL" "$@" >out 2>err || status=$?
}

# listed BEGINNING FILE: the names in the rows of a list, "a, b, c"; fails if there are none
listed() { sed -n "s/^$1\"*\([^\"]*\)\"*)\$/\1/p" "$SOURCE/$2" | paste -sd, | sed 's/,/, /g' | grep .; }
every_cell() { listed 'UR_CELL(.*, ' src/cell/cell.inc; }
every_training() { listed 'UR_VERB(train_' cli/args/verb.inc; }

# ends STATUS: the last unroll ended with this status
ends() { [ "$status" -eq "$1" ] || { cat out err; fail "$called: status $status instead of $1"; } >&2; }

# done_with ARGUMENT…, fails_with ARGUMENT…, misused ARGUMENT…: call unroll, which must end with 0, 1 or 2
done_with() { unroll "$@"; ends 0; }
fails_with() { unroll "$@"; ends 1; }
misused() { unroll "$@"; ends 2; }

# prints TEXT, says TEXT: the standard output, or the standard error, of the last unroll contains the text
prints() { grep -qF -e "$1" out || { cat out; fail "$called: does not print: $1"; } >&2; }
says_not() { ! grep -qF -e "$1" err || { cat err; fail "$called: says: $1"; } >&2; }
says() { grep -qF -e "$1" err || { cat err; fail "$called: does not say: $1"; } >&2; }
is_silent() { [ ! -s out ] || { cat out; fail "$called: prints something"; } >&2; }

same() { cmp -s "$1" "$2" || fail "$1 and $2 differ"; }
equal() { [ "$1" = "$2" ] || fail "expected '$2', found '$1'"; }

# make_text LINES: writes sentences that a small network can learn
make_text() {
    awk -v lines="$1" 'BEGIN {
        split("the cat sees|a dog hears|the bird likes|an old man finds", a, "|")
        split("the house|a tree|some water|the other one", b, "|")
        for (i = 1; i <= lines; i++) { x = (x * 69069 + i) % 65536; print a[1 + x % 4] " " b[1 + int(x / 16) % 4] "." }
    }'
}

# train TEXT RUN OPTION…: trains a small network in a second or two
train() {
    local text=$1 run=$2
    shift 2
    done_with train lm "$text" -o "$run" --hidden 24 --embed 8 --batch 8 --bptt 16 --steps 60 --quiet "$@"
}

# until_true SECONDS COMMAND…: waits until the command succeeds; fails after this many seconds
until_true() {
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ $SECONDS -lt $end ] || fail "waited in vain for: $*"
        sleep 0.05
    done
}

# json EXPRESSION: prints a Python expression, in which `o` is the object in out
needs_python() { command -v python3 >/dev/null || { echo "python3 is missing: JSON cannot be checked"; exit 77; }; }
json() { python3 -c 'import json, math, sys; o = json.load(open("out")); print(eval(sys.argv[1]))' "$1"; }
