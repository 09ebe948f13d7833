#!/usr/bin/env bash
# The trainer links without the data readers and tasks: a program with its own task holds no symbol of theirs.
set -eu
fail() { echo "$*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -I"$SOURCE/include" -I"$SOURCE/src" -ffunction-sections -fdata-sections \
    "$SOURCE/tests/install/train_alone.c" -o "$work/alone" -Wl,--gc-sections \
    "$BUILD/libunroll.a" $(pkg-config --cflags --libs jansson) -lm -pthread -ldl

foreign=$(nm "$work/alone" | awk '$3 ~ /^ur_(corpus|reader|lanes|lm|recall|examples|score|task_(lm|recall|find))/ { print $3 }')
[ -z "$foreign" ] || fail "a program with a task of its own holds code of others: $foreign"
nm "$work/alone" | grep -q ' ur_train_next' || fail "ur_train_next is not in it: the measurement means nothing"
nm "$BUILD/libunroll.a" 2>/dev/null | grep -q ' T ur_corpus_open' || fail "ur_corpus_open is gone: the names above are others now"
"$work/alone" | grep -q '^exact [01]\.' || fail "it does not train"
