#!/usr/bin/env bash
# tools/floors accepts this tree, and finds each kind of offence in a tree made for it.
set -eu
SOURCE=${SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fail() { echo "$*" >&2; exit 1; }

# file PATH: writes standard input to PATH
file() { mkdir -p "$tree/$(dirname "$1")"; cat >"$tree/$1"; }

# offence TEXT PATH: writes standard input to PATH; then floors must print TEXT and fail
offence() {
    file "$2"
    local said status=0
    said=$("$SOURCE/tools/floors" "$tree") || status=$?
    rm "$tree/$2"
    [ $status -eq 1 ] || fail "not found: $1"
    [ "$said" = "$1" ] || fail "expected: $1
     found: $said"
}

"$SOURCE/tools/floors" "$SOURCE"

file include/unroll.h <<<'int ur_x;'
file src/base/a.h <<<'int a;'
file src/tape/good.c <<'TEXT'
#include "base/a.h"
#include "kernel/k.h"
#include "tape/t.h"
#include "unroll.h"
/* abort() in a comment, "exit( */ int ur_exit(int c); // exit(1)
const char *text(void) { return "abort(1) /* " "'\" puts("; }
int call(void) { return ur_exit('"') + ur_exit('\''); }
int many(const char *s) { return fprintf(0, s); } /* over
abort()
*/
TEXT
file src/base/file_error.c <<<'const char *reason(int cause) { return strerror_r(cause, 0, 0); }'
file cli/bench/bench.c <<<'#include "kernel/k.h"'
file cli/report/chart.c <<<'#include "cli/support/s.h"'
file tests/base/good.c <<<'#include "train/t.h"'
file examples/good.c <<<'#include "unroll_train.h"'
"$SOURCE/tools/floors" "$tree" || fail "a good tree is refused"

offence 'src/tape/x.c:2: tape may not include cell/c.h' src/tape/x.c <<<$'#include "tape/t.h"\n# include "cell/c.h"'
offence 'src/kernel/x.c:1: kernel may not include data/d.h' src/kernel/x.c <<<'#include "data/d.h"'
offence 'src/kernel/body/x.c:1: kernel may not include tape/t.h' src/kernel/body/x.c <<<'#include "tape/t.h"'
offence 'src/base/x.c:1: base may not include cli/c.h' src/base/x.c <<<'#include "cli/c.h"'
offence 'src/base/x.c:1: includes by a path with ..: ../tape/t.h' src/base/x.c <<<'#include "../tape/t.h"'
offence 'src/generate/x.c:1: generate may not include train/t.h' src/generate/x.c <<<'#include "train/t.h"'
offence 'src/attic/x.c:1: is in no folder of the house: src/attic' src/attic/x.c <<<'int x;'
offence 'cli/x.c:1: cli may not include model/m.h' cli/x.c <<<'#include "model/m.h"'
offence 'cli/args/x.c:1: cli may not include cli/support/s.h' cli/args/x.c <<<'#include "cli/support/s.h"'
offence 'cli/train/x.c:1: cli may not include cli/inspect/i.h' cli/train/x.c <<<'#include "cli/inspect/i.h"'
offence 'cli/other/x.c:1: is in no folder of the house: cli/other' cli/other/x.c <<<'int x;'
offence 'examples/x.c:1: may include public headers only: base/a.h' examples/x.c <<<'#include "base/a.h"'
offence 'include/unroll_x.h:1: may include public headers only: base/a.h' include/unroll_x.h <<<'#include "base/a.h"'
for call in exit abort printf puts perror rand srand getenv strerror strerror_r; do
    offence "src/base/x.c:2: calls $call" src/base/x.c <<<$'/* one\n   two */ int f(void) { return '"$call"$' (0); }'
done
offence 'src/base/x.c:1: prints' src/base/x.c <<<'void f(void) { fputs("x", stderr); }'
offence 'src/base/x.c:501: has more than 500 lines' src/base/x.c < <(yes 'int x;' | head -n 600)
offence 'tests/base/x.c:501: has more than 500 lines' tests/base/x.c < <(yes 'int x;' | head -n 501)
offence 'examples/x.c:101: has more than 100 lines' examples/x.c < <(yes 'int x;' | head -n 101)
offence 'src/base/x.c:64: ends a function of more than 60 lines' src/base/x.c \
    < <(printf 'int f(void)\n{\n'; yes '    g();' | head -n 61; echo '}')
