#!/usr/bin/env bash
# Every loss in loss.inc has its parts: a file that begins with its equation and has its row, its name at the same place
# of the public list, and values of PyTorch with the function that made them. The tests that take their losses from the
# list do so. In a copy of the tree, a loss that lacks any part must be reported.
set -eu
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fail() { echo "$*" >&2; exit 1; }

enrolling='inspect/both_flow_losses.c layer/both_losses.c model/gradcheck_net.c model/test_kinds_memory.c train/test_kinds_resume.c train/test_targets.c'

losses() { sed -n 's/^UR_LOSS(\([a-z0-9_]*\))$/\1/p' "$1/src/layer/loss.inc"; }

public() { sed -n 's/^    UR_LOSS_\([A-Z0-9_]*\).*/\1/p' "$1/include/unroll_train.h" | tr 'A-Z' 'a-z'; }

missing() {
    local id file word test place=0
    while read -r id; do
        place=$((place + 1))
        file=$(grep -l "^const ur_loss_kind ur_loss_$id =" "$1"/src/layer/*.c) || { echo "$id: a row in src/layer"; continue; }
        head -n 1 "$file" | grep -q '^/\*' || echo "$id: its equation, at the top of its file"
        [ "$(public "$1" | sed -n "${place}p")" = "$id" ] || echo "$id: number $place of ur_loss in include/unroll_train.h"
        word=$(sed -n 's/.*\.word = "\([^"]*\)".*/\1/p' "$file")
        grep -q "^    \"$word\": (" "$1/tests/golden/make_losses.py" || echo "$id: a row of LOSSES in tests/golden/make_losses.py"
        [ -e "$1/tests/golden/loss-$word.safetensors" ] || echo "$id: tests/golden/loss-$word.safetensors, which that writes"
    done < <(losses "$1")
    for test in $enrolling; do
        grep -qE 'check_losses\(|ur_loss_at\(i\); i\+\+' "$1/tests/$test" ||
            echo "tests/$test: no longer takes its losses from the list"
    done
}

[ "$(losses "$SOURCE" | wc -l)" -eq "$(grep -c '^UR_LOSS(' "$SOURCE/src/layer/loss.inc")" ] ||
    fail "src/layer/loss.inc has a line that this test cannot read"
[ "$(losses "$SOURCE" | wc -l)" -ge 6 ] || fail "src/layer/loss.inc has lost losses"
lacks=$(missing "$SOURCE")
[ -z "$lacks" ] || fail "$lacks"

mkdir -p "$tree/src" "$tree/tests" "$tree/include"
cp -R "$SOURCE/src/layer" "$tree/src"
cp -R "$SOURCE"/tests/{inspect,layer,model,train} "$tree/tests"
ln -s "$SOURCE/tests/golden" "$tree/tests/golden"
cp "$SOURCE/include/unroll_train.h" "$tree/include"
printf 'UR_LOSS(absent)\nUR_LOSS(huber)\n' >>"$tree/src/layer/loss.inc"
echo 'const ur_loss_kind ur_loss_huber = {.word = "huber"};' >"$tree/src/layer/huber_loss.c"
want='absent: a row in src/layer
huber: its equation, at the top of its file
huber: number 8 of ur_loss in include/unroll_train.h
huber: a row of LOSSES in tests/golden/make_losses.py
huber: tests/golden/loss-huber.safetensors, which that writes'
found=$(missing "$tree")
[ "$found" = "$want" ] || fail "expected: $want
found: $found"
sed -i 's/check_losses/one_loss/' "$tree/tests/train/test_targets.c"
missing "$tree" | grep -q 'test_targets.c: no longer' || fail "a test that forgets the list is not found"
