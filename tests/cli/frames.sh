#!/usr/bin/env bash
# A label for each frame: clips in idx files, tables and folders; trained, evaluated, and answered as the frames come.
. "$(dirname "$0")/lib.bash"
needs_python

# 24 clips of 20 frames, 10 x 12 pixels: a bar that moves right (0), left (1) or stays (2), for some frames each. Tables
# of the bar's position and brightness, with the quirks of tables. Folders of the first clips as PGM.
python3 - <<'PYTHON'
import os, random, struct
random.seed(3)
N, T, R, C = 24, 20, 10, 12
frames, labels, rows = bytearray(), bytearray(), []
for n in range(N):
    x, label, left = random.randrange(C), 0, 0
    for t in range(T):
        if not left: label, left = random.choice([l for l in range(3) if l != label or not t]), random.randint(3, 6)
        left -= 1
        x = (x + [1, -1, 0][label]) % C
        frames += bytes(200 + random.randrange(50) if c == x else random.randrange(30) for r in range(R) for c in range(C))
        labels.append(label)
        rows.append((n, t, x, label))
idx = lambda name, sizes, body: open(name, "wb").write(bytes([0, 0, 8, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes) + body)
idx("clips.idx4", (18, T, R, C), frames[:18 * T * R * C]); idx("labels.idx2", (18, T), labels[:18 * T])
idx("dev.idx4", (6, T, R, C), frames[18 * T * R * C:]); idx("devlabels.idx2", (6, T), labels[18 * T:])
idx("short.idx2", (18, T - 1), labels[:18 * (T - 1)])
idx("wide.idx4", (1, T, R, C + 1), bytes(T * R * (C + 1)))
open("raw", "wb").write(frames[18 * T * R * C:19 * T * R * C])
words = ["right", "left", "still"]
open("names.txt", "w").write("\n".join(words) + "\n")
open("two.txt", "w").write("right\nleft\n")
for n in range(N):
    mine = [r for r in rows if r[0] == n]
    end = ["\n", "\r\n", "\r"][n % 3]
    text = ("\ufeff" if n % 2 else "") + "x,move,timestamp,phase" + end + (end if n % 3 == 1 else "")
    before = mine[0][2]
    for _, t, x, label in mine:
        text += f"{x},{(x - before + 6) % 12 - 6},{1000 + 40 * t},{words[label]}{end}"
        before = x
    os.makedirs("tables", exist_ok=True)
    open(f"tables/{n:02}.csv", "w", newline="").write(text)
for n in range(4):
    os.makedirs(f"folders/{n}")
    for t in range(T):
        at = (n * T + t) * R * C
        open(f"folders/{n}/{t:03}.pgm", "wb").write(b"P5 # a frame\n%d %d\n255\n" % (C, R) + frames[at:at + R * C])
    open(f"folders/{n}/labels.txt", "w").write("\n".join(words[l] for l in labels[n * T:n * T + T]) + "\n")
PYTHON
gzip -k clips.idx4 labels.idx2

short=(--threads 1 --quiet --batch 6)
few=("${short[@]}" --steps 90 --lr 0.01 --average 0 --no-augment)
small="conv 4 3x3 relu > pool 2 > lstm 16"
val=(--val dev.idx4 devlabels.idx2)

# Clips: a network that looks back, on compressed files, and one that looks both ways
done_with train frames clips.idx4.gz labels.idx2.gz "${val[@]}" --names names.txt -o back "${few[@]}" --difference --net "$small > dense"
done_with train frames clips.idx4 labels.idx2 "${val[@]}" -o both "${few[@]}" --difference --net "$small bi > dense"
done_with train frames clips.idx4 labels.idx2 "${val[@]}" -o varied "${short[@]}" --steps 3 --look both --hidden 5 --flip
done_with info varied; prints 'conv 16 5x5 relu > pool 2 > conv 32 3x3 relu > pool 2 > dropout 0.5 > lstm 5 bi'
prints 'conv2.weight'; prints '32 x 16 x 3 x 3'
done_with eval back dev.idx4 devlabels.idx2 --json --picture back.html
json 'o["frames"] == 120 and o["accuracy"] > 0.8 and o["macro_f1"] > 0.75 and o["edit_distance"] < 0.5' | grep -q True ||
    fail "it has not learnt: $(cut -c1-300 out)"
json 'sorted(o)' | grep -q "\['accuracy', 'clips', 'confusion', 'edit_distance', 'frames', 'labels', 'loss', 'macro_f1'" || fail "$(json 'sorted(o)')"
grep -q '<svg' back.html && grep -q 'right' back.html || fail 'there is no picture'
misused eval back dev.idx4 devlabels.idx2 --picture back.html; says 'back.html exists; --overwrite replaces it'

done_with inspect gates back dev.idx4 devlabels.idx2; prints 'layer 1: lstm, 16 neurons'; prints '120 steps'
done_with inspect cells back dev.idx4 devlabels.idx2 --threads 1 --json
json 'all(p["verdict"] != "scored" or p["score"] > 0.6 for p in o["predicates"]), len(o["predicates"]) > 1' | grep -q '(True, True)' ||
    fail "$(cut -c1-600 out)"
name=$(json 'o["predicates"][0]["name"]')
done_with inspect cells back dev.idx4 devlabels.idx2 --threads 1 --show "$name"; prints '▪▪'; prints "$name"
misused inspect cells back dev.idx4 devlabels.idx2 --where 'a=b'; says 'need a model that reads text'
done_with inspect gradient back dev.idx4 devlabels.idx2 --back 8 --html back-gradient.html; prints 'layer 1: lstm, 16 neurons'
done_with train frames clips.idx4 labels.idx2 -o lines "${few[@]}" --net 'eye: dense 4 relu; join eye > gru 4 > dense'
done_with eval lines dev.idx4 devlabels.idx2; done_with predict lines dev.idx4; done_with inspect saliency lines dev.idx4 --at 9
done_with inspect saliency back dev.idx4 --item 2 --at 9; prints 'label of number 9, with probability'; prints "', number "
done_with inspect saliency back dev.idx4 --item 2 --at 9 --json
json 'sum(u["moved"] != 0 for u in o["units"][9:]), sum(u["moved"] != 0 for u in o["units"][:9]) > 5' | grep -q '(0, True)' || fail 'a later frame moved it'
done_with inspect saliency both dev.idx4 --at 9 --json; json 'len(o["units"]), o["at"]' | grep -q '(20, 9)' || fail "$(cat out)"
json 'sum(u["moved"] != 0 for u in o["units"][9:]) > 0' | grep -q True || fail 'no later frame moved it'
misused inspect saliency back dev.idx4 --item 7; says 'dev.idx4: there is no clip 7 of 6'

# Answers: those of a stepped network equal those of the evaluation
accuracy() { python3 - "$1" <<'PYTHON'
import sys
labels = open("devlabels.idx2", "rb").read()[12:]
names = dict(right=0, left=1, still=2) | {str(i): i for i in range(3)}
got = [names[line.split("\t")[0]] for line in open(sys.argv[1])]
print(round(sum(a == b for a, b in zip(got, labels)) / len(labels), 9) if len(got) == len(labels) else len(got))
PYTHON
}
for model in back both; do
    done_with eval $model dev.idx4 devlabels.idx2 --json; json 'round(o["accuracy"], 9)' >wanted
    done_with predict $model dev.idx4; cp out $model.lines
    equal "$(accuracy $model.lines)" "$(cat wanted)"
done
[[ $(sed -n 25p back.lines) =~ ^(right|left|still).[01]\.[0-9]{4}.dev\.idx4:\ clip\ 2.5$ ]] || fail "$(sed -n 25p back.lines)"

# From standard input: raw frames. A label is written before the next frame comes
done_with predict back <raw; equal "$(cut -f 1,2 out)" "$(head -20 back.lines | cut -f 1,2)"
done_with predict both - <raw; equal "$(cut -f 1,2 out)" "$(head -20 both.lines | cut -f 1,2)"
done_with predict back --json <raw; head -1 out | python3 -c 'import json, sys; o = json.load(sys.stdin); assert o["frame"] == 1 and len(o["probabilities"]) == 3'
python3 - "$UNROLL" <<'PYTHON' || fail 'a label does not leave as its frame enters'
import subprocess, sys
p = subprocess.Popen([sys.argv[1], "predict", "back"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
frames, labels = open("raw", "rb").read(), open("back.lines").read().splitlines()
for t in range(20):
    p.stdin.write(frames[120 * t:120 * t + 120]); p.stdin.flush()
    assert p.stdout.readline().decode().split("\t")[0] == labels[t].split("\t")[0]
p.stdin.close()
assert p.wait() == 0
PYTHON
head -c 130 raw >torn; fails_with predict back <torn; says 'standard input: it ends within a frame, after 10 of its 120 bytes'

# Tables: quirks of lines, with a header and without, rows as they come
done_with train frames tables -o table "${few[@]}" --val-match '1*.csv' --difference
done_with info table; prints 'gru 64 > dropout 0.5 > dense'
done_with eval table tables/05.csv --json; json 'o["accuracy"] > 0.8 and o["frames"] == 20' | grep -q True || fail "$(cat out)"
done_with predict table <tables/00.csv; cp out named; equal "$(wc -l <named)" 20
tail -n +2 tables/00.csv | cut -d, -f 1,2 >bare; done_with predict table bare; same out named
cut -d, -f 1,2 tables/00.csv >headed; done_with predict table <headed; same out named # a header without a label
{ printf '\357\273\277'; cat headed; } >marked; done_with predict table <marked; same out named
{ cat bare; echo; cat bare; } >twice; done_with predict table <twice; equal "$(tail -20 out)" "$(cat named)"
done_with train frames tables -o folds "${short[@]}" --steps 4 --folds 2
[ -f folds/2/model.safetensors ] || fail 'there is no second fold'
done_with train frames tables/00.csv -o one "${short[@]}" --steps 2 --relabel 'still='

# Folders
done_with train frames folders -o folder "${short[@]}" --steps 3 --hidden 4
done_with predict back folders/1; cp out forward; equal "$(wc -l <forward)" 20

# Videos: a script plays ffmpeg, and its videos are pictures one after another
mkdir bin videos
cat >bin/ffmpeg <<'SCRIPT'
#!/bin/sh
echo "$*" >>calls
while [ "$1" != -i ]; do shift; done
case $2 in
*broken*) echo 'a warning' >&2; echo 'file:videos/broken.mp4: Invalid data found when processing input' >&2; exit 1 ;;
*empty*) exit 0 ;;
*) cat "${2#file:}" ;;
esac
SCRIPT
chmod +x bin/ffmpeg
for n in 0 1 2 3; do
    for frame in folders/$n/*.pgm; do sed '1s/ # a frame//' "$frame"; done >videos/$n.mp4
    cp folders/$n/labels.txt videos/$n.txt
done
path=$PATH; PATH=$PWD/bin:$path
done_with train frames videos -o video "${short[@]}" --steps 3 --hidden 4 --video-rows 10
grep -qF -- '-i file:videos/0.mp4 -an -vf scale=-2:10 -f image2pipe -c:v pgm -' calls || fail "$(cat calls)"
done_with predict back videos/1.mp4; cut -f 1-2 out >answers; cut -f 1-2 forward >wanted; same answers wanted
prints 'videos/1.mp4'
grep -qF -- '-vf scale=12:10 ' calls || fail "$(tail -1 calls)"
done_with eval video videos; prints accuracy
done_with --version; prints 'videos            none'
few=(-o none --steps 1 --quiet)
rm videos/3.txt
fails_with train frames videos "${few[@]}"; says 'videos/3.mp4: videos/3.txt is missing; it has one line for each frame, with its label'
head -n 19 videos/2.txt >videos/3.txt
fails_with train frames videos "${few[@]}"; says 'videos/3.txt: 19 labels for 20 frames'
head -c 2000 videos/2.mp4 >videos/cut.mp4
fails_with train frames videos/cut.mp4 "${few[@]}"; says 'videos/cut.mp4: after '
echo x >videos/broken.mp4
fails_with train frames videos/broken.mp4 "${few[@]}"; says 'videos/broken.mp4: ffmpeg failed: file:videos/broken.mp4: Invalid data found'
echo x >videos/empty.mp4
fails_with train frames videos/empty.mp4 "${few[@]}"; says 'ffmpeg finds no frames in it'
PATH=$PWD/nowhere
status=0; "$UNROLL" train frames videos "${few[@]}" >out 2>err || status=$?
PATH=$path
equal "$status" 1; says 'videos/0.mp4: the program ffmpeg'

# Refused
few=(-o none --steps 1 --quiet)
fails_with train frames clips.idx4 short.idx2 "${few[@]}"; says 'clips.idx4: 18 clips of 20 frames, but labels for 18 of 19 in short.idx2'
fails_with train frames clips.idx4 labels.idx2 --names two.txt "${few[@]}"; says 'label 2, but only 2 labels have names'
fails_with predict back wide.idx4; says 'wide.idx4: frames of 10 x 13 x 1; the training data have 10 x 12 x 1'
fails_with train frames labels.idx2 labels.idx2 "${few[@]}"; says 'labels have 2, clips 4 or 5'
misused train frames clips.idx4 "${few[@]}"; says 'clips are two idx files, of the frames and of their labels; here is 1'
printf 'x,y,label\n1,2,a\n3,nan,b\n1,1,a\n' >nan.csv
fails_with train frames nan.csv "${few[@]}"; says 'nan.csv: line 3: column 2 (y): "nan" is not a finite number'
printf 'x,y,label\n1,2,a\n\n3,b\n1,1,a\n' >torn.csv
fails_with train frames torn.csv "${few[@]}"; says 'torn.csv: line 4: column 2 (y): "b" is not a finite number'
printf 'x,y,label\n1,2,a\n\n3,4,b,5\n1,1,a\n' >torn.csv
fails_with train frames torn.csv "${few[@]}"; says 'torn.csv: line 4: 4 columns; the rows before have 3'
printf 'x,label\n1,a\n3,b\n' >thin.csv
fails_with train frames nan.csv thin.csv --val-fraction 0 "${few[@]}"; says 'nan.csv: line 3'
printf 'x,y,label\n1,2,a\n3,1,b\n1,1,a\n' >good.csv
fails_with train frames good.csv thin.csv "${few[@]}"; says 'thin.csv: line 1: the model reads a column y, which is missing'
misused train frames good.csv --label-column z "${few[@]}"; says '--label-column z: no such column among 3'
fails_with eval table dev.idx4 devlabels.idx2; says 'numbers a frame'
fails_with eval table thin.csv; says 'thin.csv: line 1: the model reads a column move, which is missing'
sed -i '$d' folders/2/labels.txt
fails_with train frames folders "${few[@]}"; says 'folders/2/labels.txt: 19 labels for 20 frames'
rm folders/2/labels.txt
fails_with train frames folders "${few[@]}"; says 'no labels.txt beside it'
misused train frames clips.idx4 labels.idx2 --net 'lstm 3 > last > dense' "${few[@]}"; says 'it keeps its steps and ends in dense with 3 outputs'
misused eval back dev.idx4 devlabels.idx2 --protocol windows; says '--protocol is for language models; this model is of the task frames'
echo 'good film' >text
done_with train recall -o memory --kind adding --gap 5 --steps 2 --hidden 4 --quiet
misused eval memory dev.idx4 devlabels.idx2 --picture none.html; says '--picture'

# Bytes that are not UTF-8
printf 'a,b,label\n1,2,x\n3,\377,y\n' >bytes.csv
fails_with train frames bytes.csv -o none; says 'bytes.csv: line 3: byte 3: invalid UTF-8'
