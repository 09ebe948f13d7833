#!/usr/bin/env bash
# The trainer links without the data readers and tasks: a program with its own task holds no symbol of theirs.
. "$(dirname "$0")/lib.bash"
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -I"$SOURCE/include" -I"$SOURCE/src" -ffunction-sections -fdata-sections \
    "$SOURCE/tests/install/train_alone.c" -o "$work/alone" -Wl,--gc-sections \
    "$BUILD/libunroll.a" $(pkg-config --cflags --libs jansson) -lm -pthread -ldl

foreign=$(held "$work/alone" data task generate inspect)
[ -z "$foreign" ] || fail "a program with a task of its own holds code of others: $foreign"
nm "$work/alone" | grep -q ' ur_train_next' || fail "ur_train_next is not in it: the measurement means nothing"
held "$UNROLL" task | grep -q '^ur_tag_open$' || fail "the program holds no task: the measurement means nothing"
"$work/alone" | grep -q '^exact [01]\.' || fail "it does not train"
