#!/usr/bin/env bash
# Each public header compiles on its own, without a warning, as C11 and as C++.
set -eu
fail() { echo "$*" >&2; exit 1; }

cxx=
for candidate in c++ g++ clang++ clang++-14; do
    command -v $candidate >/dev/null && { cxx=$candidate; break; }
done

for header in "$SOURCE"/include/*.h; do
    "${CC:-cc}" -std=c11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c - <<<"#include \"$header\"
int main(void) { return 0; }" || fail "$header: not C11 by itself"
    [ -z "$cxx" ] || "$cxx" -std=c++11 -Wall -Wextra -Wpedantic -Werror -fsyntax-only -x c++ - <<<"#include \"$header\"
int main() { return 0; }" || fail "$header: not C++ by itself"
done
[ -n "$cxx" ] || { echo "no C++ compiler: the headers were tried as C only"; exit 77; }
