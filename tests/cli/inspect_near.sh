#!/usr/bin/env bash
# unroll inspect near: neighbours of a token in an embedding, as text, JSON and a report; and its messages if there are
# none.
. "$(dirname "$0")/lib.bash"
needs_python
make_text 200 >text
train text run

# The first neighbours and their order, against the table itself
done_with inspect near run c --count 3
prints 'nearest to c among '; equal "$(wc -l <out)" 4
done_with inspect near run c --count 1000 --json; equal "$(wc -l <out)" 1
equal "$(json 'sorted(o), o["unit"]')" "(['id', 'near', 'unit', 'units'], 'c')"
cat >check.py <<'PYTHON'
import json, struct, sys
o = json.load(open("out"))
blob = open("run/model.safetensors", "rb").read()
size = struct.unpack("<Q", blob[:8])[0]
entry = json.loads(blob[8:8 + size])["embed.weight"]
rows, width = entry["shape"]
data = blob[8 + size:][slice(*entry["data_offsets"])]
table = [struct.unpack_from("<%df" % width, data, 4 * width * i) for i in range(rows)]
dot = lambda a, b: sum(x * y for x, y in zip(a, b))
own = table[o["id"]]
cosine = {i: dot(own, t) / (dot(own, own) * dot(t, t)) ** .5 for i, t in enumerate(table) if i != o["id"]}
assert rows == o["units"] and [n["id"] for n in o["near"]] == sorted(cosine, key=lambda i: -cosine[i])
assert all(abs(n["cosine"] - cosine[n["id"]]) < 1e-9 for n in o["near"])
if "places" in o:
    variance = lambda k: sum(p[k] ** 2 for p in o["places"])
    mean = [sum(t[k] for t in table) / rows for k in range(width)]
    total = sum((t[k] - mean[k]) ** 2 for t in table for k in range(width))
    assert len(o["places"]) == rows and all(abs(sum(p[k] for p in o["places"])) < 1e-6 for k in (0, 1))
    assert all(abs(variance(k) / total - o["share"][k]) < 1e-6 for k in (0, 1)) and o["share"][0] > o["share"][1] > 0
    assert abs(sum(p[0] * p[1] for p in o["places"])) < 1e-6 * total
PYTHON
python3 check.py || fail "the neighbours are not those of the table"
done_with inspect near run c --count 1000 --json --coordinates
python3 check.py || fail "the plane is not that of the table"

# A report
done_with inspect near run ' ' --html near.html; prints 'nearest to ␣ among'
grep -qF '<h1>Near “␣”</h1>' near.html || fail "the report has no title"
! grep -qiE '<script|https?://[^"]*"[^>]*(src|href)|(src|href)=' near.html || fail "the report loads something"
equal "$(grep -c '<svg ' near.html)" 2
done_with inspect near run ' ' --json --coordinates
cat >dots.py <<'PYTHON'
import json, re
places = json.load(open("out"))["places"]
path = re.search('class="dots".*? d="([^"]*)"', open("near.html").read()).group(1)
dots = [(float(x), -float(y)) for x, y in re.findall("M([0-9.]+) ([0-9.]+)h0", path)]
def spread(points):
    wide = [max(p[k] for p in points) - min(p[k] for p in points) for k in (0, 1)]
    return wide[0], sorted((p[0] - points[0][0]) / wide[0] for p in points), wide[1] / wide[0]
places.insert(0, places.pop(json.load(open("out"))["id"])) # as the token asked for is the first dot
a, b = spread(places), spread(dots)
assert len(dots) == len(places) and abs(a[2] - b[2]) < 1e-3 and all(abs(p - q) < 1e-3 for p, q in zip(a[1], b[1]))
PYTHON
python3 dots.py || fail "the dots are not the places"
misused inspect near run c --html near.html; says 'near.html exists; --overwrite replaces it'
done_with inspect near run c --html near.html --overwrite; grep -qF 'Near “c”' near.html || fail "near.html is the old one"
fails_with inspect near run c --html nowhere/near.html; says 'nowhere/near.html: cannot create'; is_silent

# Words: with the space before them, unless --exact is given
train text words --unit word --min-count 2
done_with inspect near words cat --json; equal "$(json 'o["unit"]')" ' cat'
done_with inspect near words . --json; equal "$(json 'o["unit"]')" .
done_with inspect near words the --json; the=$(json 'o["unit"]'); equal "$the" ' the'
done_with inspect near words the --json --exact; equal "$(json 'o["unit"]')" 'the'
done_with inspect near words the --exact; prints 'nearest to |the among'
fails_with inspect near words hous; says "'hous' is not one of the model's"; says "the most similar one is 'house'"
fails_with inspect near words 'cat dog'; says "'cat dog' is 2 of the model's tokens; give one"

# What is refused
fails_with inspect near run Q; says "not one of the model's"
fails_with inspect near run the; says "'the' is 3 of the model's tokens; give one"
misused inspect near run; says 'near which token?'
misused inspect near run ''; says 'near which token?'
misused inspect near run c --coordinates; says '--coordinates belongs to --json'
misused inspect near run c --count 0; says '--count'
done_with train lm text -o onehot --net 'onehot > rnn 8 > dense' --steps 2 --quiet
fails_with inspect near onehot c
says "the network 'onehot > rnn 8 > dense' has no embedding"; says 'train one with --embed 64'; is_silent
