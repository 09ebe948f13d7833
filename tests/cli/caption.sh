#!/usr/bin/env bash
# Captions of pictures: trained from idx, from a folder of files and from features; evaluated; written; and mistakes.
. "$(dirname "$0")/lib.bash"
needs_python

"$SOURCE/tools/scenes" new 40 7
"$SOURCE/tools/scenes" scenes 240
# The same pictures, twice as large, as files; a table that names them, with two captions for the first; and means as
# features.
python3 - <<'PYTHON'
import os, struct
body = open("scenes/pictures-idx4", "rb").read()[20:]
rows = [line.split("\t")[1] for line in open("scenes/captions.tsv").read().splitlines()[1:]]
os.mkdir("files")
picture = lambda n: body[n * 1200:(n + 1) * 1200]
for n in range(40):
    large = b"".join(b"".join(picture(n)[(r // 2 * 20 + c // 2) * 3:][:3] for c in range(40)) for r in range(40))
    open(f"files/{n:03}.ppm", "wb").write(b"P6 40 40 255\n" + large)
with open("named.tsv", "w") as f:
    f.write("file\tcaption\n000\tsomething\n" + "".join(f"{n:03}{'.ppm' * (n % 2)}\t{rows[n]}\n" for n in range(40)))
def npy(name, places, width):
    numbers = [sum(picture(n)[(p * width + d) % 1200::60]) / 20 for n in range(40) for p in range(places) for d in range(width)]
    shape = f"(40, {width})" if places == 1 else f"(40, {places}, {width})"
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (63 - (10 + len(head)) % 64) + b"\n"
    open(name, "wb").write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(head)) + head + struct.pack(f"<{len(numbers)}f", *numbers))
npy("places.npy", 4, 6); npy("whole.npy", 1, 6); npy("wide.npy", 4, 7)
open("rows40.tsv", "w").write("caption\n" + "".join(row + "\n" for row in rows[:40]))
open("text.png", "w").write("no picture")
PYTHON

few=(--threads 1 --quiet --batch 12 --steps 8)
small="image: conv 6 3x3 relu > pool 4 > places; decoder: embed 8 > gru 16 from image > attend image additive > dense"
idx=(scenes/captions.tsv --images scenes/pictures-idx4)

# The model learns, is evaluated and is used
done_with train caption "${idx[@]}" -o run --threads 1 --quiet --batch 12 --steps 150 --lr 0.01 --average 0 --net "$small"
done_with eval run new/captions.tsv --images new/pictures-idx4 --json
json 'o["images"] == 40 and o["bleu"] > 4 and o["loss"] < 1.6 and "captions" not in o' | grep -q True || fail "$(cat out)"
json 'sorted(o)' | grep -q "'bleu', 'bleu_signature', 'exact', 'images', 'images_per_second', 'loss', 'seconds'" || fail "$(cat out)"
judged=$(json '"%.5f" % o["loss"]')
done_with predict run new/pictures-idx4; cp out lines
equal "$(wc -l <lines)" 40
[[ $(sed -n 2p lines) =~ ^a\ (small|large)\ [a-z].*$'\t'new/pictures-idx4:\ image\ 2$ ]] || fail "$(sed -n 2p lines)"
done_with predict run new/pictures-idx4 --json
equal "$(python3 -c 'import json; print("\n".join(json.loads(l)["text"] + "\t" + json.loads(l)["where"] for l in open("out")))')" "$(cat lines)"
done_with predict run files/003.ppm files/004.ppm --n-best 3; equal "$(wc -l <out)" 6
[[ $(head -1 out) =~ ^-[0-9]+\.[0-9]{6}\ \ a\ .*files/003\.ppm$ ]] || fail "$(head -1 out)"
done_with predict run files; equal "$(wc -l <out)" 40; cp out all
done_with predict run files/017.ppm; equal "$(cat out)" "$(sed -n 18p all)" # alone as among others
done_with inspect forcing run new/captions.tsv --images new/pictures-idx4 --threads 1 --json; equal "$(json '"%.5f" % o["loss"]')" "$judged"
json 'all(e["wanted"][-1] == "" and e["source"][:4] == "line" for e in o["examples"])' | grep -q True || fail "$(cat out)"
done_with predict run files/000.ppm --json --attention
json 'o["rows"] == 5 and o["columns"] == 5 and len(o["attention"][0]) == 25 and len(o["picture"]["numbers"]) == 1200' | grep -q True ||
    fail "$(cut -c 1-300 out)"
json 'all(abs(sum(t) - 1) < 1e-4 for t in o["attention"]) and "".join(o["target"]) == " " + o["text"] and len(o["target"]) == len(o["attention"])' |
    grep -q True || fail "$(cut -c 1-300 out)"
done_with predict run files/000.ppm files/001.ppm --attention --html seen.html
grep -qE '^square .* 0\.[0-9]{2}  row [1-5], column [1-5]$|^(circle|triangle) .* 0\.[0-9]{2}  row [1-5], column [1-5]$' out || fail "$(cat out)"
[ "$(grep -c 'id="seen' seen.html)" = 2 ] && grep -q 'href="#seen1"' seen.html && grep -q 'where it looked' seen.html || fail 'there is no picture'

# A sample shows captions during training; the default network; tokens that are characters and pieces
done_with train caption "${idx[@]}" -o shown --threads 1 --batch 12 --steps 2 --sample-every 2 --token char --hidden 8 --embed 4
says '(wanted: a '
done_with info shown; prints 'image: conv 32 3x3 relu > pool 2 > conv 64 3x3 relu > places; decoder: embed 4 > dropout 0.5 > lstm 8 from image > attend image additive > dropout 0.5 > dense'
done_with train caption "${idx[@]}" -o pieces "${few[@]}" --token bpe --vocab-limit 300 --net "$small"

done_with train caption "${idx[@]}" -o fed "${few[@]}" --hidden 8 --embed 4 --attend general --input-feed
done_with info fed; prints ' from image > attend image 8 feed > dropout 0.5 > dense'

# Files of any size, with a table that names them; a picture with two captions is scored once
done_with train caption named.tsv --images files --side 10 -o named "${few[@]}" --net "$small"
done_with eval named named.tsv --images files --json; json 'o["images"] == 40 and o["captions"] == 41 and o["bleu_signature"][:9] == "nrefs:var"' | grep -q True || fail "$(cat out)"
done_with train caption named.tsv --images files --val named.tsv -o named2 "${few[@]}" --net "$small"

# Features
done_with train caption rows40.tsv --features places.npy --val rows40.tsv --val-features places.npy -o places "${few[@]}" --hidden 8 --steps 150 --lr 0.02
done_with info places; prints 'image: dense 8 tanh; decoder: embed 128 > dropout 0.5 > lstm 8 from image > attend image additive'
done_with eval places rows40.tsv --features places.npy; prints 'images'
done_with predict places places.npy --attention; prints '(end)'
done_with predict places places.npy; equal "$(tail -1 out | cut -f 2)" "places.npy: row 40"
done_with train caption rows40.tsv --features whole.npy -o whole "${few[@]}" --hidden 8
done_with info whole; prints 'lstm 8 from image > dropout 0.5 > dense'
fails_with predict whole whole.npy --json --attention; says 'attends to no line'

# Mistakes
misused train caption; says 'which captions? give a table, and the pictures with --images'
misused train caption rows40.tsv; says 'rows40.tsv: give its pictures with --images, or --features'
fails_with train caption rows40.tsv --images new/pictures-idx4x; says 'new/pictures-idx4x: no such file or folder'
fails_with train caption "${idx[0]}" --images new/pictures-idx4; says 'new/pictures-idx4: 40 pictures, but 240 captions in scenes/captions.tsv'
misused train caption "${idx[@]}" --caption-column words; says 'there is no column words; the columns are: 1 number (240 values), 2 caption ('
misused train caption rows40.tsv --images files --file-column 2; says 'there is no column 2; the columns are: 1 caption'
fails_with train caption named.tsv --images new; says 'new/000: no such file or folder'
misused train caption "${idx[@]}" --val new/captions.tsv; says 'new/captions.tsv: give its pictures with --val-images'
misused train caption "${idx[@]}" --val-images files; says '--val-images goes with --val, the table of their captions'
misused train caption "${idx[@]}" --features places.npy; says 'exclude each other'
misused train caption "${idx[@]}" --net 'embed 4 > lstm 5 > dense'; says 'a line takes the picture, and the decoder after it begins from it'
misused train caption "${idx[@]}" --net 'image: conv 2 3x3 > places; lstm 4 from image > dense'; says 'line 2 takes numbers; the last line alone reads tokens'
misused train caption "${idx[@]}" --net 'image: conv 2 3x3 > places; embed 3 > lstm 4 from image > last > dense'; says 'the last line reads tokens and gives'
fails_with train caption rows40.tsv --features places.npy --val rows40.tsv --val-features wide.npy -o wide "${few[@]}"
says 'wide.npy: features of 4 x 7, where those of the training are 4 x 6'
fails_with eval places rows40.tsv --features wide.npy; says 'wide.npy: features of 4 x 7, where those of the training are 4 x 6'
misused eval places rows40.tsv --images files; says '--images: the network takes features; give --features'
misused eval run rows40.tsv --features wide.npy; says '--features: the network sees pictures; give --images'
fails_with predict run text.png; says 'text.png: not a picture: neither PNG, JPEG nor binary PGM or PPM'
fails_with predict places text.png; says 'text.png: not an .npy file: it does not begin with \x93NUMPY'
misused predict run; says 'which files?'
