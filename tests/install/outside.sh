#!/usr/bin/env bash
# A program outside the tree can be built with an installed unroll: with pkg-config and CMake, shared and static.
set -eu
CC=${CC:-cc}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
prefix=$folder/prefix
example=$SOURCE/examples/step.c

fail() { echo "$*" >&2; exit 1; }
installed() { [ -e "$prefix/$1" ] || fail "not installed: $1"; }
# says_usage PROGRAM: the program starts (so its libraries are found) and prints its usage
says_usage() {
    local said
    said=$("$@" 2>&1) && fail "$1: no model, yet it did not fail"
    case $said in *[Uu]sage*) ;; *) fail "$1: expected its usage, found: $said" ;; esac
}
links_shared() { readelf -d "$1" | grep -q 'NEEDED.*libunroll\.so'; }

[ -e "$example" ] || { echo "examples/step.c is missing"; exit 77; }
cmake --install "$BUILD" --prefix "$folder/first" >/dev/null
mv "$folder/first" "$prefix" # an installation can be moved

libdir=$(cd "$prefix" && dirname "$(find . -name libunroll.a)")
libdir=${libdir#./}
for file in "$SOURCE"/include/*.h; do installed "include/${file##*/}"; done
for file in libunroll.a libunroll.so pkgconfig/unroll.pc cmake/unroll/unrollConfig.cmake; do installed "$libdir/$file"; done
[ ! -e "$SOURCE/cli/main.c" ] || installed bin/unroll
[ ! -e "$SOURCE/docs/unroll.1" ] || installed share/man/man1/unroll.1

export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig LD_LIBRARY_PATH=$prefix/$libdir
cd "$folder"

# shellcheck disable=SC2046 # the words must be split
"$CC" -std=c11 -o step_shared "$example" $(pkg-config --cflags --libs unroll)
links_shared step_shared || fail "pkg-config: not linked to the shared library"
says_usage ./step_shared

# shellcheck disable=SC2046
"$CC" -std=c11 -static -o step_static "$example" $(pkg-config --static --cflags --libs unroll)
says_usage ./step_static

cat >CMakeLists.txt <<TEXT
cmake_minimum_required(VERSION 3.16)
project(outside C)
find_package(unroll 0.1 REQUIRED)
add_executable(cmake_shared "$example")
target_link_libraries(cmake_shared PRIVATE unroll::unroll)
add_executable(cmake_static "$example")
target_link_libraries(cmake_static PRIVATE unroll::unroll_static)
TEXT
{ cmake -S . -B out -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$CC" && cmake --build out; } >log 2>&1 ||
    { cat log; fail "find_package: not built"; }
links_shared out/cmake_shared || fail "find_package: not linked to the shared library"
links_shared out/cmake_static && fail "find_package: the static target linked the shared library"
says_usage out/cmake_shared
says_usage out/cmake_static
