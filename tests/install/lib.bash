# Common to the tests of what a program links; read with: . "$(dirname "$0")/lib.bash". $work goes away at the end.
set -eu
fail() { echo "$*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# names: what nm lists as defined
names() { awk '$2 ~ /^[BDRT]$/ { print $3 }' | sort -u; }

# held PROGRAM FOLDER…: what of these folders of src/ the program holds, besides a model's tokens and a hash of bytes
held() {
    local program=$1 folder
    shift
    nm "$program" | names >"$work/held"
    for folder; do
        find "$BUILD/CMakeFiles" -path "*/src/$folder/*.o" -exec nm {} + | names | comm -12 - "$work/held"
    done | grep -vE '^ur_(token|vocabulary)_|^ur_hash_bytes$' || true
}
