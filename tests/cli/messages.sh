#!/usr/bin/env bash
# A message names the file and the cause, however long the text between them is.
. "$(dirname "$0")/lib.bash"

make_text 100 >text
done_with train lm text -o run --hidden 8 --layers 1 --embed 4 --batch 4 --bptt 16 --threads 1 --sample-length 0 --steps 3 --quiet

# Paths of 740 bytes.
part=$(printf 'x%.0s' $(seq 120))
long=begin/$part/$part/$part/$part/$part/$part/end
for verb in 'train lm' 'train classify' 'eval run' 'inspect gates run'; do
    # shellcheck disable=SC2086 # several words
    fails_with $verb "$long"; says "begin/xxx"; says 'xxx/end: no such file or folder'
done
fails_with info "$long"; says 'begin/xxx'; says 'xxx/end: no such model file or run folder'
fails_with inspect run "$long"; says 'begin/xxx'; says 'xxx/end: cannot open: No such file'
fails_with sample run --state-in "$long"; says 'begin/xxx'; says 'xxx/end: cannot open: No such file'
fails_with sample run --length 1 --state-out "$long"; says 'begin/xxx'; says 'No such file'
fails_with export run -o "$long"; says 'begin/xxx'; says 'xxx/end: cannot'
fails_with train lm text -o "/proc/$long" --quiet; says '/proc/begin'

# Files that are no models, or broken ones: each message names the file, the place in it, and what to do.

# remake PYTHON: writes a model file with a changed header; the Python code changes the old header, h
needs_python
remake() {
    python3 - "$1" run/model.safetensors remade.safetensors <<'PYTHON'
import json, sys
bytes = open(sys.argv[2], "rb").read()
size = int.from_bytes(bytes[:8], "little")
h = json.loads(bytes[8:8 + size])
r = json.loads(h["__metadata__"]["unroll"])
exec(sys.argv[1])
if "unroll" in h["__metadata__"] and h["__metadata__"]["unroll"] is not None and r is not None:
    h["__metadata__"]["unroll"] = json.dumps(r)
text = json.dumps(h).encode()
open(sys.argv[3], "wb").write(len(text).to_bytes(8, "little") + text + bytes[8 + size:])
PYTHON
}
remake 'r["vocab"][1] = "ab"'
fails_with info remade.safetensors; says 'remade.safetensors: the record'"'"'s "vocab", token 1: 2 bytes that are not one token of kind char'
remake 'h["__metadata__"]["unroll"] = "{not JSON"; r = None'
fails_with info remade.safetensors; says 'remade.safetensors: the record "unroll" is not JSON: byte 1: '
remake 'del h["__metadata__"]["unroll"]'
fails_with info remade.safetensors; says 'remade.safetensors: '; says 'docs/file-format.md'
cp -r run other
remake 'pass'
mv remade.safetensors other/last.safetensors
fails_with train lm text -o other --hidden 8 --layers 1 --embed 4 --batch 4 --bptt 16 --threads 1 --sample-length 0 --steps 3 --quiet --resume
says 'other/last.safetensors: '

# Texts that are too short are named.
printf 'x' >short
fails_with eval run short; says 'short: the text has 1 tokens'
fails_with inspect gates run short; says 'short: the text has 1 tokens'
fails_with train lm short; says 'short: the text is too short'

# Folders that may not be entered are not reported as missing models. (Root may enter all folders, so there is also a
# circle of links.)
ln -s loop loop
for verb in 'info loop' 'sample loop' 'eval loop text' 'inspect gates loop text' 'predict loop text' 'export loop -o new'; do
    # shellcheck disable=SC2086 # several words
    fails_with $verb
    says 'loop: cannot open: Too many levels of symbolic links; its symbolic links lead in a circle'
done
fails_with train lm text -o init --init-from loop --quiet; says 'loop: cannot open: Too many'
fails_with export run -o loop; says 'loop: cannot look at: Too many'
if [ "$(id -u)" -eq 0 ]; then
    left_out 'a folder without permissions' 'root may enter all folders'
else
    mkdir shut
    cp run/model.safetensors shut
    chmod 000 shut
    fails_with info shut/model.safetensors; says 'shut/model.safetensors: cannot open: Permission denied'
    fails_with info shut; says 'Permission denied'
    chmod 700 shut
fi

# Names of any bytes are printed, and do not lead to a message about memory.
odd=$(printf 'x\377')
mkdir -p "classes/$odd" classes/b
for i in $(seq 40); do echo "warm $i" >"classes/$odd/$i.txt"; echo "cold $i" >"classes/b/$i.txt"; done
fails_with train classify classes -o odd; says 'classes/x\xff/'; says 'the label "x\xff" is not UTF-8'
for i in $(seq 40); do printf 'x\tword %d\ny\tother %d\n' "$i" "$i"; done >"$odd.tsv"
done_with train classify "$odd.tsv" -o odd --steps 1 --threads 1 --quiet
done_with eval odd "$odd.tsv" --json
misused train classify names --val-match "$odd" -o none; says '--val-match'; says 'is not UTF-8'
done_with train lm text -o "$odd" --steps 1 --threads 1 --quiet --json
done_with info "$odd" --json

# If output cannot be written, a verb ends with the cause before it computes for minutes.
if has_full_disk; then
    for verb in 'check' 'bench' 'info run' 'eval run text' 'eval run text --per-line' 'sample run --length 100000000' 'predict odd text'; do
        # shellcheck disable=SC2086 # several words
        status=0
        timeout 60 "$UNROLL" $verb >/dev/full 2>err || status=$?
        called="$verb >/dev/full"; ends 1; says 'standard output: cannot write: No space left on device'
        equal "$(wc -l <err)" 1
    done
fi
