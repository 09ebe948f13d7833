#!/usr/bin/env bash
# tools/links finds a link that leads nowhere, and reports nothing else. This tree has no such link.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "$*" >&2; exit 1; }

mkdir "$folder/docs"
cat >"$folder/docs/a.md" <<'TEXT'
[up](../b.md) [part](a.md#part) [here](#part) [web](https://example.org/x) `[code](none.md)`
```
[code](none.md)
```
TEXT
echo '[down](docs/a.md)' >"$folder/b.md"
"$SOURCE/tools/links" "$folder" || fail "good links are refused"
echo '[gone](a.md) [down](docs/a.md)' >>"$folder/b.md"
said=$("$SOURCE/tools/links" "$folder") && fail "a link that leads nowhere is not found"
[ "$said" = './b.md:2: leads nowhere: a.md' ] || fail "found: $said"

"$SOURCE/tools/links" "$SOURCE"
