#!/usr/bin/env bash
# Gates on the terminal, as JSON, and as arrays that fulfil the LSTM's equations; messages about what is refused.
. "$(dirname "$0")/lib.bash"
make_text 200 >text
train text run --cell lstm --layers 2

done_with inspect gates run text
prints 'layer 1: lstm, 24 neurons'; prints 'layer 2: lstm, 24 neurons'; prints 'signal   open      shut'
done_with inspect gates run - <text; prints 'layer 2'
unroll inspect gates run text --threads 1; cp out one
unroll inspect gates run text --threads 3; same out one

needs_python
done_with inspect gates run text --part 0.5:1 --json
equal "$(json '[l["cell"] for l in o["layers"]], [s["name"] for s in o["layers"][0]["signals"]]')" \
    "(['lstm', 'lstm'], ['i', 'f', 'g', 'o', 'c', 'h'])"
equal "$(json 'all(len(s["units"]["mean"]) == 24 for l in o["layers"] for s in l["signals"])')" True
equal "$(json 'abs(sum(o["layers"][1]["signals"][1]["units"]["open"]) / 24 - o["layers"][1]["signals"][1]["open"]) < 1e-9')" True

# Refused
misused inspect; says 'inspect what? give one of '; says gates
misused inspect gatse run text; says "inspect what? 'gatse' is not known; give one of "
misused inspect gates; says 'which model?'
misused inspect gates run; says 'which text?'
misused inspect gates run text --part 1; says "--part: '1' is not allowed"
misused inspect gates run text --signals c; says '--signals belongs to --dump FILE.npz'
misused inspect gates run text --dump text; says 'text exists; --overwrite replaces it'
fails_with inspect gates run nothing; says 'nothing: no such file or folder'
fails_with inspect gates nothing text; says 'nothing'
printf a >short
fails_with inspect gates run short; says 'the text has 1 tokens; at least 2 are needed'
done_with help inspect gates; prints 'unroll inspect gates MODEL DATA... [option...]'
done_with inspect gates --help; prints 'unroll inspect gates MODEL DATA... [option...]'

if ! "$UNROLL" --version | grep -q 'npz'; then
    fails_with inspect gates run text --dump all.npz; says '.npz files are not built in; install libminizip-dev'
    left_out 'the arrays of --dump' 'this build writes no .npz files'
    exit 0
fi
misused inspect gates run text --dump all.npz --signals z; says "--signals: 'z' is not a signal of"
misused inspect gates run text --dump all.npz --signals h,z; says "--signals: 'z' is not a signal of"
[ ! -e all.npz ] || fail 'a file was left'
done_with inspect gates run text --dump all.npz
cp all.npz again.npz
done_with inspect gates run text --dump all.npz --overwrite; same all.npz again.npz
fails_with inspect gates run text --dump nowhere/all.npz; says 'nowhere/all.npz: cannot'
python=${UNROLL_PYTHON:-python3}
"$python" -c 'import numpy' 2>/dev/null || { echo 'numpy is missing: the arrays cannot be read'; exit 77; }
"$python" - <<'TEXT'
import numpy
arrays = numpy.load("all.npz")
assert sorted(arrays) == sorted(["units"] + [s + l for s in "ifgoch" for l in "12"]), sorted(arrays)
text = open("text").read()
units = arrays["units"]
assert units.shape == (len(text),) and len(set(zip(units, text))) == len(set(text)), units.shape
for layer in "12":
    i, f, g, o, c, h = (arrays[s + layer].astype("f8") for s in "ifgoch")
    assert c.shape == (len(text), 24)
    before = numpy.vstack([numpy.zeros((1, 24)), c[:-1]])
    assert abs(c - (f * before + i * g)).max() < 1e-5 * max(1, abs(c).max())
    assert abs(h - o * numpy.tanh(c)).max() < 1e-6
TEXT
