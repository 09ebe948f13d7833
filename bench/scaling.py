#!/usr/bin/env python3
"""How the time of an operation depends on lanes, units, steps and threads, with `unroll bench` alone.

    bench/scaling.py --unroll build/unroll                  # all tables
    bench/scaling.py --table units --kind infer --seconds 1

lanes    B = 1 ... 256, T = 32, LSTM 512          units   H = 16 ... 2,048 with odd sizes among them, B = 32, T = 32
steps    T = 64 ... 8,192 at B.T = --tokens, LSTM 256; here the time per token should be constant. With the default,
         16 lanes are left at T = 8,192; with fewer, a step waits for its weights rather than for multiply-adds. That
         takes up to 2 GB and some seconds a pass
threads  all threads over one, next to what as many copies of the peak loop reach over one copy

ps/FLOP is a pass's least time in all --turns, divided by its nominal operations. `over next` is ps/FLOP divided by that
of the next larger size: above 1.3 is a cliff, which is marked and listed at the end. Every row of a table has its own
peak, the highest measured in the same runs, and `share` is executed operations over that peak.
"""
import argparse
import json
import os
import subprocess
import sys

LANES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
UNITS = [16, 17, 24, 31, 32, 48, 64, 65, 96, 100, 128, 131, 192, 250, 256, 300, 384, 512, 640, 768, 1000, 1024, 1536, 2048]
STEPS = [64, 128, 256, 512, 1024, 2048, 4096, 8192]
PAIRS = ["lstm-2x512", "gru-2x512", "lstm-2x128", "lstm-1x1024"]
LIMIT = 1.3


def bench(work, threads, a):
    command = [a.unroll, "bench", "--json", "--work", work, "--threads", str(threads), "--seconds", str(a.seconds)]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    except OSError as error:
        sys.exit(f"scaling.py: {a.unroll}: {error.strerror}; build it, or name it with --unroll")
    if done.returncode:
        sys.exit(f"scaling.py: {' '.join(command)} ended with status {done.returncode}")
    r = json.loads(done.stdout)
    seconds = r["least_seconds"]
    flops = r["gflops"] * 1e9 * r["seconds"]
    return {"work": work, "threads": r["threads"], "least_seconds": seconds, "picoseconds_a_flop": 1e12 * seconds / flops,
            "nanoseconds_a_token": 1e9 * seconds / (r["tokens_per_s"] * r["seconds"]), "gflops": flops / seconds / 1e9,
            "peak_gflops": r["peak_gflops"], "share": r["executed_gflops"] * r["seconds"] / seconds / r["peak_gflops"]}


def least(rows):
    """Returns the fastest of some runs of one work, with the highest peak of all of them."""
    best = min(rows, key=lambda r: r["least_seconds"])
    peak = max(r["peak_gflops"] for r in rows)
    return dict(best, peak_gflops=peak, share=best["share"] * best["peak_gflops"] / peak)


def in_turn(runs, a):
    """Returns the least of all turns for each (work, threads). In a turn each is run once."""
    turns = [[bench(work, threads, a) for work, threads in runs] for _ in range(a.turns)]
    return [least(rows) for rows in zip(*turns)]


def curve(name, works, sizes, key, a):
    """Returns rows in order of size, each with its cost over that of the next larger size."""
    rows = [dict(row, table=name, size=size) for row, size in zip(in_turn([(w, a.threads) for w in works], a), sizes)]
    for row, larger in zip(rows, rows[1:]):
        row["over_next"] = row[key] / larger[key]
    return rows


def lanes(a):
    return curve("lanes", [f"{a.kind}-{a.cell}-1x512-b{b}-t32" for b in LANES], LANES, "picoseconds_a_flop", a)


def units(a):
    return curve("units", [f"{a.kind}-{a.cell}-1x{h}-b32-t32" for h in UNITS], UNITS, "picoseconds_a_flop", a)


def steps(a):
    works = [f"{a.kind}-{a.cell}-1x256-b{a.tokens // t}-t{t}" for t in STEPS]
    return curve("steps", works, STEPS, "nanoseconds_a_token", a)


def threads(a):
    rows = []
    runs = in_turn([(f"{a.kind}-{name}", n) for name in PAIRS for n in (1, a.threads)], a)
    for name, one, all_ in zip(PAIRS, runs[::2], runs[1::2]):
        work, peak = one["least_seconds"] / all_["least_seconds"], all_["peak_gflops"] / one["peak_gflops"]
        rows.append(dict(all_, table="threads", size=name, one=one["least_seconds"], work_ratio=work, peak_ratio=peak,
                         of_peak_ratio=work / peak))
    return rows


def print_curve(rows):
    print(f"\n| {rows[0]['table']} | {rows[0]['work'].split('-')[0]}: ps/FLOP | ns/token | GF/s | peak | share | over next |")
    print("|---|---|---|---|---|---|---|")
    for r in rows:
        over = f"{r['over_next']:.2f}" if "over_next" in r else ""
        print(f"| {r['size']} | {r['picoseconds_a_flop']:.2f} | {r['nanoseconds_a_token']:.1f} | {r['gflops']:.1f} | "
              f"{r['peak_gflops']:.1f} | {100 * r['share']:.0f} % | {over}{' **' if r.get('over_next', 0) > LIMIT else ''} |")


def print_threads(rows):
    print(f"\n| {rows[0]['work'].split('-')[0]} | one thread | {rows[0]['threads']} threads | ratio | of peak loops | quotient |")
    print("|---|---|---|---|---|---|")
    for r in rows:
        print(f"| {r['size']} | {1e3 * r['one']:.2f} ms | {1e3 * r['least_seconds']:.2f} ms | {r['work_ratio']:.2f} | "
              f"{r['peak_ratio']:.2f} | {r['of_peak_ratio']:.2f} |")


def judge(tables):
    """Yields a line for each result that is not as it should be."""
    for rows in tables:
        for r in rows:
            if r.get("over_next", 0) > LIMIT:
                yield f"{r['work']}: {r['over_next']:.2f} times as dear as its larger neighbour"
            if r.get("of_peak_ratio", 1) < 0.9:
                yield f"{r['work']}: {r['threads']} threads give {r['of_peak_ratio']:.2f} of what the peak loop gives"
        costs = [r["nanoseconds_a_token"] for r in rows if r["table"] == "steps"]
        if costs and max(costs) / min(costs) > 1.1:
            yield f"steps: the dearest token costs {max(costs) / min(costs):.2f} times the cheapest"


TABLES = {"lanes": lanes, "units": units, "steps": steps, "threads": threads}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--unroll", default="build/unroll", help="the program (default: %(default)s)")
    p.add_argument("--table", default="all", choices=[*TABLES, "all"])
    p.add_argument("--kind", default="train", choices=["train", "infer"])
    p.add_argument("--cell", default="lstm", choices=["lstm", "gru", "rnn"])
    p.add_argument("--tokens", type=int, default=131072, help="B.T of the table of steps (default: %(default)s)")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--seconds", type=float, default=1, help="a row and turn, and at least five passes (default: %(default)s)")
    p.add_argument("--turns", type=int, default=1, help="through each table (default: %(default)s)")
    p.add_argument("--json", action="store_true", help="an object a row")
    a = p.parse_args()
    if a.turns < 1:
        p.error("--turns: at least 1")
    if a.tokens < max(STEPS):
        p.error(f"--tokens: at least {max(STEPS)}, a lane of the longest window")
    tables = []
    for name in TABLES if a.table == "all" else [a.table]:
        tables.append(TABLES[name](a))
        if a.json:
            print("\n".join(json.dumps(r) for r in tables[-1]), flush=True)
        else:
            (print_threads if name == "threads" else print_curve)(tables[-1])
            sys.stdout.flush()
    print()
    faults = list(judge(tables))
    for fault in faults or ["nothing is dearer than it should be"]:
        print(fault, file=sys.stderr if a.json else sys.stdout)


if __name__ == "__main__":
    main()
