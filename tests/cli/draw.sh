#!/usr/bin/env bash
# Pictures painted stroke by stroke: trained with attention and without, evaluated, sampled and reconstructed; in grey
# and in colours.
. "$(dirname "$0")/lib.bash"
needs_python

# 120 pictures of 9 x 7 pixels: a horizontal or vertical bar at one of several places. The same in colours whose mean is
# the grey.
python3 - <<'PYTHON'
import struct
R, C, N = 9, 7, 120
grey = bytearray()
for n in range(N):
    down, at = n % 2, 1 + n // 2 % 4
    grey += bytes(240 - n % 7 if (c if down else r) in (at, at + 1) else n % 5 for r in range(R) for c in range(C))
def idx(name, sizes, body):
    open(name, "wb").write(bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + body)
idx("bars.idx3", (N, R, C), grey)
idx("colours.idx4", (N, R, C, 3), b"".join(bytes((max(0, g - 6), g, min(255, g + 6))) for g in grey))
idx("one.idx3", (1, R, C), grey[:R * C])
idx("three.idx3", (3, R, C), grey[:3 * R * C])
idx("wide.idx3", (2, R, C + 1), bytes(2 * R * (C + 1)))
idx("empty.idx3", (0, R, C), b"")
idx("labels.idx1", (N,), bytes(N))
idx("huge.idx3", (2, 1024, 513), bytes(2 * 1024 * 513))
idx("tall.idx3", (2, 1025, 1), bytes(2 * 1025))
PYTHON
gzip -k bars.idx3

few=(--threads 1 --quiet --hidden 16 --strokes 4 --latent 3 --batch 20 --lr 0.01 --average 0)
bound() { json 'abs(o["nats"] - o["reconstruction"] - o["kl"]) < 1e-9 and abs(sum(o["kl_by_stroke"]) - o["kl"]) < 1e-9 and len(o["kl_by_stroke"]) == 4'; }

# Without attention: the loss is a third of that of the mean picture
done_with train draw bars.idx3.gz -o whole "${few[@]}" --steps 200 --binarise threshold
done_with eval whole bars.idx3 --json; equal "$(bound)" True
json 'o["images"] == 120 and 0 < o["kl"] and o["nats"] < 12' | grep -q True || fail "it has not learnt: $(cat out)"
json 'o["nats"]' >threshold
done_with eval whole bars.idx3; grep -qE '^kl_by_stroke    [0-9.]+ [0-9.]+ [0-9.]+ [0-9.]+$' out || fail "$(cat out)"
done_with eval whole bars.idx3 --binarise sample --json; [ "$(json 'o["nats"]')" != "$(cat threshold)" ] || fail 'eval takes no --binarise'
done_with info whole; prints 'decoder: lstm 16; reader: dense 16 relu; encoder: join reader > join decoder > lstm 16 > dense; write: join decoder > dense; canvas: dense nobias'

# With attention, in colours, with another cell; the bits are the same on any instruction set
attention=("${few[@]}" --cell gru --read-size 3 --write-size 2)
done_with train draw colours.idx4 -o there "${attention[@]}" --steps 30
for isa in portable avx2 avx512; do
    UNROLL_ISA=$isa unroll train draw colours.idx4 -o $isa "${attention[@]}" --steps 3
    [ "$status" -eq 0 ] || { says 'is not on this machine or in this build'; continue; }
    same portable/model.safetensors $isa/model.safetensors
done
done_with eval there bars.idx3 --json; equal "$(bound)" True
json 'math.isfinite(o["nats"])' | grep -q True || fail "$(cat out)"
done_with inspect gates there bars.idx3 --json
equal "$(json '[(l["line"], l["steps"]) for l in o["layers"]]')" "[('decoder', 480), ('encoder', 480)]"
"$UNROLL" train draw colours.idx4 -o said --steps 1 --threads 1 --hidden 4 2>said.err | grep -q 'sample said -o grid.png --animate painted.html' ||
    fail 'it does not say what to do next'
grep -q 'pictures of 9 x 7, of colours the mean, black or white by chance, once; [0-9]* to train on' said.err || fail "$(cat said.err)"
grep -q '▗\|▄\|▌\|█\|---- sample' said.err || fail 'no sample is shown'
python3 - <<'PYTHON' || fail 'no picture is in the event file'
import glob
assert b"\x89PNG" in open(glob.glob("said/events*")[0], "rb").read()
PYTHON

# New pictures: equal for equal seeds. Their bars are white, and nothing else is
done_with sample whole --count 6 --seed 3 -o grid.png; is_silent
done_with sample whole --count 6 --seed 3 -o again.png; same grid.png again.png
done_with sample whole --count 6 --seed 4 -o other.png; ! cmp -s grid.png other.png || fail 'the seed changes nothing'
done_with sample whole --count 2 --seed 3 -o two.png
done_with sample whole --count 2 --seed 3 -o two.idx; is_silent
done_with sample whole --reconstruct bars.idx3 --count 8 -o back.png
python3 - <<'PYTHON' || fail 'what was painted is not what was given'
import struct, zlib
def read(name):
    b = open(name, "rb").read()
    columns, rows = struct.unpack(">II", b[16:24])
    size = struct.unpack(">I", b[33:37])[0]
    assert zlib.crc32(b[37:41 + size]) == struct.unpack(">I", b[41 + size:45 + size])[0]
    raw = zlib.decompress(b[41:41 + size])
    assert len(raw) == rows * (columns + 1)
    return [raw[r * (columns + 1) + 1:(r + 1) * (columns + 1)] for r in range(rows)]
def picture(all, i, across):
    return b"".join(all[1 + i // across * 10 + r][1 + i % across * 8:][:7] for r in range(9))
assert len(read("grid.png")) == 21 and len(read("grid.png")[0]) == 25
for i in range(2):
    assert picture(read("two.png"), i, 2) == picture(read("grid.png"), i, 3)
two = open("two.idx", "rb").read()
assert two[:16] == bytes([0, 0, 8, 3]) + struct.pack(">3I", 2, 9, 7) and len(two) == 16 + 2 * 63
assert [two[16:79], two[79:]] == [picture(read("two.png"), i, 2) for i in range(2)]
back, right = read("back.png"), 0
for i in range(8):
    given, own = picture(back, 2 * i, 6), picture(back, 2 * i + 1, 6)
    assert set(given) == {0, 255}
    right += sum((a > 127) == (b > 127) for a, b in zip(given, own))
assert right > 0.95 * 8 * 63, right
PYTHON
done_with sample there --count 3 --animate page.html; grep -q '<rect' page.html || fail 'no square shows where it wrote'
equal "$(grep -o 'opacity:1}100.000%,100%{opacity:0}}.g[0-9]*' page.html)" "opacity:1}100.000%,100%{opacity:0}}.g$(grep -o 'class="g g[0-9]*' page.html | sed -n '$s/.*g//p')"
done_with sample there --count 3 --animate film.gif
[ "$(head -c 6 film.gif)" = GIF89a ] && [ "$(wc -c <film.gif)" -gt 2000 ] || fail 'there is no film'
done_with sample there --reconstruct bars.idx3 --count 2 --animate again.html; grep -q 'class="read"' again.html
done_with sample there --reconstruct three.idx3 --count 9 --json; json 'o["pictures"] == 3 and o["strokes"] == 4' | grep -q True
done_with sample whole --count 4; grep -q '▀\|▄\|█' out || fail 'nothing is drawn on the terminal'
done_with export whole -o small.safetensors --weights bf16; done_with sample small.safetensors --count 2 -o small.png

# Refused
few=(-o none --steps 1 --quiet)
fails_with train draw one.idx3 --val-fraction 0 "${few[@]}"; says 'one.idx3: 1 pictures to train on; there must be two at least'
misused train draw huge.idx3 --val-fraction 0 "${few[@]}"
says '1024 x 513 places are too many to be read at once: at most 524288; --read-size 5, say, reads fewer'
misused train draw three.idx3 --val-fraction 0 --read-size 800 "${few[@]}"; says '800 x 800 places are too many'
fails_with train draw tall.idx3 --val-fraction 0 "${few[@]}"; says 'tall.idx3: pictures of 1025 x 1; up to 1024 x 1024 are painted'
fails_with train draw empty.idx3 "${few[@]}"; says 'empty.idx3'
fails_with train draw labels.idx1 "${few[@]}"; says 'labels.idx1 has 1 dimensions; pictures have 3 or 4'
echo 'a text' >text
fails_with train draw text "${few[@]}"; says 'text: not an idx file: it does not begin with 00 00'
misused train draw bars.idx3 three.idx3 "${few[@]}"; says "'three.idx3' is one argument too many"
misused train draw "${few[@]}"; says 'which pictures? give an idx file'
fails_with train draw bars.idx3 --val wide.idx3 "${few[@]}"; says 'wide.idx3: pictures of 9 x 8, where those of the training are 9 x 7'
fails_with eval whole wide.idx3; says 'wide.idx3: pictures of 9 x 8, where those of the training are 9 x 7'
misused train draw bars.idx3 --hidden 4,5 "${few[@]}"; says '--hidden 4,5: give one width, or the whole network as --net'
misused train draw bars.idx3 --strokes 0 "${few[@]}"; says 'strokes'
lines='decoder: lstm 4; reader: dense 4; encoder: join reader > lstm 4 > dense'
misused train draw bars.idx3 --net "$lines; write: join decoder > dense" "${few[@]}"; says 'its line "canvas" is missing'
misused train draw bars.idx3 --net "$lines; write: join decoder > dense; canvas: dense nobias; place: join decoder > dense" "${few[@]}"
says 'DRAW has no use for a line "place"'
misused train draw bars.idx3 --net "$lines; write: join decoder > dense 5; canvas: dense nobias" "${few[@]}"; says 'its line "write" gives 63 numbers'
misused train draw bars.idx3 --net "$lines; write: dense; canvas: dense nobias" "${few[@]}"; says 'column'
misused sample whole --count 2 -o grid.png; says 'grid.png exists; --overwrite replaces it'
misused sample whole --count 2 -o grid.jpg; says 'grid.jpg: give a file name that ends in .png or .idx'
misused sample whole --animate film.mp4; says 'film.mp4: give a file name that ends in .html or .gif'
misused sample whole --prime a; says '--prime is for language models; this model is of the task draw'
fails_with sample whole --reconstruct nothing; says 'nothing'
done_with train recall -o memory --kind adding --gap 5 --steps 2 --hidden 4 --quiet
fails_with sample memory --count 2; says 'memory: a model for recall, not a language model'
fails_with predict memory; says 'a model of the task recall gives no answers; unroll inspect gates looks into it'
[ ! -e none ] || fail 'failed trainings left a folder'
