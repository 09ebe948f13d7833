#!/usr/bin/env bash
# tools/links finds a link that leads to no file or no heading, and reports nothing else. This tree has no such link.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "$*" >&2; exit 1; }

mkdir "$folder/docs"
cat >"$folder/docs/a.md" <<'TEXT'
[up](../b.md) [part](a.md#part) [here](#part) [web](https://example.org/x) `[code](none.md)`
[whole](../b.md#two-parts-a_b-and-c)
# Part
```
[code](none.md)
# Code
```
TEXT
printf '%s\n' '[down](docs/a.md#part)' '## Two parts: `a_b` and C!' >"$folder/b.md"
"$SOURCE/tools/links" "$folder" || fail "good links are refused"
echo '[gone](a.md) [down](docs/a.md) [code](docs/a.md#code)' >>"$folder/b.md"
said=$("$SOURCE/tools/links" "$folder") && fail "a link that leads nowhere is not found"
[ "$said" = './b.md:3: leads nowhere: a.md
./b.md:3: no such heading: docs/a.md#code' ] || fail "found: $said"

"$SOURCE/tools/links" "$SOURCE"
