#!/usr/bin/env bash
# The library has no variable that can change, and tools/statics would find one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "$*" >&2; exit 1; }

# library NAME: builds a library from the C code on standard input
library() {
    "${CC:-cc}" -fPIC -x c -c - -o "$folder/$1.o"
    ar rc "$folder/$1.a" "$folder/$1.o"
}

# found EXPECTED: tools/statics must print EXPECTED for the C code on standard input
found() {
    library bad
    local said status=0
    said=$("$SOURCE/tools/statics" "$folder/bad.a") || status=$?
    [ $status -eq 1 ] || fail "not found: $1"
    case $said in *"$1"*) ;; *) fail "expected $1, found: $said" ;; esac
}

library good <<<'extern int f(void); int (*const table[])(void) = {f}; const int n = 3; const char *s(void) { return "x"; }'
"$SOURCE/tools/statics" "$folder/good.a" || fail "constants are refused"
found 'counter (.bss)' <<<'static int counter; int next(void) { return ++counter; }'
found 'name (.data' <<<'const char *name = "x";'
found 'level (.data)' <<<'int level = 3;'
found 'own (.tbss)' <<<'_Thread_local int own;'

"$SOURCE/tools/statics" "$BUILD/libunroll.a"
