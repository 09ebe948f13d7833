#!/usr/bin/env bash
# A program that only steps a model, and a program that only generates, hold no training code and are small.
. "$(dirname "$0")/lib.bash"

# alone EXAMPLE KILOBYTES FUNCTION: the example holds no training code, is smaller than KILOBYTES, and calls FUNCTION
alone() {
    local program=$BUILD/examples/$1 training code
    [ -e "$program" ] || { echo "examples/$1.c is not built"; exit 77; }
    training=$(held "$program" train task tape data)
    [ -z "$training" ] || fail "examples/$1 holds training code: $training"
    code=$(size "$program" | awk 'NR == 2 { print $1 }')
    echo "examples/$1: $code bytes of code and constants, statically linked to libunroll"
    [ "$code" -lt $(($2 * 1024)) ] || fail "that is more than $2 KB"
    nm "$program" | grep -q " $3\$" || fail "$3 is not in it: the measurement means nothing"
}

alone step 200 ur_step
alone write 215 ur_session_write
