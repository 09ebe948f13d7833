#!/usr/bin/env python3
"""Times `unroll bench` and other ways to do the same, in turn (peers, ours, peers, ours ...), on works of README.md.

Needs nothing but Python itself; the peers (PyTorch, ONNX Runtime, OpenVINO: peers.py) belong to the interpreter that
--python names. Prints a line for each work: medians and least times of a pass over all turns, and both ratios (best
peer over ours: above 1 we are faster). The smaller ratio is the one that counts.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

PEERS = str(pathlib.Path(__file__).resolve().parent / "peers.py")
TITLES = {"torch": "PyTorch", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}


def run(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}  # it would limit a peer's kernels
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, check=False, text=True)
    except OSError as error:
        sys.exit(f"compare.py: {command[0]}: {error.strerror}; name it with --unroll or --python")
    if done.returncode:
        sys.exit(f"compare.py: {' '.join(command)} ended with status {done.returncode}")
    return done.stdout


def last_line(command):
    return json.loads(run(command).splitlines()[-1])


# ---- In turn -----------------------------------------------------------------------------------------------------------

def take_turns(work, peers, a):
    """Returns lists of results by name; ours is "unroll"."""
    common = ["--threads", str(a.threads), "--seconds", str(a.seconds)]
    results = {name: [] for name in [*peers, "unroll"]}
    for _ in range(a.turns):
        for peer in peers:
            results[peer].append(last_line([a.python, PEERS, peer, work, *common]))
        results["unroll"].append(last_line([a.unroll, "bench", "--json", "--work", work, *common]))
    return results


def check_equal_work(work, results):
    """A pass must have the same number of tokens and operations on both sides."""
    for rows in results.values():
        for key in ("gflops", "tokens_per_s"):
            amounts = [r[key] * r["seconds"] for r in (rows[0], results["unroll"][0])]
            if abs(amounts[0] / amounts[1] - 1) > 0.01:
                sys.exit(f"compare.py: {work}: {rows[0]['peer']} and unroll do not do the same: {key} {amounts}")


def summary(rows):
    return {"median": statistics.median(r["seconds"] for r in rows), "least": min(r["least_seconds"] for r in rows),
            "threads": rows[0]["threads"], "version": rows[0]["version"],
            "resident": max(r.get("peak_resident_bytes", 0) for r in rows)}


def compare(work, peers, a):
    results = take_turns(work, peers, a)
    check_equal_work(work, results)
    sides = {name: summary(rows) for name, rows in results.items()}
    ours, rows = sides.pop("unroll"), results["unroll"]
    ratios = {key: {name: side[key] / ours[key] for name, side in sides.items()} for key in ("median", "least")}
    counts = min(ratios, key=lambda key: min(ratios[key].values()))
    best = min(ratios[counts], key=ratios[counts].get)
    peak = max(r["peak_gflops"] for r in rows)
    executed = statistics.median(r["executed_gflops"] for r in rows)
    return {"work": work, "turns": a.turns, "isa": rows[0]["isa"], "peers": sides, "ours": ours, "best_peer": best,
            "ratio_median": min(ratios["median"].values()), "ratio_least": min(ratios["least"].values()),
            "ratio": ratios[counts][best], "counts": counts,
            "gflops": statistics.median(r["gflops"] for r in rows), "executed_gflops": executed,
            "peak_gflops": peak, "fraction": executed / peak,
            "allocations_later": max(r.get("arena_allocations_later", 0) for r in rows)}


# ---- Output ----------------------------------------------------------------------------------------------------------

def shown(seconds):
    for unit, scale in (("s", 1), ("ms", 1e3)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3f} {unit}"
    return f"{seconds * 1e6:.3g} us"


def megabytes(r):
    if not r["work"].startswith("train"):
        return ""
    return f"{r['peers'][r['best_peer']]['resident'] / 1e6:.0f} / {r['ours']['resident'] / 1e6:.0f}"


class Table:
    """Columns for people."""

    layout = "{:28} {:22} {:>10} {:>10} {:>6} {:>10} {:>10} {:>6} {:>8} {:>8} {:>8} {:>6} {:>12}"

    def head(self):
        return self.layout.format("work", "best peer", "median", "ours", "ratio", "least", "ours", "ratio", "GFLOP/s",
                                  "executed", "peak", "share", "MB")

    def row(self, r):
        peer, ours = r["peers"][r["best_peer"]], r["ours"]
        return self.layout.format(
            r["work"], f"{TITLES[r['best_peer']]} {peer['version']}", shown(peer["median"]), shown(ours["median"]),
            f"{r['ratio_median']:.2f}", shown(peer["least"]), shown(ours["least"]), f"{r['ratio_least']:.2f}",
            f"{r['gflops']:.1f}", f"{r['executed_gflops']:.1f}", f"{r['peak_gflops']:.1f}",
            f"{100 * r['fraction']:.0f} %", megabytes(r))


class Markdown:
    """Rows for docs/performance.md: the times are those of the ratio that counts."""

    def head(self):
        return ("| Work | Best peer | Its time | Ours | Ratio | GF/s nominal | executed | peak | of peak | MB, peer / ours |\n"
                "|---|---|---|---|---|---|---|---|---|---|")

    def row(self, r):
        peer, ours, key = r["peers"][r["best_peer"]], r["ours"], r["counts"]
        cells = [r["work"], f"{TITLES[r['best_peer']]} {peer['version']}", f"{shown(peer[key])} ({key})",
                 shown(ours[key]), f"**{r['ratio']:.2f}**", f"{r['gflops']:.1f}", f"{r['executed_gflops']:.1f}",
                 f"{r['peak_gflops']:.1f}", f"{100 * r['fraction']:.0f} %", megabytes(r)]
        return f"| {' | '.join(cells)} |"


class Json:
    def head(self):
        return ""

    def row(self, r):
        return json.dumps(r)


def works(a):
    """Returns the names of the works, in the order of `unroll bench --list`."""
    return [line.split()[0] for line in run([a.unroll, "bench", "--list", "--work", a.work]).splitlines()]


def peers_of(a):
    """Returns a function that gives the peers that can do a work."""
    able = json.loads(run([a.python, PEERS, "--installed"]))
    wanted = able if a.peers == "installed" else a.peers.split(",")
    missing = [p for p in wanted if p not in able]
    if missing or not able:
        sys.exit(f"compare.py: {a.python} has no {missing[0] if missing else 'peer'} (see bench/README.md)")
    return lambda work: [p for p in wanted if work.split("-")[0] in able[p]]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--unroll", default="build/unroll", help="the program (default: %(default)s)")
    p.add_argument("--python", default="python3", help="an interpreter that has the peers (default: %(default)s)")
    p.add_argument("--peers", default="installed", help="torch,onnxruntime,openvino (default: all of them installed)")
    p.add_argument("--work", default="all", help="names with commas between (default: %(default)s)")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--seconds", type=float, default=4, help="for each work, side and turn (default: %(default)s)")
    p.add_argument("--turns", type=int, default=5)
    p.add_argument("--json", dest="form", action="store_const", const=Json, default=Table, help="an object a line")
    p.add_argument("--markdown", dest="form", action="store_const", const=Markdown, help="a table to paste")
    a = p.parse_args()
    form, peers, chosen = a.form(), peers_of(a), works(a)
    print(form.head(), end="\n" if form.head() else "")
    for work in chosen:
        if peers(work):
            print(form.row(compare(work, peers(work), a)), flush=True)
        else:
            print(f"compare.py: {work}: none of the chosen peers does it", file=sys.stderr)


if __name__ == "__main__":
    main()
