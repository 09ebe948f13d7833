#!/usr/bin/env bash
# TensorBoard's own reader reads the event file: names, steps and numbers are those of log.jsonl, also after a kill.
# UNROLL_TENSORBOARD_PYTHON names a Python that has tensorboard. Without one, only the bytes are compared with the
# formats' descriptions (tests/train/test_events.c).
. "$(dirname "$0")/lib.bash"
python=${UNROLL_TENSORBOARD_PYTHON:-python3}
"$python" -c 'import tensorboard' 2>/dev/null ||
    { echo "$python has no tensorboard; UNROLL_TENSORBOARD_PYTHON may name one that has"; exit 77; }
make_text 300 >text
options=(--hidden 24 --embed 8 --batch 8 --bptt 16 --eval-every 40 --save-every 20 --sample-every 50 --sample-length 30 --quiet)
options+=(--schedule constant)
saved() { [ -e run/last.safetensors ]; }

"$UNROLL" train lm text -o run --steps 100000 "${options[@]}" >/dev/null 2>&1 &
pid=$!
until_true 60 saved
kill -KILL $pid
wait $pid 2>/dev/null || true
step=$(sed -n 's/.*\\"progress\\":{\\"step\\":\([0-9]*\).*/\1/p' run/last.safetensors | head -n 1)
done_with train lm text -o run --steps $(((${step:-0} / 200 + 1) * 200)) "${options[@]}" --resume
done_with train lm text -o clipped --steps 60 "${options[@]}" --clip-norm 0.05 --clip-value 0.001
done_with train lm text -o without --steps 60 "${options[@]}" --no-events
[ -z "$(ls without | grep events || true)" ] || fail '--no-events: an event file is there'

{ printf '\0\0\010\003\0\0\0\010\0\0\0\005\0\0\0\004'; head -c 160 text; } >pictures.idx
done_with train draw pictures.idx -o painted --steps 2 --hidden 4 --strokes 2 --sample-every 1 --val-fraction 0 --quiet

cat >compare.py <<'END'
import json
import math
import sys
from tensorboard.backend.event_processing import event_accumulator

def read(run):
    events = event_accumulator.EventAccumulator(run, size_guidance={"scalars": 0, "tensors": 0, "images": 0})
    events.Reload()
    return events

def scalars(events, tag):
    return {e.step: e.value for e in events.Scalars(tag)}, len(events.Scalars(tag))

def same(events, tag, log, key):
    ours = {line["step"]: line[key] for line in log if key in line}
    theirs, count = scalars(events, tag)
    assert count == len(theirs), f"{tag}: steps twice"
    assert theirs.keys() == ours.keys(), f"{tag}: steps {theirs.keys() ^ ours.keys()}"
    assert all(math.isclose(theirs[s], ours[s], rel_tol=1e-6) for s in ours), f"{tag}: other numbers than {key}"

run = read("run")
log = [json.loads(line) for line in open("run/log.jsonl")]
assert len(log) > 100
for tag, key in {"loss/training": "loss", "loss/smoothed": "smooth", "loss/validation": "validation", "loss/best": "best",
                 "learning_rate": "lr", "gradient_norm/all": "norm"}.items():
    same(run, tag, log, key)
norms = [tag for tag in run.Tags()["scalars"] if tag.startswith("gradient_norm/") and tag != "gradient_norm/all"]
assert norms[0] == "gradient_norm/embed.weight" and "gradient_norm/rnn.weight_hh_l0" in norms and len(norms) == 7, norms
for e in run.Scalars("gradient_norm/all"):
    parts = sum(scalars(run, tag)[0][e.step] ** 2 for tag in norms)
    assert math.isclose(math.sqrt(parts), e.value, rel_tol=1e-5), f"step {e.step}: the tensors' norms are not the whole"
texts = {e.step: e.tensor_proto.string_val[0].decode() for e in run.Tensors("sample")}
ours = {line["step"]: line["sample"] for line in log if "sample" in line}
assert ours and all(len(text) == 30 for text in ours.values())
assert texts == {step: "    " + text.replace("\n", "\n    ").removesuffix("    " if text.endswith("\n") else "")
                 for step, text in ours.items()}
assert run.summary_metadata["sample"].plugin_data.plugin_name == "text"

for line in log:
    for gate in line.get("gates", []):
        for what in "open", "shut":
            value = scalars(run, f"gates_{what}/layer{gate['layer']}.{gate['gate']}")[0][line["step"]]
            assert math.isclose(value, gate[what], rel_tol=1e-6) and 0 <= value <= 1
assert sorted(tag for tag in run.Tags()["scalars"] if tag.startswith("gates_open")) == [f"gates_open/layer1.{g}" for g in "fio"]

clipped = read("clipped")
assert all(e.value == 1 for e in clipped.Scalars("clipped/steps"))
assert all(0 < e.value < 1 for e in clipped.Scalars("clipped/elements"))
painted = read("painted").Images("sample")
assert [e.step for e in painted] == [1, 2]
assert all((e.width, e.height, e.encoded_image_string[:4]) == (41, 49, b"\x89PNG") for e in painted), painted
assert "clipped/elements" not in run.Tags()["scalars"]
assert all(0 <= e.value <= 1 for e in run.Scalars("clipped/steps"))
print(f"read {len(log)} lines and their events, {len(texts)} samples")
END
"$python" compare.py
