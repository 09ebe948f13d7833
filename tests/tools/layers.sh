#!/usr/bin/env bash
# Every kind of layer in layer.inc has its parts: a file that begins with what the layer computes and has both rows, a
# row in docs/network-line.md, a seed for the fuzzer, and values of PyTorch that a test reads. The tests that take their
# kinds from the list do so. In a copy of the tree, a kind that lacks any part must be reported.
set -eu
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fail() { echo "$*" >&2; exit 1; }

enrolling='model/gradcheck_net.c model/test_kinds.c model/test_kinds_memory.c train/test_kinds_resume.c train/test_trial.c'

# Kinds that are compared with something other than PyTorch's values. Dropout is random.
elsewhere='onehot=task/both_min_char_rnn.c crf=layer/both_crf.c ctc=layer/both_ctc.c dropout=layer/gradcheck_ops.c'

kinds() { sed -n 's/^UR_LAYER(\([a-z0-9_]*\))$/\1/p' "$1/src/layer/layer.inc"; }

# word FILE: prints the kind's word in a network line. A recurrent layer has none; "lstm" represents all cells.
word() { sed -n 's/.*\.word = "\([^"]*\)".*/\1/p' "$1" | grep . || echo lstm; }

# golden TREE WORD: succeeds if a network in tests/golden has the word, or if its values are compared elsewhere
golden() {
    local other
    for other in $elsewhere; do [ "${other%=*}" != "$2" ] || [ ! -e "$1/tests/${other#*=}" ] || return 0; done
    grep -aoh '"net":"[^"]*"' "$1"/tests/golden/*.safetensors | grep -qw -e "$2"
}

missing() {
    local id file word test
    while read -r id; do
        file=$(grep -l "^const ur_layer_kind ur_layer_$id =" "$1"/src/layer/*.c) || { echo "$id: a row in src/layer"; continue; }
        grep -q "^const ur_layer_run ur_layer_run_$id =" "$file" || echo "$id: its row for windows"
        head -n 1 "$file" | grep -q '^/\*' || echo "$id: what it computes, at the top of its file"
        word=$(word "$file")
        grep -q "^| \`$word[ \`]" "$1/docs/network-line.md" || echo "$id: a row in docs/network-line.md"
        grep -qw -e "$word" "$1"/tests/fuzz/seeds/net_line/* || echo "$id: a seed in tests/fuzz/seeds/net_line"
        golden "$1" "$word" || echo "$id: values of PyTorch in tests/golden"
    done < <(kinds "$1")
    for test in $enrolling; do
        grep -q 'check_kinds(\|check_each(' "$1/tests/$test" || echo "tests/$test: no longer takes its kinds from the list"
    done
}

[ "$(kinds "$SOURCE" | wc -l)" -eq "$(grep -c '^UR_LAYER(' "$SOURCE/src/layer/layer.inc")" ] ||
    fail "src/layer/layer.inc has a line that this test cannot read"
[ "$(kinds "$SOURCE" | wc -l)" -ge 9 ] || fail "src/layer/layer.inc has lost kinds"
lacks=$(missing "$SOURCE")
[ -z "$lacks" ] || fail "$lacks"

mkdir -p "$tree/src" "$tree/tests/fuzz" "$tree/docs"
cp -R "$SOURCE/src/layer" "$tree/src"
cp -R "$SOURCE"/tests/{model,train,task,layer} "$tree/tests"
ln -s "$SOURCE/tests/golden" "$tree/tests/golden"
cp -R "$SOURCE/tests/fuzz/seeds" "$tree/tests/fuzz"
cp "$SOURCE/docs/network-line.md" "$tree/docs"
printf 'UR_LAYER(absent)\nUR_LAYER(scale)\n' >>"$tree/src/layer/layer.inc"
echo 'const ur_layer_kind ur_layer_scale = {.word = "scale"};' >"$tree/src/layer/scale.c"
want='absent: a row in src/layer
scale: its row for windows
scale: what it computes, at the top of its file
scale: a row in docs/network-line.md
scale: a seed in tests/fuzz/seeds/net_line
scale: values of PyTorch in tests/golden'
found=$(missing "$tree")
[ "$found" = "$want" ] || fail "expected: $want
found: $found"
sed -i 's/check_kinds/one_kind/' "$tree/tests/model/test_kinds.c"
missing "$tree" | grep -q 'test_kinds.c: no longer' || fail "a test that forgets the list is not found"
