#!/usr/bin/env python3
"""Times an update of `unroll train draw` and of the same network in PyTorch, in turn (PyTorch, ours, PyTorch, ours ...).

    bench/draw.py --unroll build/unroll --python v/bin/python --threads 2
    bench/draw.py --unroll build/unroll --python v/bin/python --threads 2 --side 5     # read and written through 5 x 5

Both: pictures of 28 x 28 in black and white, batches of 100, 10 strokes of 10 numbers, LSTM 256 and a reader of 256,
float32, Adam, gradient clipped to norm 5. A time is that of a whole update: forward, backward, clip, Adam; ours also
reads its batch and averages the weights. Prints medians and least times over all turns, and both ratios (PyTorch over
ours).
"""
import argparse
import json
import os
import pathlib
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import time

BATCH, STROKES, LATENT, HIDDEN, ROWS, COLUMNS = 100, 10, 10, 256, 28, 28
PIXELS, RATE, CLIP, WARM = ROWS * COLUMNS, 2e-3, 5.0, 3


# ---- PyTorch: run by an interpreter that has it ----------------------------------------------------------------------

def network(torch, side):
    nn, softmax = torch.nn, torch.nn.functional.softmax

    class Draw(nn.Module):
        def __init__(self):
            super().__init__()
            seen = side * side or PIXELS
            self.canvas = nn.Parameter(torch.zeros(PIXELS))
            self.reader, self.encoder = nn.Linear(2 * seen, HIDDEN), nn.LSTMCell(2 * HIDDEN, HIDDEN)
            self.said, self.decoder = nn.Linear(HIDDEN, 2 * LATENT), nn.LSTMCell(LATENT, HIDDEN)
            self.write = nn.Linear(HIDDEN, seen)
            if side:
                self.look, self.place = nn.Linear(HIDDEN, 5), nn.Linear(HIDDEN, 5)

        def filters(self, place):
            """Returns F_Y (B, N, rows), F_X (B, N, columns) and the strength (B, 1, 1)."""
            x, y, variance, apart, strength = place.unbind(1)
            apart = (max(ROWS, COLUMNS) - 1) / (side - 1) * apart.clamp(-7, 7).exp()
            sharpness = (-variance.clamp(-7, 7)).exp()[:, None, None] / 2

            def along(number, size):
                middle = (size + 1) / 2 * (number + 1) - 1
                mean = middle[:, None] + (torch.arange(side) - (side - 1) / 2) * apart[:, None]
                return softmax(-sharpness * (torch.arange(size) - mean[:, :, None]) ** 2, 2)
            return along(y, ROWS), along(x, COLUMNS), strength.clamp(-7, 7).exp()[:, None, None]

        def see(self, pictures, h):
            """Returns the input of the reader from pictures (B, 2, P)."""
            if not side:
                return pictures.flatten(1)
            down, across, strength = self.filters(self.look(h))
            both = pictures.view(-1, 2, ROWS, COLUMNS)
            return (strength[:, None] * (down[:, None] @ both @ across[:, None].transpose(2, 3))).flatten(1)

        def stroke(self, h):
            if not side:
                return self.write(h)
            down, across, strength = self.filters(self.place(h))
            return (down.transpose(1, 2) @ self.write(h).view(-1, side, side) @ across / strength).flatten(1)

        def forward(self, x):
            """Returns the bound in nats per picture."""
            canvas, kl = self.canvas.expand(len(x), -1), 0
            h, before, after = x.new_zeros(len(x), HIDDEN), None, None
            for _ in range(STROKES):
                seen = self.see(torch.stack([x, x - canvas.sigmoid()], 1), h)
                before = self.encoder(torch.cat([self.reader(seen).relu(), h], 1), before)
                mean, log_sigma = self.said(before[0]).chunk(2, 1)
                log_sigma = log_sigma.clamp(-7, 7)
                sigma = log_sigma.exp()
                kl = kl + ((mean * mean + sigma * sigma - 1) / 2 - log_sigma).sum()
                after = self.decoder(mean + sigma * torch.randn_like(mean), after)
                h = after[0]
                canvas = canvas + self.stroke(h)
            lost = torch.nn.functional.binary_cross_entropy_with_logits(canvas, x, reduction="sum")
            return (lost + kl) / len(x)
    return Draw()


def time_peer(a):
    import torch
    torch.set_num_threads(a.threads)
    torch.manual_seed(1)
    model = network(torch, a.side)
    adam = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)
    batches = (torch.rand(a.updates + WARM, BATCH, PIXELS) < 0.13).float()
    spans, used = [], []
    for x in batches:
        begin, begin_used = time.perf_counter(), time.process_time()
        adam.zero_grad()
        model(x).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        adam.step()
        spans.append(time.perf_counter() - begin)
        used.append(time.process_time() - begin_used)
    print(json.dumps({"version": torch.__version__.split("+")[0], "seconds": spans[WARM:], "processor": used[WARM:]}))


# ---- Both ----------------------------------------------------------------------------------------------------------------

def run(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}  # it would limit a peer's kernels
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, check=False, text=True)
    if done.returncode:
        sys.exit(f"draw.py: {' '.join(command)} ended with status {done.returncode}: {done.stderr.strip()}")
    return done.stdout


def write_pictures(path, count=2000):
    """Writes an idx file: a pixel is white or black at random, as for the peer."""
    random.seed(1)
    body = bytes(255 if random.random() < 0.13 else 0 for _ in range(count * PIXELS))
    path.write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", count, ROWS, COLUMNS) + body)


def our_turn(a, folder):
    """Returns the seconds of each update, from the log, which holds the total time after each update."""
    command = [a.unroll, "train", "draw", f"{folder}/pictures.idx", "-o", f"{folder}/run", "--overwrite", "--quiet", "--hidden",
               str(HIDDEN), "--batch", str(BATCH), "--strokes", str(STROKES), "--latent", str(LATENT), "--lr", str(RATE),
               "--clip-norm", str(CLIP), "--read-size", str(a.side), "--write-size", str(a.side), "--val-fraction", "0.05",
               "--steps", str(a.updates + WARM), "--sample-every", str(a.updates + WARM), "--threads", str(a.threads),
               "--eval-every", "16"]  # so that it logs each update
    run(command)
    log = [json.loads(line) for line in pathlib.Path(folder, "run", "log.jsonl").read_text().splitlines()]
    at = [(line["step"], line["seconds"]) for line in log if "seconds" in line and line["step"] >= WARM]
    return [(after[1] - before[1]) / (after[0] - before[0]) for before, after in zip(at, at[1:])]


def peer_turn(a):
    return json.loads(run([a.python, __file__, "--run-peer", "--updates", str(a.updates), "--threads", str(a.threads),
                           "--side", str(a.side)]))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--unroll", default="build/unroll", help="the program (default: %(default)s)")
    p.add_argument("--python", default="python3", help="an interpreter with PyTorch (default: %(default)s)")
    p.add_argument("--side", type=int, default=0, help="of the grid of filters; 0: without attention (default: %(default)s)")
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--updates", type=int, default=30, help="of each side in a turn (default: %(default)s)")
    p.add_argument("--turns", type=int, default=5)
    p.add_argument("--json", action="store_true")
    p.add_argument("--run-peer", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.run_peer:
        time_peer(a)
        return
    theirs, ours, version = [], [], None
    with tempfile.TemporaryDirectory() as folder:
        write_pictures(pathlib.Path(folder, "pictures.idx"))
        for _ in range(a.turns):
            turn = peer_turn(a)
            theirs, version = theirs + turn["seconds"], turn["version"]
            ours += our_turn(a, folder)
    result = {"side": a.side, "threads": a.threads, "turns": a.turns, "peer": f"PyTorch {version}"}
    for name, of in (("median", statistics.median), ("least", min)):
        result[name] = {"peer": of(theirs), "ours": of(ours), "ratio": of(theirs) / of(ours)}
    if a.json:
        print(json.dumps(result))
        return
    print(f"| An update, {result['peer']}, {a.threads} threads | PyTorch, ms | Ours, ms | Ratio |\n|---|---|---|---|")
    for name in ("median", "least"):
        r = result[name]
        print(f"| {name} | {1e3 * r['peer']:.1f} | {1e3 * r['ours']:.1f} | **{r['ratio']:.2f}** |")


if __name__ == "__main__":
    main()
