#!/usr/bin/env python3
"""Times `unroll train translate` and `unroll eval --beam` against PyTorch with the same network, in turn.

    bench/translate.py train --python v/bin/python train.de.gz train.en.gz
    bench/translate.py write --python v/bin/python --model runs/de-en val.de.gz val.en.gz

train: target tokens per second of updates, in each turn from the first weights. The peer makes its batches as we do.
write: texts per second with a beam, both with the weights of --model, in batches of texts of similar length. Reading
and cutting the texts is not timed. Our batches have 64 texts. The peer is timed with each of --batches, and the fastest
counts. With --weights int8 both have the decoder's weights in int8 (ours: all weights).
Prints medians and the best of all turns, and both ratios (ours over the peer's: above 1 we are faster). The smaller one
counts. Needs nothing but Python itself; PyTorch belongs to the interpreter that --python names (translate_peer.py).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

PEER = str(pathlib.Path(__file__).resolve().parent / "translate_peer.py")


def run(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}  # it would limit a peer's kernels
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, env=environment, check=False, text=True)
    if done.returncode:
        sys.exit(f"translate.py: {' '.join(map(str, command))} ended with status {done.returncode}")
    return done.stdout


def peer(a, what, model, *more):
    return json.loads(run([a.python, PEER, what, model, *a.files, "--threads", a.threads, *more]).splitlines()[-1])


# ---- Training ------------------------------------------------------------------------------------------------------------

def our_training(a, folder):
    """Returns tokens per second, without the first few updates, which allocate memory."""
    run([a.unroll, "train", "translate", *a.files, "-o", folder, "--val-fraction", 0, "--threads", a.threads, "--steps",
         a.updates + 3, "--sample-every", 10 ** 9, "--quiet"])
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    steps = [line for line in lines if "units" in line]
    first = next(line for line in steps if line["step"] >= 3)
    return (steps[-1]["units"] - first["units"]) / (steps[-1]["seconds"] - first["seconds"])


def train(a):
    rates = {"PyTorch": [], "ours": []}
    for _ in range(a.turns):
        with tempfile.TemporaryDirectory() as folder:
            model = pathlib.Path(folder) / "run"
            rates["ours"].append(our_training(a, model))
            rates["PyTorch"].append(peer(a, "train", model, "--updates", a.updates)["tokens_per_s"])
    return rates, "target tokens a second"


# ---- Writing -------------------------------------------------------------------------------------------------------------

def our_writing(a, model):
    result = json.loads(run([a.unroll, "eval", model, *a.files, "--beam", a.beam, "--threads", a.threads, "--json"]))
    return result["sentences_per_second"], result


def write(a):
    if not a.model:
        sys.exit("translate.py: name a model with --model")
    rates, batches = {"ours": []}, a.batches.split(",")
    with tempfile.TemporaryDirectory() as folder:
        model = a.model
        if a.weights != "f32":
            model = pathlib.Path(folder) / "small.safetensors"
            run([a.unroll, "export", a.model, "-o", model, "--weights", a.weights])
        take_turns(a, model, batches, rates)
    return rates, f"texts a second, weights in {a.weights}"


def take_turns(a, model, batches, rates):
    for _ in range(a.turns):
        for batch in batches:
            result = peer(a, "write", a.model, "--beam", a.beam, "--batch", batch, "--weights", a.weights)
            rates.setdefault(f"PyTorch, batch {batch}", []).append(result["sentences_per_s"])
        rate, ours = our_writing(a, model)
        rates["ours"].append(rate)
        if ours["tokens"] != result["tokens"] or ours["sentences"] != result["sentences"]:
            sys.exit("translate.py: the two programs do not read the same tokens")


# ---- Output ----------------------------------------------------------------------------------------------------------

def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=("train", "write"))
    p.add_argument("files", nargs=2, metavar="FILE", help="source and target, line by line")
    p.add_argument("--unroll", default="build/unroll", help="the program (default: %(default)s)")
    p.add_argument("--python", default="python3", help="an interpreter that has PyTorch (default: %(default)s)")
    p.add_argument("--model", help="write: a run or model file that `train translate` has made")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--turns", type=int, default=5)
    p.add_argument("--updates", type=int, default=150, help="train: of each side and turn (default: %(default)s)")
    p.add_argument("--beam", type=int, default=5)
    p.add_argument("--weights", choices=("f32", "int8"), default="f32", help="write: (default: %(default)s)")
    p.add_argument("--batches", default="64,128", help="write: the peer's batches (default: %(default)s)")
    a = p.parse_args()
    rates, unit = {"train": train, "write": write}[a.what](a)
    ours = rates.pop("ours")
    best = max(rates, key=lambda name: statistics.median(rates[name]))
    print(f"{unit}, {a.turns} turns, {a.threads} threads")
    for name, values in [*rates.items(), ("ours", ours)]:
        print(f"  {name:20} median {statistics.median(values):8.1f}  best {max(values):8.1f}")
    print(f"  ratio                median {statistics.median(ours) / statistics.median(rates[best]):8.2f}"
          f"  best {max(ours) / max(rates[best]):8.2f}")


if __name__ == "__main__":
    main()
