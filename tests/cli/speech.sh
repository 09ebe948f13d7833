#!/usr/bin/env bash
# Speech in recordings: tables and folders; trained, evaluated, and written down from files and as samples come.
. "$(dirname "$0")/lib.bash"
needs_python

# Letters are tones of an eighth of a second: a low, b middle, c high. There are 60 recordings of 1 to 4 letters, by two
# speakers.
python3 - <<'PYTHON'
import math, os, random, struct, wave
random.seed(5)
RATE, TONE = 4000, dict(a=300, b=700, c=1300)
def say(name, text, rate=RATE, channels=1):
    sound = []
    for letter in text:
        sound += [0] * int(rate * random.uniform(0.02, 0.05))
        if letter in TONE: sound += [int(9000 * math.sin(2 * math.pi * TONE[letter] * t / rate)) for t in range(rate // 8)]
    sound += [0] * (rate // 25)
    sound = [s + random.randint(-200, 200) for s in sound for _ in range(channels)]
    with wave.open(name, "wb") as w:
        w.setnchannels(channels); w.setsampwidth(2); w.setframerate(rate)
        w.writeframes(struct.pack(f"<{len(sound)}h", *sound))
os.makedirs("sounds/clips"); os.mkdir("letters")
rows = []
for i in range(60):
    text = "".join(random.choice("abc") for _ in range(1 + i % 4))
    say(f"sounds/clips/{i:02}.wav", text)
    rows.append((f"clips/{i:02}.wav", text, "Eve" if i % 2 else "Bob"))
line = lambda rows, mark="\t": "".join(mark.join(r) + "\n" for r in rows)
head = ("path", "sentence", "speaker")
open("sounds/train.tsv", "w").write(line([head] + rows[:48]))
open("sounds/dev.tsv", "w").write(line([head] + rows[48:]))
open("sounds/plain.tsv", "w").write(line([r[:2] for r in rows[:48]]))
open("sounds/turned.csv", "w").write('who;"what; said";where\r\n' + "".join(f'{s};"{t}";{p}\r\n' for p, t, s in rows[48:]))
open("sounds/other.tsv", "w").write(line([head] + rows[48:50] + [("clips/50.wav", "azb", "Bob")]))
open("sounds/hasty.tsv", "w").write(line([head] + rows[48:50] + [("clips/50.wav", "abcabcabcabcabcabcabcabc" * 3, "Bob")]))
for i in range(24): say(f"letters/{'abc'[i % 3]}_{'Eve' if i % 2 else 'Bob'}_{i}.wav", "abc"[i % 3])
open("letters/readme.txt", "w").write("letters\n")
say("fast.wav", "cab", 8000, 2)
say("raw.wav", "bca")
open("raw", "wb").write(wave.open("raw.wav").readframes(1 << 20))
open("one.tsv", "w").write("sounds/clips/01.wav\n")
open("gone.tsv", "w").write("sounds/clips/01.wav\tab\nsounds/clips/99.wav\tab\n")
open("empty.tsv", "w").write("sounds/clips/01.wav\tab\nsounds/clips/02.wav\t \n")
open("uneven.tsv", "w").write("sounds/clips/01.wav\tab\nsounds/clips/02.wav\tab\tEve\n")
open("none.tsv", "w").write("file\ttranscript\n")
open("noise.wav", "w").write("this is no sound")
open("bad.tsv", "w").write("noise.wav\tab\n")
PYTHON

small=(--threads 1 --quiet --batch 8 --lr 0.01 --average 0 --hidden 24 --layers 1)
done_with train speech sounds/train.tsv --val sounds/dev.tsv -o both "${small[@]}" --steps 120
done_with info both; prints 'lstm 24 bi > dropout 0.3 > dense > ctc'
done_with train speech sounds/plain.tsv --val sounds/dev.tsv -o back "${small[@]}" --steps 160 --look back --no-augment
for model in both back; do
    done_with eval $model sounds/dev.tsv --json
    json 'o["cer"] < 0.15 and o["wer"] <= 1 and o["utterances"] == 12 and o["unknown"] == 0 and o["left_out"] == 0' | grep -q True ||
        fail "$model has not learnt: $(cat out)"
done
equal "$(json 'sorted(o)')" "['cer', 'characters', 'data', 'exact', 'left_out', 'loss', 'seconds', 'unknown', 'utterances', 'wer', 'words']"
figures() { json '{k: o[k] for k in o if k != "seconds"}'; }
figures >wanted
done_with eval back sounds/turned.csv --file-column where --transcript-column 2 --json; figures >got; same got wanted
printf 'fast.wav\tcab\n' >fast.tsv
done_with eval back fast.tsv; prints '1 recordings of 4000 Hz; 1 of another rate (8000 Hz) resampled'
done_with eval back sounds/other.tsv --json
json 'o["unknown"] == 1 and o["utterances"] == 3 and 0 < o["cer"] < 0.6' | grep -q True || fail "$(cat out)"
done_with eval back sounds/hasty.tsv --json; json 'o["left_out"] == 1 and o["utterances"] == 2' | grep -q True || fail "$(cat out)"

# Answers: one line for each file, as a table. Samples as they come give the text that the file gives
done_with predict back sounds/clips/48.wav sounds/clips/49.wav fast.wav
equal "$(wc -l <out)" 3
equal "$(sed -n 3p out)" $'fast.wav\tcab'
done_with predict back raw.wav; cut -f 2 out >from_file
unroll predict back <raw; ends 0; same out from_file
equal "$(cat out)" bca
unroll predict back --json <raw; ends 0
equal "$(wc -l <out)" 4
python3 - <<'PYTHON' || fail "$(cat out)"
import json
said = [json.loads(line) for line in open("out")]
assert [s["text"] for s in said] == ["b", "bc", "bca", "bca"] and [s["final"] for s in said] == [False] * 3 + [True], said
assert all(a["seconds"] < b["seconds"] for a, b in zip(said, said[1:])), said
PYTHON
unroll predict both <raw; ends 0; equal "$(cat out)" bca
done_with predict both raw.wav --json; json 'o["file"] == "raw.wav" and o["text"] == "bca" and abs(o["seconds"] - 0.5) < 0.1' | grep -q True || fail "$(cat out)"
unroll predict back <raw.wav; ends 1; says 'a WAV file instead of raw samples; name it as a file'
head -c 1001 raw >odd; unroll predict back <odd; ends 1; says 'it ends within a frame, after 1 of its 2 bytes'
done_with predict back letters; equal "$(wc -l <out)" 24

# A decoder that attends to the recording: evaluated, and equal for files and streams
done_with train speech sounds/train.tsv --val sounds/dev.tsv -o attends "${small[@]}" --decoder attention --embed 8 --steps 250 --lr 0.02
done_with info attends; prints 'sound: lstm 24 bi; decoder: embed 8 > lstm 48 > attend sound 24 additive feed > dropout 0.3 > dense'
done_with eval attends sounds/dev.tsv --json
json 'o["cer"] < 0.45 and o["utterances"] == 12 and o["characters"] == 30' | grep -q True || fail "it has not learnt: $(cat out)"
done_with predict attends raw.wav --beam 1; cut -f 2 out >from_file
unroll predict attends --beam 1 <raw; ends 0; same out from_file
done_with eval attends sounds/dev.tsv --json; judged=$(json '"%.5f" % o["loss"]')
done_with inspect forcing attends sounds/dev.tsv --threads 1 --json; equal "$(json '"%.5f" % o["loss"]')" "$judged"
json 'o["sentences"] == 12 and o["tokens"] == 42 and o["examples"][0]["source"][-4:] == ".wav" and o["examples"][0]["wanted"][-1] == ""' | grep -q True || fail "$(cat out)"
fails_with inspect forcing both sounds/dev.tsv; says 'this model of the task speech has no decoder'
done_with predict attends raw.wav --beam 1 --json --attention
json 'o["step_seconds"] == 0.03 and len(o["target"]) == len(o["attention"]) and o["target"][-1] == "" and "".join(o["target"]) == o["text"]' |
    grep -q True || fail "$(cat out)"
json 'all(abs(sum(t) - 1) < 1e-4 and len(t) == len(o["attention"][0]) for t in o["attention"])' | grep -q True || fail "$(cat out)"
done_with predict attends raw.wav --attention --html heard.html
grep -qE '^[abc] +0\.[0-9]{2}  at 0\.[0-9]{2} s$' out || fail "$(cat out)"
grep -q 'darkest there' heard.html && grep -q '<svg viewBox="0 0 ' heard.html || fail 'there is no picture'
misused predict both raw.wav --attention; says '--attention: a model with ctc has no attention'
misused predict attends raw.wav --lm both; says '--lm: a model with attention does not use a language model; leave it out'
misused train speech sounds/train.tsv -o no --decoder attention --net 'lstm 8 > dense > ctc'; says '--decoder and --net exclude each other'
misused train speech sounds/train.tsv -o no --net 'a: lstm 8; embed 4 > lstm 8 from a > dense 9'; says 'the last line reads tokens and gives 4 numbers for each'
misused train speech sounds/train.tsv -o no --net 'a: lstm 8; lstm 8 > dense'; says 'line 2 takes numbers; the last line alone reads tokens'

# Strings of joined letters: different in each epoch of the training set, always the same in the validation set
from=(--transcript-from '{transcript}_*.wav' --speaker-from '*_{speaker}_*')
join=(train speech letters "${from[@]}" --join 2-3 --val-match '*_*[02468].wav')
done_with "${join[@]}" -o told --threads 1 --hidden 5 --steps 1
says '24 recordings of 4000 Hz (1 other files left out); joined to strings of 2 to 3, each by one of 2 speakers; 12 to train on, 12 to validate on; 3 different words'
done_with "${join[@]}" -o joined "${small[@]}" --steps 120
done_with eval joined letters --json; figures >wanted
json 'o["wer"] < 0.3 and o["utterances"] == 24 and 48 <= o["words"] <= 72' | grep -q True || fail "it has not learnt: $(cat out)"
done_with eval joined letters --json; figures >got; same got wanted
done_with eval joined letters --join 1 --json; json 'o["words"] == 24' | grep -q True || fail "$(cat out)"

# A beam search, and a language model of lines that takes part in it
awk 'BEGIN { for (i = 0; i < 300; i++) print substr("abcabcabc", 1 + i % 3, 1 + i % 4) }' >lines
done_with train lm lines -o lm --token char --hidden 12 --layers 1 --embed 4 --batch 4 --bptt 16 --steps 80 --lr 0.02 --quiet --threads 1
done_with eval back sounds/dev.tsv --json; cp out greedy
done_with eval back sounds/dev.tsv --beam 8 --json
json 'o["cer"] < 0.15' | grep -q True || fail "$(cat out)"
done_with eval back sounds/dev.tsv --lm lm --json --lm-weight 0; json 'o["cer"] < 0.15' | grep -q True || fail "$(cat out)"
done_with predict back raw.wav --lm lm/model.safetensors --lm-weight 0.2; equal "$(cut -f 2 out)" bca
unroll predict back --beam 4 <raw; ends 0; equal "$(cat out)" bca
misused predict back raw.wav --lm back; says '--lm back: not a language model of characters (unroll train lm)'
awk 'BEGIN { for (i = 0; i < 300; i++) print substr("abab", 1 + i % 2, 2) }' >ab
done_with train lm ab -o ab.run --token char --hidden 6 --layers 1 --embed 4 --batch 4 --bptt 16 --steps 60 --lr 0.02 --quiet --threads 1
done_with predict back raw.wav --lm ab.run --lm-weight 9; equal "$(cut -f 2 out)" ba # the model has never read a c
awk 'BEGIN { for (i = 0; i < 300; i++) print substr("c c b c c", 1 + 2 * (i % 3), 3) }' >words
done_with train lm words -o words.run --token char --hidden 6 --layers 1 --embed 4 --batch 4 --bptt 16 --steps 30 --lr 0.02 --quiet --threads 1
done_with predict joined letters/b_Eve_1.wav --lm words.run; equal "$(wc -w <out)" 2
misused predict both raw.wav --lm-weight 11; says '--lm-weight'

# Mistakes
fails_with train speech one.tsv -o no; says 'one.tsv: line 1: only one column; a line is a file, a tab and its transcript'
fails_with train speech gone.tsv -o no; says 'gone.tsv: line 2: sounds/clips/99.wav: no such file'
fails_with train speech empty.tsv -o no; says 'empty.tsv: line 2: a recording without a transcript; take the line out'
fails_with train speech uneven.tsv -o no; says 'uneven.tsv: line 2: 3 columns; the first line has 2'
fails_with train speech none.tsv -o no; says 'none.tsv: it names no recordings; its first line was taken as a header (--header no if it is not one)'
cp noise.wav noise
fails_with predict both noise; says 'noise: not a recording: its name does not end in .wav'
fails_with predict both noise.wav; says 'noise.wav: not a WAV file'
fails_with train speech bad.tsv -o no; says 'noise.wav: not a WAV file'
misused train speech letters -o no; says 'say where the file names have them, such as --transcript-from {transcript}_*.wav'
misused train speech letters -o no --transcript-from '{label}_*'; says 'the pattern {label}_*: it must have {transcript} exactly once'
fails_with train speech letters -o no --transcript-from '{transcript}-*'; says 'its name does not match the pattern {transcript}-*'
misused train speech sounds/train.tsv letters -o no; says 'give tables, or recordings, not both'
misused train speech sounds/train.tsv -o no --join 3-2; says '--join 3-2: two whole numbers from 1 to 32, such as 3-7'
misused train speech sounds/train.tsv -o no --token byte; says '--token byte: speech is spelled in characters or words'
misused train speech sounds/train.tsv -o no --transcript-column said; says 'no column said among its 3'
misused train speech sounds/train.tsv -o no --net 'lstm 8 bi > dense'; says 'ends in dense > ctc, for 3 tokens and the blank'
misused predict both sounds/clips/01.wav --whole; says '--whole is for models that read text'
