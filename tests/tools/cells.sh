#!/usr/bin/env bash
# Every cell of cell.inc has all of its parts: a file of its own that begins with its equations, the same equations in
# docs/cells.md, golden values that a test reads, hashes of its training, and the tests that take their cells from the
# list. In a copy of the tree, a cell that lacks any part must be reported.
set -eu
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fail() { echo "$*" >&2; exit 1; }

# Tests that find every cell by themselves.
enrolling='layer/gradcheck_recurrent.c layer/test_step_equals_window.c model/gradcheck_net.c bits/test_bits.c'
cases='small lanes units all' # the cases of tests/bits

# cells TREE: prints "identifier name" of each cell
cells() { sed -n 's/^UR_CELL(\([a-z0-9_]*\), "\(.*\)")$/\1 \2/p' "$1/src/cell/cell.inc"; }

# golden TREE NAME: succeeds if a test reads a layer's golden file of the cell
golden() {
    local file
    for file in $(grep -la "\"cell\":\"$2\"" "$1"/tests/golden/*.safetensors); do
        file=$(basename "$file" .safetensors)
        case $file in net | net-*) continue ;; esac # whole networks are tested in tests/model
        grep -q "CASE(\"${file%-h19}\")" "$1/tests/layer/both_golden.c" || return 1
        [ "${file#"$2"}" = "$file" ] || found=yes
    done
    [ -n "${found:-}" ]
}

# missing TREE: prints one line for each part that a cell lacks
missing() {
    local id name test part
    while read -r id name; do
        grep -q "UR_ISA_NAME(ur_cell_$id) =" "$1/src/cell/$id.c" 2>/dev/null || echo "$name: src/cell/$id.c"
        grep -q "UR_ISA_NAME(ur_cell_back_$id) =" "$1/src/cell/$id.c" 2>/dev/null || echo "$name: its backward half"
        head -n 3 "$1/src/cell/$id.c" 2>/dev/null | grep -q '^/\*' || echo "$name: equations in src/cell/$id.c"
        grep -qi "^## $name\$" "$1/docs/cells.md" 2>/dev/null || echo "$name: a section in docs/cells.md"
        (golden "$1" "$name") || echo "$name: golden values that tests/layer/both_golden.c reads"
        for part in $cases; do
            grep -q "^UR_EXPECTED(\"$name\", \"$part\", 0x" "$1/tests/bits/expected.inc" ||
                echo "$name: a hash of \"$part\" in tests/bits/expected.inc"
        done
    done < <(cells "$1")
    for test in $enrolling; do
        grep -q 'ur_cell_at(' "$1/tests/$test" || echo "tests/$test: no longer takes its cells from the list"
    done
}

[ "$(cells "$SOURCE" | wc -l)" -eq "$(grep -c '^UR_CELL(' "$SOURCE/src/cell/cell.inc")" ] ||
    fail "src/cell/cell.inc has a line that this test cannot read"
[ "$(cells "$SOURCE" | wc -l)" -ge 4 ] || fail "src/cell/cell.inc has lost cells"
lacks=$(missing "$SOURCE")
[ -z "$lacks" ] || fail "$lacks"

mkdir -p "$tree/src" "$tree/tests" "$tree/docs"
cp -R "$SOURCE/src/cell" "$tree/src"
cp -R "$SOURCE/tests/golden" "$SOURCE/tests/layer" "$SOURCE/tests/model" "$SOURCE/tests/bits" "$tree/tests"
cp "$SOURCE/docs/cells.md" "$tree/docs"
echo 'UR_CELL(new_cell, "new-cell")' >>"$tree/src/cell/cell.inc"
want='new-cell: src/cell/new_cell.c
new-cell: its backward half
new-cell: equations in src/cell/new_cell.c
new-cell: a section in docs/cells.md
new-cell: golden values that tests/layer/both_golden.c reads
new-cell: a hash of "small" in tests/bits/expected.inc
new-cell: a hash of "lanes" in tests/bits/expected.inc
new-cell: a hash of "units" in tests/bits/expected.inc
new-cell: a hash of "all" in tests/bits/expected.inc'
found=$(missing "$tree")
[ "$found" = "$want" ] || fail "expected: $want
found: $found"
sed -i 's/ur_cell_at/one_cell/' "$tree/tests/layer/gradcheck_recurrent.c"
missing "$tree" | grep -q 'gradcheck_recurrent.c: no longer' || fail "a test that forgets the list is not found"
