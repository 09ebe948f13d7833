#!/usr/bin/env bash
# Pictures looked at part by part: trained with hard and soft glimpses, placed somewhere among pieces of others,
# evaluated, answered and shown; and what is refused.
. "$(dirname "$0")/lib.bash"
needs_python

# 160 pictures of 9 x 9 pixels: a white square of 3 x 3 in a corner, whose number is the label. The same in colours, and
# others.
python3 - <<'PYTHON'
import struct
S, N = 9, 160
grey, label = bytearray(), bytearray()
for n in range(N):
    corner = n * 7 % 4
    top, left = (corner // 2) * 5 + n % 2, (corner % 2) * 5 + n // 2 % 2
    grey += bytes(250 - n % 31 if top <= r < top + 3 and left <= c < left + 3 else n % 23 for r in range(S) for c in range(S))
    label.append(corner)
def idx(name, sizes, body):
    open(name, "wb").write(bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + body)
idx("squares.idx3", (N, S, S), grey)
idx("squares.idx1", (N,), label)
idx("colours.idx4", (N, S, S, 3), b"".join(bytes((max(0, g - 6), g, min(255, g + 6))) for g in grey))
idx("few.idx3", (5, S, S), grey[:5 * S * S]); idx("few.idx1", (5,), label[:5])
idx("one.idx3", (1, S, S), grey[:S * S]); idx("one.idx1", (1,), label[:1])
idx("two.idx3", (2, S, S), grey[:2 * S * S])
idx("alike.idx1", (N,), bytes(N))
idx("short.idx1", (N - 1,), label[:-1])
idx("wide.idx3", (5, S, S + 1), bytes(5 * S * (S + 1)))
idx("placed.idx3", (5, 14, 12), bytes(5 * 14 * 12))
idx("large.idx3", (5, 15, 12), bytes(5 * 15 * 12))
idx("five.idx1", (5,), bytes((0, 1, 2, 9, 0)))
PYTHON
gzip -k squares.idx3

few=(--threads 1 --quiet --hidden 24 --batch 20 --lr 0.01 --average 0)
look=(--glimpses 3 --glimpse-size 3 --scales 2)
right() { json "o['accuracy'] > $1 and o['accuracy_by_glimpses'][-1] == o['accuracy'] and len(o['accuracy_by_glimpses']) == o['glimpses'] == 3"; }

# Hard glimpses
done_with train glimpse squares.idx3.gz squares.idx1 -o hard "${few[@]}" "${look[@]}" --steps 300
done_with eval hard squares.idx3 squares.idx1 --json; cp out first; equal "$(right 0.9)" True
json 'o["examples"] == 160 and o["mean_of"] == 0' | grep -q True || fail "$(cat out)"
sed -i 's/,"seconds.*//' first; done_with eval hard squares.idx3 squares.idx1 --json; sed -i 's/,"seconds.*//' out; same first out
done_with eval hard squares.idx3 squares.idx1 --mean-of 4 --json; equal "$(json 'o["mean_of"] == 4 and o["accuracy"] > 0.8')" True
! grep -qF "$(cat first)" out || fail 'four paths are as one'
done_with eval hard squares.idx3 squares.idx1; grep -qE '^accuracy_by_glimpses  0\.[0-9]{4} [01]\.[0-9]{4} ([01]\.[0-9]{4})$' out || fail "$(cat out)"
equal "$(sed -n 's/^accuracy  *//p' out)" "$(sed -n 's/^accuracy_by_glimpses.* //p' out)"
done_with info hard; prints 'glimpse: dense 12 relu; where: dense 12 relu; core: join glimpse > join where > dense 24 relu > rnn 24 relu; place: join core > dense 12 relu > dense; baseline: join core > dense; answer: join core > dense'
lines=$(sed -n 's/^network *//p' out)
fails_with train glimpse squares.idx3 squares.idx1 -o hard --resume --threads 1 --quiet --net "${lines/dense; baseline/dense tanh; baseline}"
says '> dense; baseline: join core'; says '> dense tanh; baseline: join core' # a long line is shown where it differs

# A picture alone gets the answer that it gets among others
done_with predict hard squares.idx3 --json; head -1 out | sed 's/squares/one/' >alone; done_with predict hard one.idx3 --json; same alone out
done_with predict hard few.idx3; equal "$(wc -l <out)" 5
grep -qE '^[0-3]	[01]\.[0-9]{4}	4\.5,4\.5 -?[0-9]+\.[0-9],-?[0-9]+\.[0-9] [^	]*	few.idx3: image 1$' out || fail "$(cat out)"
done_with predict hard one.idx3 --json --seen
json 'len(o["picture"]) == 81 and [len(p["seen"]) for p in o["path"]] == [18] * 3 and o["path"][-1]["label"] == o["label"]' | grep -q True || fail "$(cat out)"
json 'abs(sum(o["probabilities"].values()) - 1) < 1e-6 and o["path"][0]["row"] == 4.5 and o["path"][0]["side"] == 6' | grep -q True || fail "$(cat out)"
done_with export hard -o small.safetensors --weights bf16; done_with predict small.safetensors one.idx3

# The bits are the same on any instruction set, with any number of threads, and if the training was stopped in between
for isa in portable avx2 avx512; do
    UNROLL_ISA=$isa unroll train glimpse squares.idx3 squares.idx1 -o $isa "${few[@]}" "${look[@]}" --steps 3 --place 14x12 --clutter 2
    [ "$status" -eq 0 ] || { says 'is not on this machine or in this build'; continue; }
    same portable/model.safetensors $isa/model.safetensors
done

# Soft glimpses, in colours, with another cell
done_with train glimpse colours.idx4 squares.idx1 -o soft "${few[@]}" --glimpses 3 --glimpse-size 3 --look soft --cell gru --steps 200
done_with eval soft squares.idx3 squares.idx1 --json; equal "$(right 0.9)" True
misused eval soft squares.idx3 squares.idx1 --mean-of 3; says '--mean-of is for --gaze hard'
done_with info soft; prints 'dense; answer: join core'; ! grep -q baseline: out || fail 'soft glimpses have a baseline'

# Each picture somewhere on a larger one, among pieces of others, always at the same place
"$UNROLL" train glimpse colours.idx4 squares.idx1 -o placed --threads 1 --hidden 8 --steps 2 --place 14x12 --clutter 2 2>placed.err >placed.out
grep -q 'pictures of 9 x 9, of colours the mean, at random places on 14 x 12 with 2 pieces of others, 4 labels; [0-9]* to train on' placed.err ||
    fail "$(cat placed.err)"
grep -q 'predict placed FILE' placed.out || fail 'it does not say what to do next'
done_with predict placed few.idx3 --json --seen; head -1 out >once
python3 - <<'PYTHON' || fail 'a picture does not stand on the larger one'
import json
o = json.loads(open("once").read())
assert o["rows"] == 14 and o["columns"] == 12 and len(o["picture"]) == 168 and sum(g > 200 for g in o["picture"]) >= 9
PYTHON
done_with train glimpse squares.idx3 squares.idx1 -o seed2 "${few[@]}" --seed 2 --steps 1 --place 14x12 --clutter 2
done_with predict seed2 few.idx3 --json --seen; head -1 out >other
python3 - <<'PYTHON' || fail 'where a picture stands depends on the model'
import json
assert json.loads(open("once").read())["picture"] == json.loads(open("other").read())["picture"]
PYTHON
done_with predict placed few.idx3 --json --seen --clutter 0
python3 - <<'PYTHON' || fail 'without pieces it is not the square alone'
import json
places = set()
for line in open("out"):
    o = json.loads(line)
    white = [i for i, g in enumerate(o["picture"]) if g > 200]
    assert len(white) == 9, white
    places.add(white[0])
assert len(places) > 2
PYTHON
done_with predict placed placed.idx3 --json --seen; json_line=$(head -1 out); grep -q '"row": *6.5' <<<"$json_line" || fail "$json_line"

# Shown
done_with inspect glimpses hard few.idx3 --count 2; equal "$(grep -c '^glimpse' out)" 2; grep -q '▀\|▄\|█' out || fail 'nothing is drawn'
grep -q '^1  *4\.5  *4\.5 ' out || fail "$(cat out)"
done_with inspect glimpses hard squares.idx3 --count 3 --html page.html; is_silent
equal "$(grep -c '<polyline' page.html)" 3; equal "$(grep -o '<image' page.html | wc -l)" 21
done_with inspect glimpses soft few.idx3 --count 9 --json; equal "$(json 'len(o["pictures"])')" 5
misused inspect glimpses hard few.idx3 --html page.html; says 'page.html exists; --overwrite replaces it'
misused inspect glimpses hard; says 'which pictures? give an idx file'
fails_with inspect glimpses hard wide.idx3; says 'wide.idx3: pictures of 9 x 10, where the network looks at 9 x 9'
done_with inspect gates hard squares.idx3 squares.idx1; prints '480 steps. Open: above 0.9'
done_with inspect gradient hard squares.idx3 squares.idx1; prints 'k steps back                   0      1      2'
fails_with inspect gradient hard squares.idx3 squares.idx1 --back 3; says 'no example has 4 steps, the longest has 3; give a smaller --back'
misused inspect gates hard squares.idx3 squares.idx1 --gap 4; says '--gap: a model of the task glimpse does not take it'
misused inspect gradient hard squares.idx3 squares.idx1 --part 0:1; says '--part is for language models; this model is of the task glimpse'

# Refused
few=(-o none --steps 1 --quiet)
misused train glimpse "${few[@]}"; says 'which pictures? give an idx file, then one of their labels'
misused train glimpse squares.idx3 "${few[@]}"; says 'which labels? give their idx file after the idx file of the pictures'
misused train glimpse squares.idx3 squares.idx1 few.idx3 "${few[@]}"; says '3 files: give IMAGES and LABELS, two idx files'
misused train glimpse squares.idx3 squares.idx1 --val few.idx3 "${few[@]}"; says '2 files: give IMAGES and LABELS, and for --val its pictures, then its labels'
fails_with train glimpse squares.idx3 short.idx1 "${few[@]}"; says 'squares.idx3: 160 pictures, but 159 labels in short.idx1'
fails_with train glimpse squares.idx3 colours.idx4 "${few[@]}"; says 'pictures have 3 or 4, labels 1'
fails_with train glimpse one.idx3 one.idx1 --val-fraction 0 "${few[@]}"; says 'one.idx3: only one class: all 1 examples have the label 0; at least two classes are needed'
fails_with train glimpse few.idx3 few.idx1 --val-fraction 0.9 "${few[@]}"; says 'pictures to train on; there must be two at least'
fails_with train glimpse squares.idx3 alike.idx1 "${few[@]}"; says 'squares.idx3: only one class: all 160 examples have the label 0'
fails_with train glimpse squares.idx3 squares.idx1 --val wide.idx3 five.idx1 "${few[@]}"; says 'wide.idx3: image 4: the label 9 does not occur in the training data, which have'
fails_with train glimpse squares.idx3 squares.idx1 --val wide.idx3 few.idx1 "${few[@]}"; says 'wide.idx3: pictures of 9 x 10, where the network looks at 9 x 9'
fails_with train glimpse squares.idx3 squares.idx1 --place 8x40 "${few[@]}"; says 'squares.idx3: pictures of 9 x 9, where the network looks at 8 x 40 (--place)'
fails_with predict placed large.idx3; says 'large.idx3: pictures of 15 x 12, where the network looks at 14 x 12 (--place)'
for place in 60 60x 0x9 9x9x9 2000x2000 -1x5; do
    misused train glimpse squares.idx3 squares.idx1 --place=$place "${few[@]}"; says "--place $place: give rows and columns up to 1024, such as 60x60"
done
misused train glimpse squares.idx3 squares.idx1 --clutter 3 "${few[@]}"; says '--clutter needs --place'
misused eval placed squares.idx3 squares.idx1 --place 20x20; says '--place 20x20: the network looks at 14 x 12'
misused train glimpse squares.idx3 squares.idx1 --gaze soft --scales 2 "${few[@]}"; says '--scales is for --gaze hard'
misused train glimpse squares.idx3 squares.idx1 --hidden 4,5 "${few[@]}"; says '--hidden 4,5: give one width, or the whole network as --net'
lines='glimpse: dense 4; where: dense 4; core: join glimpse > join where > lstm 4'
misused train glimpse squares.idx3 squares.idx1 --net "$lines; answer: join core > dense" "${few[@]}"; says 'its line "place" is missing'
misused train glimpse squares.idx3 squares.idx1 --net "$lines; place: join core > dense; answer: join core > dense; baseline: join core > dense" "${few[@]}"
says 'its line "answer" is the last one'
misused train glimpse squares.idx3 squares.idx1 --net "$lines; place: join core > dense 3; baseline: join core > dense; answer: join core > dense" "${few[@]}"
says 'its line "place" gives 2 numbers'
misused train glimpse squares.idx3 squares.idx1 --net "$lines; other: join core > dense 3; answer: join core > dense" "${few[@]}"; says 'no use for a line "other"'
for place in 'join core > lstm 4 from core > dense' 'join core > join where > dense'; do
    misused train glimpse squares.idx3 squares.idx1 --net "$lines; place: $place; baseline: join core > dense; answer: join core > dense" "${few[@]}"
    says 'its line "place" takes "join core" and nothing else of other lines (unroll help train glimpse)'
done
fails_with predict hard squares.idx1; says 'squares.idx1 has 1 dimensions; pictures have 3 or 4'
misused predict hard; says 'which files?'
misused predict hard - <one.idx3; says 'which files? this model reads pictures (an idx file) or recordings (WAV), not standard input'
done_with train recall -o memory --kind adding --gap 5 --steps 2 --hidden 4 --quiet
fails_with inspect glimpses memory; says 'memory: a model for recall, which takes no glimpses; unroll train glimpse trains one that does'
done_with inspect gates memory; prints '1536 steps. Open: above 0.9'
done_with inspect gates memory --gap 7; prints '2048 steps'
misused inspect gates memory few.idx3; says 'few.idx3: the recall tasks generate their examples'
[ ! -e none ] || fail 'failed trainings left a folder'
