#!/usr/bin/env bash
# Pictures and recordings: trained with augmentation and without, evaluated, and answered without labels.
. "$(dirname "$0")/lib.bash"
needs_python

# 60 pictures of 6 x 6 pixels with a bar in the upper or the lower half; 12 recordings of a tone that rises or falls.
python3 - <<'PYTHON'
import math, struct, wave
images, labels = bytearray(), bytearray()
for i in range(60):
    label = i % 2
    picture = [[0] * 6 for _ in range(6)]
    for x in range(1 + i % 3, 5): picture[1 + i // 2 % 2 + 3 * label - label][x] = 200 + i % 50
    images += bytes(v for row in picture for v in row)
    labels.append(label)
open("images.idx", "wb").write(b"\0\0\x08\x03" + struct.pack(">3I", 60, 6, 6) + images)
open("labels.idx", "wb").write(b"\0\0\x08\x01" + struct.pack(">I", 60) + labels)
open("wide.idx", "wb").write(b"\0\0\x08\x03" + struct.pack(">3I", 2, 6, 7) + bytes(84))
open("tall.idx", "wb").write(b"\0\0\x08\x03" + struct.pack(">3I", 2, 7, 6) + bytes(84))
open("short.idx", "wb").write(b"\0\0\x08\x01" + struct.pack(">I", 59) + labels[:59])
def tone(name, rises, rate, seconds=0.3):
    with wave.open(name, "wb") as w:
        w.setnchannels(1); w.setsampwidth(2); w.setframerate(rate)
        n = int(rate * seconds)
        turns = lambda t: 300 * t + 2500 * (t * t if rises else 2 * seconds * t - t * t) / seconds
        w.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(2 * math.pi * turns(t / rate)))) for t in range(n)))
import os
os.mkdir("tones")
for i in range(12): tone(f"tones/{'up' if i % 2 else 'down'}_{i}.wav", i % 2, 8000, 0.3 + 0.01 * i)
tone("other.wav", True, 16000)
PYTHON

small=(--threads 1 --hidden 12 --quiet --val-fraction 0.2)
done_with train classify images.idx labels.idx -o pictures --steps 60 "${small[@]}"
done_with train classify images.idx labels.idx -o plain --steps 60 --lr 0.02 "${small[@]}" --no-augment
if cmp -s pictures/model.safetensors plain/model.safetensors; then fail 'pictures are not varied'; fi
done_with train classify images.idx labels.idx -o again --steps 60 "${small[@]}"; same again/model.safetensors pictures/model.safetensors
done_with train classify images.idx labels.idx -o pixels --steps 20 "${small[@]}" --scan pixels
done_with eval plain images.idx labels.idx --json
json 'o["accuracy"] > 0.9' | grep -q True || fail "it has not learnt: $(cat out)"
cp out judged
done_with predict plain images.idx
equal "$(wc -l <out)" 60
[[ $(sed -n 3p out) =~ ^[01].[01]\.[0-9]{4}.images\.idx:\ image\ 3$ ]] || fail "$(sed -n 3p out)"
right=$(awk '$1 == (NR - 1) % 2' out | wc -l)
cp judged out
equal "$(json "round(o['accuracy'] * 60)")" "$right"
done_with predict plain images.idx --json; prints '"where":"images.idx: image 60"'
done_with predict pixels images.idx
done_with inspect saliency plain images.idx --item 3 --json; json 'len(o["units"]), o["units"][5]["unit"]' | grep -q "(6, '6')" || fail "$(cat out)"
done_with inspect saliency plain images.idx --item 3; prints '1 2 3 4 5 6'
misused inspect saliency plain images.idx --item 61; says 'images.idx: there is no example 61 of 60'
misused inspect saliency plain images.idx --at 2; says '--at is for models that label each step'
fails_with inspect saliency plain wide.idx; says '6 x 7 x 1'

done_with train classify images.idx labels.idx -o pair --steps 5 --threads 1 --hidden 8 --val images.idx labels.idx
says '60 to train on, 60 to validate on'
fails_with train classify images.idx short.idx -o none; says '60 pictures, but 59 labels'
fails_with predict plain wide.idx; says '6 x 7 x 1; the training data have 6 x 6 x 1'
fails_with predict plain tall.idx; says '7 x 6 x 1; the training data have 6 x 6 x 1'
fails_with eval plain tall.idx short.idx; says '2 pictures, but 59 labels'
fails_with predict plain labels.idx; says 'has 1 dimensions; pictures have 3 or 4'
echo 'a text' >text
fails_with predict plain text; says 'text: neither pictures (idx) nor recordings (WAV)'
misused predict plain </dev/null; says 'which files?'
misused predict plain images.idx --tree; says '--tree is for models that read text'

done_with train classify tones -o tones.run --epochs 40 --threads 1 --hidden 12 --quiet --val-match '*_1*.wav'
done_with predict tones.run tones
equal "$(wc -l <out)" 12
awk '{ if (index($3, $1) == 0) wrong++ } END { exit wrong > 0 }' out || fail "it has not learnt: $(cat out)"
done_with predict tones.run tones/up_1.wav other.wav; equal "$(wc -l <out)" 2
equal "$(cut -f 1 out | tail -1)" up
mkdir mixed; cp tones/up_1.wav mixed/up_1.wav; cp tones/down_2.wav mixed/down_2.wav; cp other.wav mixed/up_16k.wav
done_with eval tones.run mixed; prints '1 of another rate (16000 Hz) resampled'
