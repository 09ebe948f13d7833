#!/usr/bin/env bash
# Small weights: their file is smaller, says what they are, gives the same bits as --weights, passes check, and is not
# trained.
. "$(dirname "$0")/lib.bash"
needs_python
make_text 300 >text
train text run

bytes() { wc -c <"$1"; }
done_with info run; prints 'weights           f32'
for kind in bf16 int8; do
    done_with export run --weights $kind -o $kind.safetensors
    prints "$kind.safetensors: $kind weights, $(bytes $kind.safetensors) bytes"
    done_with info $kind.safetensors; prints "weights           $kind"
    done_with info $kind.safetensors --json; equal "$(json 'o["weights"]')" $kind
    done_with check $kind.safetensors; prints "the file's values, portable"
    done_with eval run text --weights $kind --json; cp out as_option
    equal "$(json 'o["weights"]')" $kind
    equal "$(cp as_option out; json 'o["loss"]')" "$(done_with eval $kind.safetensors text --threads 1 --json; json 'o["loss"]')"
    equal "$(cp as_option out; json 'o["loss"]')" "$(UNROLL_ISA=portable done_with eval $kind.safetensors text --json; json 'o["loss"]')"
    done_with sample run --weights $kind --length 200 --seed 4; cp out as_option
    done_with sample $kind.safetensors --length 200 --seed 4; same out as_option
    done_with export $kind.safetensors -o again.safetensors --overwrite --json
    equal "$(json 'o["weights"], o["file"]')" "('$kind', 'again.safetensors')"
    equal "$(json 'o["bytes"]')" "$(bytes again.safetensors)"
    same again.safetensors $kind.safetensors
done
[ "$(bytes bf16.safetensors)" -lt "$(bytes run/model.safetensors)" ] || fail "bf16 is not smaller than f32"
[ "$(bytes int8.safetensors)" -lt "$(bytes bf16.safetensors)" ] || fail "int8 is not smaller than bf16"

# bf16 read by another program: the same numbers, rounded to 16 bits
python3 - <<'PYTHON' || fail "bf16 is not f32 rounded to 16 bits"
import json, struct
def read(path):
    data = open(path, "rb").read()
    size = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + size])
    return {k: (v["dtype"], data[8 + size + v["data_offsets"][0]:8 + size + v["data_offsets"][1]])
            for k, v in header.items() if k != "__metadata__"}
f32, bf16, int8 = (read(p) for p in ("run/model.safetensors", "bf16.safetensors", "int8.safetensors"))
assert set(f32) == set(bf16) and set(int8) - set(f32) == {k + ".scale" for k in f32 if "weight" in k}
for name, (dtype, data) in f32.items():
    matrix = "weight" in name
    assert dtype == "F32" and bf16[name][0] == ("BF16" if matrix else "F32"), name
    if not matrix:
        assert bf16[name] == int8[name] == f32[name]
        continue
    bits = struct.unpack("<%dI" % (len(data) // 4), data)
    small = struct.unpack("<%dH" % (len(data) // 4), bf16[name][1])
    assert all((b + 0x7FFF + (b >> 16 & 1)) >> 16 == s for b, s in zip(bits, small)), name
    scales = struct.unpack("<%df" % (len(int8[name + ".scale"][1]) // 4), int8[name + ".scale"][1])
    numbers, quantised = struct.unpack("<%df" % len(bits), data), struct.unpack("<%db" % len(bits), int8[name][1])
    width = len(bits) // len(scales)
    for i, (x, q) in enumerate(zip(numbers, quantised)):
        assert abs(x - q * scales[i // width]) <= 0.502 * scales[i // width], (name, i)
PYTHON

misused train lm text -o again --init-from int8.safetensors --hidden 24 --embed 8 --steps 1 --quiet
says 'int8.safetensors: a model with int8 weights cannot be trained'
misused export run --weights bf16; says 'give the new file with -o FILE'
misused export run --weights bf16 -o bf16.safetensors; says 'bf16.safetensors exists; --overwrite replaces it'
misused export run --weights int4 -o new; says "--weights"
misused export; says 'which model?'
fails_with export nothing -o new; says 'nothing: no such model file'
fails_with export run -o missing/new; says 'missing/new'

# A file that was cut, and one whose scales have another name
head -c $(($(bytes int8.safetensors) - 7)) int8.safetensors >cut.safetensors
fails_with info cut.safetensors; says 'it was cut off'
sed 's/\.scale"/.scala"/' int8.safetensors >renamed.safetensors
fails_with info renamed.safetensors; says 'is I8, but its scales are missing'
