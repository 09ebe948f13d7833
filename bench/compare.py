#!/usr/bin/env python3
"""Times `unroll bench` and PyTorch in turn (peer, ours, peer, ours ...) on the works of README.md.

Needs nothing but Python itself; PyTorch belongs to the interpreter named by --peer, which runs this same file.
A line for each work: the medians and the least times of a pass over all turns, and both ratios, peer over ours.
"""
import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time

WORKS = ["train-lstm-2x512", "train-lstm-2x128", "train-lstm-1x1024", "train-gru-2x512", "train-rnn-2x512",
         "train-lstm-2x512-v50k", "train-lstm-2x512-v50k-sampled",
         "infer-lstm-2x512", "infer-gru-2x512", "infer-rnn-2x512",
         "step-lstm-64", "step-lstm-128", "step-lstm-2x512", "step-gru-64", "step-gru-128", "step-gru-2x512"]
WINDOWS = {"train-lstm-2x128": (50, 50), "train-lstm-1x1024": (64, 64)}  # lanes, steps; all others (64, 128)
LETTERS, WORDS, WORDS_WINDOW = 65, 50000, (64, 32)  # -v50k: a vocabulary of words; -sampled: the peer has no such thing


def sizes(work):
    """kind, cell, hidden, layers, lanes, steps, symbols"""
    kind, cell, layers, hidden, words = re.fullmatch(r"(\w+)-(\w+)-(?:(\d+)x)?(\d+)(-v50k)?(?:-sampled)?", work).groups()
    lanes, steps = (1, 1) if kind == "step" else WORDS_WINDOW if words else WINDOWS.get(work, (64, 128))
    return kind, cell, int(hidden), int(layers or 1), lanes, steps, WORDS if words else LETTERS


# ---- The peer: run by an interpreter that has PyTorch ----------------------------------------------------------------

def carried(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def training(torch, cell, hidden, layers, lanes, steps, symbols):
    embed = torch.nn.Embedding(symbols, hidden)
    rnn = getattr(torch.nn, cell.upper())(hidden, hidden, layers)
    dense = torch.nn.Linear(hidden, symbols)
    weights = [w for module in (embed, rnn, dense) for w in module.parameters()]
    adam = torch.optim.Adam(weights, lr=2e-3)
    ids, targets = torch.randint(symbols, (steps, lanes)), torch.randint(symbols, (steps * lanes,))
    state = None

    def one():
        nonlocal state
        y, state = rnn(embed(ids), state)
        state = carried(state)
        loss = torch.nn.functional.cross_entropy(dense(y).view(-1, symbols), targets)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
    return one


def running(torch, cell, hidden, layers, lanes, steps, _):
    rnn = getattr(torch.nn, cell.upper())(hidden, hidden, layers).eval()
    x, state = torch.randn(steps, lanes, hidden), None

    def one():
        nonlocal state
        with torch.inference_mode():
            state = rnn(x, state)[1]
    return one


def clock(one, seconds):
    spans, begin = [], time.perf_counter()
    one()
    while time.perf_counter() - begin < seconds or len(spans) < 5:
        start = time.perf_counter()
        one()
        spans.append(time.perf_counter() - start)
    return {"seconds": statistics.median(spans), "least_seconds": min(spans)}


def run_peer(work, threads, seconds):
    import torch
    kind, *shape = sizes(work)
    best = None
    for count in sorted({1, threads} if kind == "step" else {threads}):  # one lane may be faster on one thread
        torch.set_num_threads(count)
        times = clock((training if kind == "train" else running)(torch, *shape), seconds)
        if best is None or times["seconds"] < best["seconds"]:
            best = dict(times, threads=count, peer="torch", version=torch.__version__)
    print(json.dumps(dict(best, peak_resident_bytes=1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)))


# ---- In turn -----------------------------------------------------------------------------------------------------------

def last_line(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}  # it would narrow a peer's kernels
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False, text=True)
    if done.returncode:
        sys.exit(f"compare.py: {command[0]} ended with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def compare(work, a):
    peers, ours = [], []
    common = ["--threads", str(a.threads), "--seconds", str(a.seconds)]
    for _ in range(a.turns):
        peers.append(last_line([a.peer, __file__, "--run-peer", work, *common]))
        ours.append(last_line([a.unroll, "bench", "--json", "--work", work, *common]))
    median = [statistics.median(r["seconds"] for r in rows) for rows in (peers, ours)]
    least = [min(r["least_seconds"] for r in rows) for rows in (peers, ours)]
    gflops = statistics.median(r["gflops"] for r in ours)
    executed = statistics.median(r["executed_gflops"] for r in ours)
    peak = max(r["peak_gflops"] for r in ours)
    return {"work": work, "turns": a.turns, "peer": f"torch {peers[0]['version']}", "peer_threads": peers[0]["threads"],
            "threads": ours[0]["threads"], "isa": ours[0]["isa"],
            "peer_median": median[0], "median": median[1], "ratio_median": median[0] / median[1],
            "peer_least": least[0], "least": least[1], "ratio_least": least[0] / least[1],
            "peer_bytes": max(r["peak_resident_bytes"] for r in peers),
            "bytes": max((r.get("peak_resident_bytes", 0) for r in ours)) or None,
            "gflops": gflops, "executed_gflops": executed, "peak_gflops": peak, "fraction": executed / peak}


def shown(seconds):
    for unit, scale in (("s", 1), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3f} {unit}"
    return f"{seconds * 1e6:.2f} us"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--unroll", default="build/unroll", help="the program (default: %(default)s)")
    p.add_argument("--peer", default="python3", help="an interpreter with PyTorch (default: %(default)s)")
    p.add_argument("--work", default="all", help="names with commas between (default: %(default)s)")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--seconds", type=float, default=4, help="for each work and turn (default: %(default)s)")
    p.add_argument("--turns", type=int, default=5)
    p.add_argument("--json", action="store_true", help="an object a line")
    p.add_argument("--run-peer", metavar="WORK", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.run_peer:
        return run_peer(a.run_peer, a.threads, a.seconds)
    chosen = WORKS if a.work == "all" else a.work.split(",")
    unknown = [w for w in chosen if w not in WORKS]
    if unknown:
        p.error(f"no work {unknown[0]}; there are {', '.join(WORKS)}")
    head = ("work", "peer median", "ours median", "ratio", "peer least", "ours least", "ratio", "GFLOP/s", "peak", "share",
            "peer MB", "MB")
    layout = "{:29} {:>12} {:>12} {:>7} {:>12} {:>12} {:>7} {:>9} {:>9} {:>7} {:>9} {:>7}"
    if not a.json:
        print(layout.format(*head))
    for work in chosen:
        r = compare(work, a)
        print(json.dumps(r) if a.json else layout.format(
            work, shown(r["peer_median"]), shown(r["median"]), f"{r['ratio_median']:.2f}", shown(r["peer_least"]),
            shown(r["least"]), f"{r['ratio_least']:.2f}", f"{r['gflops']:.1f}", f"{r['peak_gflops']:.1f}",
            f"{100 * r['fraction']:.0f} %", f"{r['peer_bytes'] / 1e6:.0f}",
            f"{r['bytes'] / 1e6:.0f}" if r["bytes"] else "-"), flush=True)
    return None


if __name__ == "__main__":
    main()
