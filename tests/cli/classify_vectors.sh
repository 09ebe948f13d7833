#!/usr/bin/env bash
# Pretrained word vectors in each form, and files that are refused.
. "$(dirname "$0")/lib.bash"
needs_python

for i in $(seq 1 40); do echo "pos	a good fine film $i"; echo "neg	A bad dull café $i"; done >data.tsv

python3 - <<'PYTHON'
import gzip, random, struct
random.seed(1)
words = ["the", "good", "fine", "Film", "film", "bad", "dull", "café", "unused word"]
vectors = {w: [round(random.gauss(0, .4), 4) for _ in range(5)] for w in words}
def lines(some): return "".join(f"{w} {' '.join(map(str, vectors[w]))}\n" for w in some)
def f32(v): return struct.pack(f"<{len(v)}f", *v)
open("glove.txt", "w").write(lines(words))
open("word2vec.txt", "w").write(f"{len(words)} 5\n" + lines(words))
open("word2vec.bin", "wb").write(f"{len(words)} 5\n".encode() + b"".join(w.encode() + b" " + f32(vectors[w]) + b"\n" for w in words))
open("no-breaks.bin", "wb").write(f"{len(words)} 5\n".encode() + b"".join(w.encode() + b" " + f32(vectors[w]) for w in words))
gzip.open("glove.txt.gz", "wb").write(lines(words).encode())
open("cut.bin", "wb").write(open("word2vec.bin", "rb").read()[:-30])
open("nan.txt", "w").write("good nan 1 2 3 4\n")
open("ragged.txt", "w").write("the 1 2 3 4 5\ngood 1 2 three 4 5\n")
open("foreign.txt", "w").write("xyzzy 1 2 3\n")
open("prose.txt", "w").write("This is a text.\nIt has no numbers.\n")

# A fastText model: a matrix of words and pieces, and what each word comes to, as GloVe text.
names, bucket, least, most = ["</s>", "good", "film", "café"], 50, 2, 3
rows = [[random.gauss(0, 1) for _ in range(4)] for _ in range(len(names) + bucket)]
rows = [list(struct.unpack("<4f", f32(r))) for r in rows]
def pieces(word):
    text = "<" + word + ">"
    for i in range(len(text)):
        for n in range(least, most + 1):
            if i + n <= len(text): yield text[i:i + n]
def fnv(text):
    h = 2166136261
    for b in text.encode(): h = ((h ^ (b | 0xFFFFFF00 if b > 127 else b)) * 16777619) & 0xFFFFFFFF
    return h
def vector(word):
    of = ([names.index(word)] if word in names else []) + [len(names) + fnv(p) % bucket for p in pieces(word)]
    return [sum(rows[r][i] for r in of) / len(of) for i in range(4)]
def model(version=12, quantised=0, pruned=-1):
    out = struct.pack("<ii", 793712314, version)
    out += struct.pack("<12i", 4, 5, 5, 1, 5, 1, 1, 1, bucket, least, most, 100) + struct.pack("<d", 1e-4)
    out += struct.pack("<iiiqq", len(names) + 1, len(names), 1, 1000, pruned)
    for n in names: out += n.encode() + b"\0" + struct.pack("<qb", 10, 0)
    out += b"__label__x\0" + struct.pack("<qb", 10, 1)
    out += struct.pack("<Bqq", quantised, len(rows), 4) + b"".join(f32(r) for r in rows)
    return out
open("fasttext.bin", "wb").write(model())
open("old.bin", "wb").write(model(version=11))
open("quantised.bin", "wb").write(model(quantised=1))
open("pruned.bin", "wb").write(model(pruned=3))
open("cut.fasttext", "wb").write(model()[:-100])
tokens = sorted({w.lower() for line in open("data.tsv") for w in line.split("\t")[1].split()})
open("fasttext.txt", "w").write("".join(f"{w} {' '.join(repr(x) for x in vector(w))}\n" for w in tokens))
PYTHON

learn() { done_with train classify data.tsv -o "$1" --overwrite --threads 1 --hidden 6 --steps 3 --token word --vectors "$2" "${@:3}"; }

# Equal vectors give equal models, whatever the form. "film" is found before "Film".
learn glove glove.txt
says 'with a vector (GloVe text, 5 numbers)'; says 'embed 5 >'
for form in word2vec.txt word2vec.bin no-breaks.bin glove.txt.gz; do
    learn other "$form"
    same other/model.safetensors glove/model.safetensors
done
learn other word2vec.bin; says '6 of them with a vector (word2vec binary, 5 numbers)'
done_with train classify data.tsv -o random --threads 1 --hidden 6 --steps 3 --token word --embed 5
if cmp -s random/model.safetensors glove/model.safetensors; then fail 'the vectors change nothing'; fi

# fastText gives every word a vector
learn fasttext fasttext.bin; says '(fastText binary, 4 numbers)'
learn text fasttext.txt; same fasttext/model.safetensors text/model.safetensors
says 'GloVe text'

# In the model: the rows are the vectors, all scaled by the same factor
done_with train classify data.tsv -o still --threads 1 --net 'embed 5 > gru 4 > last > dense' --steps 1 --lr 1e-12 --weight-decay 0 --vectors glove.txt
done_with inspect near still ' good' --count 46 --json; cp out near
python3 - <<'PYTHON'
import json, math
vectors = {l.split()[0]: [float(x) for x in l.split()[1:]] for l in open("glove.txt") if not l.startswith("unused")}
def cosine(a, b): return sum(x * y for x, y in zip(a, b)) / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
o, compared = json.load(open("near")), 0
for n in o["near"]:
    name = (n["unit"] or "").strip()
    if name in vectors and name != "good":
        assert abs(n["cosine"] - cosine(vectors["good"], vectors[name])) < 1e-4, n
        compared += 1
assert compared >= 3, o
PYTHON

# Fixed vectors stay: after many steps the rows equal those after the first step, except for words without a vector
far=(--steps 30 --lr 0.05 --weight-decay 0.5 --average 0)
learn fixed glove.txt "${far[@]}" --vectors-fixed
says 'embed 5 fixed >'
learn moved glove.txt "${far[@]}"
done_with inspect near fixed ' good' --count 46 --json; cp out near-fixed
done_with inspect near moved ' good' --count 46 --json; cp out near-moved
python3 - <<'PYTHON'
import json
def cosines(path): return {n["unit"]: n["cosine"] for n in json.load(open(path))["near"]}
still, fixed, moved = cosines("near"), cosines("near-fixed"), cosines("near-moved")
given = [u for u in still if u and u.strip() in ("the", "good", "fine", "film", "bad", "dull", "café")]
assert len(given) >= 3
assert all(abs(still[u] - fixed[u]) < 1e-6 for u in given), (still, fixed)
assert any(abs(still[u] - moved[u]) > 1e-3 for u in given), (still, moved)
PYTHON
done_with predict fixed data.tsv
misused train classify data.tsv -o none --vectors-fixed; says '--vectors'
misused train classify data.tsv -o none --vectors glove.txt --vectors-fixed --net 'embed 5 > gru 4 > last > dense'; says 'exclude each other'

# For a tagger, too: with characters in addition, the vectors go into the table of words
for w in good film bad dull the other; do printf '1\t%s\t_\t%s\t_\t_\t_\t_\t_\t_\n2\tgood\t_\tX\t_\t_\t_\t_\t_\t_\n\n' "$w" "${w:0:1}"; done >words.conllu
done_with train tag words.conllu -o tagged --val-fraction 0 --threads 1 --hidden 4 --steps 2 --vectors glove.txt --vectors-fixed
says '5 of them with a vector (GloVe text, 5 numbers)'; says 'embed 5 fixed > join chars'
done_with train tag words.conllu -o tagged2 --val-fraction 0 --threads 1 --hidden 4 --steps 2 --vectors word2vec.bin --vectors-fixed
same tagged/model.safetensors tagged2/model.safetensors
misused train tag words.conllu -o none --vectors glove.txt --embed 6 --steps 1; says 'need a network with embed 5'

# Resumed
learn whole glove.txt --steps 6 --schedule constant --save-every 3 --eval-every 3
learn parts glove.txt --schedule constant --save-every 3 --eval-every 3
done_with train classify data.tsv -o parts --resume --threads 1 --hidden 6 --steps 6 --token word --vectors glove.txt --schedule constant --save-every 3 --eval-every 3
same whole/model.safetensors parts/model.safetensors

refuse() { fails_with train classify data.tsv -o none --token word --steps 1 --threads 1 --vectors "$1"; says "$1"; says "$2"; }
refuse cut.bin 'it ends within word 9 of 9'
refuse nan.txt 'it has a vector for none of the'
refuse ragged.txt 'line 2: not a word and 5 numbers'
refuse foreign.txt 'it has a vector for none of the'
refuse prose.txt 'not word vectors'
refuse nowhere.txt 'nowhere.txt'
refuse old.bin "fastText file version 11"
refuse quantised.bin 'a quantised fastText model'
refuse pruned.bin 'a pruned fastText model'
refuse cut.fasttext 'a damaged fastText model'
misused train classify data.tsv -o none --token word --vectors glove.txt --embed 6; says 'need a network with embed 5'
