#!/usr/bin/env python3
"""Minutes until the validation loss of tiny Shakespeare falls under 1.60 and 1.55: PyTorch, then `unroll train lm`.

    bench/time_to_quality.py input.txt --unroll build/unroll --python v/bin/python --threads 2

Both use the settings that `unroll train lm input.txt` chooses for such a text (src/task/lm/settings.c): embed 64, LSTM
512, dropout 0.3, dense; 32 lanes over the first 90 % of the text, windows of 128, with the state carried and set to
zero at the beginning of each pass; AdamW 4e-3 with decay 0.01, cosine to a twentieth over all the steps, gradient
clipped to norm 1; weights drawn from the same distributions. The validation text is the last 10 %, in 32 lanes, with
the state carried, every --every steps. Seconds are those of the updates alone, on both sides: neither evaluation nor
saving counts.
"""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

LANES, WINDOW, WIDTH, HIDDEN, DROPOUT = 32, 128, 64, 512, 0.3
RATE, FLOOR, DECAY, CLIP = 4e-3, 0.05, 0.01, 1.0
LIMITS = (1.60, 1.55)


# ---- PyTorch: run by an interpreter that has it ----------------------------------------------------------------------------

def windows(torch, ids):
    """Yields all windows of a pass: (T, B) ids and targets. Lanes are equal parts of the text, as in
    src/task/lm/lanes.c."""
    each = len(ids) // LANES
    lanes = torch.tensor(ids[:LANES * each]).view(LANES, each).t().contiguous()
    for at in range(0, (each - 2) // WINDOW * WINDOW, WINDOW):
        yield lanes[at:at + WINDOW], lanes[at + 1:at + WINDOW + 1]


def read(path):
    """Returns the ids of the training and of the validation text, and how many ids there are; the last one is for
    unknown characters."""
    text = pathlib.Path(path).read_text(encoding="utf-8")
    cut = int(len(text) * 0.9)
    known = {c: i for i, c in enumerate(sorted(set(text[:cut])))}
    ids = [known.get(c, len(known)) for c in text]
    return ids[:cut], ids[cut:], len(known) + 1


def network(torch, symbols):
    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(symbols, WIDTH)  # N(0, 1); the others uniform in 1/sqrt(H), as in ours
            self.lstm = torch.nn.LSTM(WIDTH, HIDDEN)
            self.drop = torch.nn.Dropout(DROPOUT)
            self.dense = torch.nn.Linear(HIDDEN, symbols)

        def forward(self, x, state):
            y, state = self.lstm(self.embed(x), state)
            return self.dense(self.drop(y)), state
    return Model()


def rate(step, steps):
    return RATE * (FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * step / steps)) / 2)


def validate(torch, model, ids):
    loss, count, state = 0.0, 0, None
    model.eval()
    with torch.inference_mode():
        for x, y in windows(torch, ids):
            logits, state = model(x, state)
            loss += torch.nn.functional.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="sum").item()
            count += y.numel()
    model.train()
    return loss / count


def update(torch, model, adam, window, state):
    logits, state = model(window[0], state)
    adam.zero_grad()
    torch.nn.functional.cross_entropy(logits.flatten(0, 1), window[1].flatten()).backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    adam.step()
    return tuple(s.detach() for s in state)


def train_peer(a):
    import torch
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    train, validation, symbols = read(a.text)
    model, batches = network(torch, symbols), list(windows(torch, train))
    adam = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    state, seconds = None, 0.0
    for step in range(a.steps):
        begin = time.perf_counter()
        if step % len(batches) == 0:
            state = None
        adam.param_groups[0]["lr"] = rate(step, a.steps)
        state = update(torch, model, adam, batches[step % len(batches)], state)
        seconds += time.perf_counter() - begin
        if (step + 1) % a.every == 0 or step + 1 == a.steps:
            print(json.dumps({"step": step + 1, "seconds": seconds, "loss": validate(torch, model, validation)}),
                  flush=True)


# ---- Both ----------------------------------------------------------------------------------------------------------------

def lines_of(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        yield from process.stdout
    if process.returncode:
        sys.exit(f"time_to_quality.py: {command[0]} ended with status {process.returncode}")


def shown(side, point):
    print(f"{side:8} step {point['step']:5} {point['seconds'] / 60:7.2f} min  loss {point['loss']:.4f}", file=sys.stderr)
    return point


def run_peer(a):
    command = [a.python, __file__, a.text, "--run-peer", "--steps", str(a.steps), "--every", str(a.every),
               "--threads", str(a.threads)]
    return [shown("PyTorch", json.loads(line)) for line in lines_of(command)]


def between(seconds, step):
    """Returns the seconds at a step, interpolated between the logged steps around it."""
    before, after = max(s for s in seconds if s <= step), min(s for s in seconds if s >= step)
    share = (step - before) / (after - before) if after > before else 0
    return seconds[before] + share * (seconds[after] - seconds[before])


def run_ours(a):
    """Trains, and returns the evaluations. The log has lines with `seconds` at some steps, and one with `validation`
    for each evaluation."""
    with tempfile.TemporaryDirectory() as folder:
        command = [a.unroll, "train", "lm", a.text, "-o", f"{folder}/run", "--steps", str(a.steps), "--eval-every",
                   str(a.every), "--sample-every", str(a.steps), "--threads", str(a.threads), "--quiet"]
        for _ in lines_of(command):
            pass
        log = [json.loads(line) for line in pathlib.Path(folder, "run", "log.jsonl").read_text().splitlines()]
    seconds = {0: 0.0, **{line["step"]: line["seconds"] for line in log if "seconds" in line}}
    return [shown("unroll", {"step": line["step"], "seconds": between(seconds, line["step"]), "loss": line["validation"]})
            for line in log if "validation" in line]


def minutes(points, limit):
    return next((p["seconds"] / 60 for p in points if p["loss"] < limit), math.nan)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("text", help="tiny Shakespeare, 1,115,394 characters")
    p.add_argument("--unroll", default="build/unroll")
    p.add_argument("--python", default="python3", help="an interpreter with PyTorch (default: %(default)s)")
    p.add_argument("--steps", type=int, default=2450, help="updates (default: ten passes, as ours chooses: %(default)s)")
    p.add_argument("--every", type=int, default=50, help="steps between evaluations (default: %(default)s)")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--json", action="store_true", help="all points of both curves and the minutes")
    p.add_argument("--run-peer", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.run_peer:
        train_peer(a)
        return
    curves = {"peer": run_peer(a), "ours": run_ours(a)}
    table = [{"limit": limit, **{side: minutes(points, limit) for side, points in curves.items()}} for limit in LIMITS]
    if a.json:
        print(json.dumps({"steps": a.steps, "every": a.every, "threads": a.threads, "minutes": table, **curves}))
        return
    print("| Validation loss under | PyTorch, minutes | Ours, minutes | Ratio |\n|---|---|---|---|")
    for row in table:
        print(f"| {row['limit']:.2f} | {row['peer']:.2f} | {row['ours']:.2f} | **{row['peer'] / row['ours']:.2f}** |")


if __name__ == "__main__":
    main()
