#!/usr/bin/env bash
# A run as text, as one JSON object, and as a page. The numbers are those of the log, and hostile samples stay text. For
# logs that are missing, cut off or of another kind, one line says where the fault is.
. "$(dirname "$0")/lib.bash"
needs_python
make_text 200 >text
hostile=$'</pre><script>alert(1)</script> & \033[31mred\033[0m \342\200\256 \302\233 \357\273\277 <b title="x" onload=\'y\'>'
printf '%s\n' "$hostile" "$hostile" >>text
options=(--batch 8 --bptt 16 --eval-every 20 --save-every 20 --sample-every 10 --sample-length 60 --quiet)
done_with train lm text -o run --net 'embed 8 > lstm 14 > gru 9 > dense' "${options[@]}" --steps 120

done_with inspect run run; cp out shown
prints 'updates     120'; prints ' smoothed, from '; prints 'validation  '; prints 'gradient    norm'
prints 'gates       layer 1, open|shut:  i '; prints 'gates       layer 2, open|shut:  r '
prints 'A smoothed training loss'; prints 'B validation loss'; prints '---- sample after 10 steps'; prints '---- sample after 120 steps'
done_with inspect run run/log.jsonl; same <(tail -n +2 out) <(tail -n +2 shown)

done_with inspect run run --json
cat >same.py <<'END'
import json
o = json.load(open("out"))
log = [json.loads(line) for line in open("run/log.jsonl")]
updates, evaluations = [l for l in log if "loss" in l], [l for l in log if "validation" in l]
near = lambda ours, theirs: len(ours) == len(theirs) and all(abs(a - b) <= 1e-9 * abs(b) for a, b in zip(ours, theirs))
for key, name in {"step": "step", "loss": "loss", "smooth": "smooth", "rate": "lr", "norm": "norm", "units": "units"}.items():
    assert near(o["updates"][key], [l[name] for l in updates]), key
assert near(o["evaluations"]["loss"], [l["validation"] for l in evaluations])
assert near(o["evaluations"]["best"], [l["best"] for l in evaluations])
assert o["steps"] == 120 and o["units"] == updates[-1]["units"] and isinstance(o["units"], int)
assert near([o["best"], o["validation"]], [min(l["validation"] for l in evaluations), evaluations[-1]["validation"]])
assert o["best_step"] in [l["step"] for l in evaluations if abs(l["validation"] - o["best"]) < 1e-9]
assert [(g["layer"], g["gate"]) for g in o["gates"]] == [(1, "i"), (1, "f"), (1, "o"), (2, "r"), (2, "z")]
for k, gate in enumerate(o["gates"]):
    for what in "open", "shut":
        assert near(gate[what], [l["gates"][k][what] for l in evaluations])
assert [(s["step"], s["text"]) for s in o["samples"]] == [(l["step"], l["sample"]) for l in log if "sample" in l]
assert len(o["samples"]) >= 12
END
python3 same.py || fail 'other numbers than those of the log'

# Several runs next to each other, one of them without evaluations
done_with train lm text -o beside --net 'embed 8 > rnn 14 > dense' --batch 8 --bptt 16 --eval-every 1000 --steps 40 --quiet
grep -v '"validation"' beside/log.jsonl >plain.jsonl
done_with inspect run run plain.jsonl; prints ' run'; prints 'plain.jsonl'; prints 'updates'; prints 'minutes'
done_with inspect run run plain.jsonl --json
json '[len(o["runs"]), o["runs"][0]["best"] < 9, o["runs"][1]["best"], o["runs"][1]["steps"]]' | grep -qF '[2, True, None, 40]' || fail "$(cut -c1-300 out)"
done_with inspect run run plain.jsonl --html runs.html; [ "$(grep -o '<svg ' runs.html | wc -l)" = 2 ] || fail 'not two charts'
misused inspect run run run run run run run run run run; says 'one argument too many'

# The page is one file that loads nothing, and its text is only text
done_with inspect run run --html page.html
cat >page.py <<'END'
import html.parser, re, sys
text = open(sys.argv[1], encoding="utf-8").read()
assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff]", text)
class Page(html.parser.HTMLParser):
    tags, headings, inside = [], [], None
    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.inside = tag
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attributes), (tag, attributes)
    def handle_data(self, data):
        if self.inside in ("h2", "h3") and data.strip(): self.headings.append(data.strip())
page = Page()
page.feed(text)
assert not {"script", "img", "link", "iframe", "b"} & set(page.tags), set(page.tags)
assert page.tags.count("svg") == 5
assert page.headings[:5] == ["Loss", "Learning rate", "Gradient", "Gates", "Samples"], page.headings
assert page.headings[5] == "After 10 steps" and page.headings[-1] == "After 120 steps", page.headings
assert page.tags.count("pre") == len(page.headings) - 5 <= 10, page.headings
END
python3 page.py page.html || fail 'the page is not as it should be'
misused inspect run run --html page.html; says 'page.html exists'; says '--overwrite'
done_with inspect run run --html page.html --overwrite

# Samples may hold anything
{
    grep -m 1 loss run/log.jsonl
    TEXT=$hostile python3 -c 'import json, os; print(json.dumps({"step": 10**6, "epoch": 1, "sample": os.environ["TEXT"] + "\n\u202e\x1b"}))'
} >hostile.jsonl
done_with inspect run hostile.jsonl --html hostile.html
! grep -aqP '\x1b|\xe2\x80\xae|\xc2\x9b|\xef\xbb\xbf' out || fail 'a control reaches the terminal'
prints '\x1b[31mred'; prints '\u202e'
python3 - <<'END' || fail 'hostile text acts in the page'
text = open("hostile.html", encoding="utf-8").read()
assert "<script" not in text and "&lt;script&gt;" in text and "\x1b" not in text and "\u202e" not in text
END

# A run without validation and gates; a run that was killed while it wrote a line
done_with train lm text -o plain --net 'onehot > rnn 8 > dense' "${options[@]}" --steps 12 --val-fraction 0 --sample-length 0
done_with inspect run plain --html plain.html
! grep -qE 'validation|gates|sample after' out || fail 'tells what it cannot know'
! grep -qE '<h2>(Gates|Samples)' plain.html || fail 'an empty section'
printf '{"step":13,"epo' >>plain/log.jsonl
done_with inspect run plain; says 'plain/log.jsonl: line 13 is cut off'
done_with inspect run plain --json; equal "$(json 'o["steps"], len(o["updates"]["step"]), o["best"], o["samples"], o["gates"]')" '(12, 12, None, [], [])'

# Bad input: the message says where, what, and what to do
fails_with inspect run nothing; says 'nothing'; equal "$(wc -l <err)" 1
mkdir empty; fails_with inspect run empty; says 'empty/log.jsonl'; says 'check the name'
: >log; fails_with inspect run log; says 'log: it has no updates'
refused() { printf '%b' "$1" >log; fails_with inspect run log; says "$2"; equal "$(wc -l <err)" 1; is_silent; }
refused '{"step":1,"loss":2}\n{"step":2,\n' 'log: line 2: not JSON'
refused '{"epoch":1,"train_loss":2}\n' 'log: line 1: "step" is not a whole number; is it the log of unroll train?'
refused '{"step":1,"loss":2}\n{"step":2,"loss":"low"}\n' 'log: line 2: "loss" is not a number'
refused '{"step":7,"loss":2}\n\n' 'log: line 2: not JSON'
refused '{"step":7,"loss":2}\n{"step":6,"loss":2}\n' 'log: line 2: step 6 comes after step 7'
refused '{"step":7,"loss":2}\n{"step":7,"sample":3}\n' 'log: line 2: "sample" is not a text'
refused '{"step":7,"loss":2}\n{"step":7,"validation":3,"gates":[{"layer":0}]}\n' 'log: line 2: "layer" is not'
refused '[1]\n' 'log: line 1'
refused '\0\0\0\xff\n' 'log: line 1: not JSON'
fails_with inspect run run/model.safetensors; says 'model.safetensors: line 1'
misused inspect run; says 'which run?'
if has_full_disk; then
    "$UNROLL" inspect run run >/dev/full 2>err && fail 'a full disk went unnoticed'
    says 'standard output: cannot write'
fi
