#!/usr/bin/env python3
"""The lectures' network, Embedding(10000, 100) + LSTM(128) + Dense(1) with a sigmoid: ours and PyTorch in turn.

    bench/labels.py --build build --python v/bin/python              # an update of 32 x 256, and a sentence of 20 words

Compiles labels.c with the library of --build, and makes a model whose vocabulary has 10,000 words. An update is
forward, backward, clipping and Adam; PyTorch packs the sequences. A sentence goes from its text to a probability. The
same sentence is timed again and again, so we have already seen its words, and keep the first layer's results for them
(up to 8192 words). PyTorch answers as written, as TorchScript and compiled. Both are tried on one thread and on all,
and the fastest counts. Prints medians and least times over all turns, and both ratios (PyTorch over ours: above 1 we
are faster); the smaller one counts. --cpu compares processor time instead, for machines that have other work.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve()
WORDS = 9999  # and one for the unknown word
LANES, STEPS = 32, 256


def threads_of(work, a):
    """A sentence is tried on one thread and on all; the faster one counts."""
    return sorted({1, a.threads}) if work == "sentence" else [a.threads]


def length_of(lane, mixed):
    return 1 + (37 * lane + 11) * (STEPS - 1) // 37 % STEPS if mixed else STEPS  # as in labels.c


# ---- PyTorch -----------------------------------------------------------------------------------------------------------

def network(torch):
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(WORDS + 1, 100)
            self.lstm = torch.nn.LSTM(100, 128, batch_first=True)
            self.dense = torch.nn.Linear(128, 1)

        def forward(self, ids):
            return torch.sigmoid(self.dense(self.lstm(self.embed(ids))[1][0][-1]))
    return Network()


def updates(torch, mixed):
    model = network(torch)
    adam = torch.optim.Adam(model.parameters(), lr=2e-3)
    ids, lengths = torch.randint(WORDS + 1, (LANES, STEPS)), torch.tensor([length_of(b, mixed) for b in range(LANES)])
    targets = (torch.arange(LANES) % 2).float()

    def one():
        packed = torch.nn.utils.rnn.pack_padded_sequence(model.embed(ids), lengths, batch_first=True, enforce_sorted=False)
        logits = model.dense(model.lstm(packed)[1][0][-1])[:, 0]
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
    return {"as written": one}


def sentences(torch, text):
    model, number = network(torch).eval(), {f"w{i}": i for i in range(WORDS)}

    def asks(of):
        def one():
            with torch.inference_mode():
                ids = torch.tensor([[number.get(word, WORDS) for word in text.lower().split()]])
                return of(ids).item()
        return one
    ways = {"as written": asks(model)}
    example = torch.zeros(1, len(text.split()), dtype=torch.long)
    for name, make in {"TorchScript": lambda: torch.jit.freeze(torch.jit.trace(model, example)),
                       "compiled": lambda: torch.compile(model)}.items():
        try:
            ways[name] = asks(make())
            ways[name]()
        except Exception as error:  # pylint: disable=broad-except
            ways.pop(name, None)
            print(f"labels.py: PyTorch {name}: {str(error).splitlines()[0]}", file=sys.stderr)
    return ways


def clock(one, seconds):
    one()
    one()
    start = time.perf_counter()
    one()
    together = max(1, int(seconds / 2048 / (time.perf_counter() - start)))
    begin, used, spans = time.perf_counter(), time.process_time(), []
    while time.perf_counter() - begin < seconds or len(spans) < 5:
        start = time.perf_counter()
        for _ in range(together):
            one()
        spans.append((time.perf_counter() - start) / together)
    return {"seconds": statistics.median(spans), "least_seconds": min(spans),
            "cpu_seconds": (time.process_time() - used) / together / len(spans)}


def peer(work, a):
    import torch
    ways, timed = sentences(torch, text_of(a)) if work == "sentence" else updates(torch, work == "mixed"), {}
    for threads in threads_of(work, a):
        torch.set_num_threads(threads)
        timed.update({f"{name}, threads {threads}": clock(one, a.seconds) for name, one in ways.items()})
    best = min(timed, key=lambda name: timed[name]["least_seconds"])
    print(json.dumps(dict(timed[best], way=f"PyTorch {torch.__version__.split('+')[0]}, {best}")))


# ---- Ours --------------------------------------------------------------------------------------------------------------

def text_of(a):
    return " ".join(f"w{(7919 * i + 13) % WORDS}" for i in range(a.words))


def run(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}  # it would limit a peer's kernels
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, env=environment, check=False, text=True)
    if done.returncode:
        sys.exit(f"labels.py: {command[0]} ended with status {done.returncode}")
    return done.stdout


def make_ours(a):
    """Makes the program and a model of 10,000 words, in the build's folder."""
    build = pathlib.Path(a.build).resolve()
    program, model = build / "bench-labels", build / "bench-labels.run"
    run(["cc", "-O2", "-I", HERE.parent.parent / "include", HERE.with_name("labels.c"), build / "libunroll.so",
         f"-Wl,-rpath,{build}", "-o", program])
    if not (model / "model.safetensors").exists():
        data = build / "bench-labels.tsv"
        lines = [f"{'neg' if i % 2 else 'pos'}\t{' '.join(f'w{k}' for k in range(20 * i, min(20 * i + 20, WORDS)))}\n"
                 for i in range((WORDS + 19) // 20)]
        data.write_text("label\ttext\n" + "".join(lines))
        run([build / "unroll", "train", "classify", data, "--val", data, "-o", model, "--overwrite", "--quiet", "--steps", 2,
             "--token", "word", "--min-count", 1, "--net", "embed 100 > lstm 128 > last > dense 1 sigmoid"])
    return program, model / "model.safetensors"


def ours(work, a, program, model):
    if work == "sentence":
        timed = [json.loads(run([program, "sentence", model, text_of(a), threads, a.seconds])) for threads in threads_of(work, a)]
        return min(timed, key=lambda t: t["least_seconds"])
    return json.loads(run([program, "train", LANES, STEPS, work, a.threads, a.seconds]))


# ---- In turn -----------------------------------------------------------------------------------------------------------

def shown(seconds):
    return f"{1e3 * seconds:.3f} ms" if seconds >= 1e-3 else f"{1e6 * seconds:.1f} us"


def compare(work, a, program, model):
    theirs, own = [], []
    for _ in range(a.turns):
        theirs.append(json.loads(run([a.python, HERE, "--peer", work, "--threads", a.threads, "--seconds", a.seconds,
                                      "--words", a.words]).splitlines()[-1]))
        own.append(ours(work, a, program, model))
    times = {}
    for name, key, of in (("median", "seconds", statistics.median), ("least", "least_seconds", min)):
        key = "cpu_seconds" if a.cpu else key
        times[name] = of(t[key] for t in theirs), of(t[key] for t in own)
    ratios = {name: t[0] / t[1] for name, t in times.items()}
    what = {"whole": "update 32 x 256", "mixed": "update, lengths 1 to 256", "sentence": f"sentence of {a.words} words"}[work]
    print(f"{what:26} {theirs[0]['way']:38} " + "  ".join(
        f"{name} {shown(t[0]):>11} / {shown(t[1]):>11} = {ratios[name]:5.2f}" for name, t in times.items()) +
        f"   counts: {min(ratios.values()):.2f}", flush=True)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--build", default="build", help="where the program and the library are (default: %(default)s)")
    p.add_argument("--python", default="python3", help="an interpreter that has PyTorch (default: %(default)s)")
    p.add_argument("--work", default="whole,mixed,sentence", help="(default: %(default)s)")
    p.add_argument("--threads", type=int, default=os.cpu_count(), help="(default: %(default)s)")
    p.add_argument("--words", type=int, default=20, help="of the sentence (default: %(default)s)")
    p.add_argument("--seconds", type=float, default=4, help="for each work, side and turn (default: %(default)s)")
    p.add_argument("--turns", type=int, default=5)
    p.add_argument("--cpu", action="store_true", help="compare the processor's time")
    p.add_argument("--peer", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.peer:
        peer(a.peer, a)
        return
    program, model = make_ours(a)
    for work in a.work.split(","):
        compare(work, a, program, model)


if __name__ == "__main__":
    main()
