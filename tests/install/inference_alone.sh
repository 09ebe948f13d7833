#!/usr/bin/env bash
# A program that only steps a model holds no training code, and less than 200 KB of code in all.
set -eu
step=$BUILD/examples/step
[ -e "$step" ] || { echo "examples/step.c is not built"; exit 77; }
fail() { echo "$*" >&2; exit 1; }

training=$(nm "$step" | awk '$3 ~ /^ur_(tape|train|trainer|optimiser|optimizer|loss|checkpoint|corpus)/ { print $3 }')
[ -z "$training" ] || fail "examples/step holds training code: $training"

code=$(size "$step" | awk 'NR == 2 { print $1 }')
echo "examples/step: $code bytes of code and constants, statically linked to libunroll"
[ "$code" -lt 204800 ] || fail "that is more than 200 KB"
nm "$step" | grep -q ' ur_step' || fail "ur_step is not in it: the measurement means nothing"
