"""Double-precision oracle for forecasts: what `unroll eval --json` must print for a model on the test part of a table.

    forecast_oracle.py table FOLDER         writes forecast.csv, hourly values of three channels made by a formula
    forecast_oracle.py score MODEL TABLE    writes the errors next to the model, as NAME.json

Only the weights and the settings are taken from a model. The table is split, scaled and cut into windows here. Mean,
deviation and linear map, which the model's record also holds, are computed again and compared with it. Networks are
"dense E relu > gru H > last > dense" (direct) and "gru H > dense" (step by step).
"""

import csv
import datetime
import json
import math
import shlex
import struct
import sys
from pathlib import Path

import numpy as np

PENALTY = 64  # the linear map's λ is the number of windows divided by this


# ---- The table ------------------------------------------------------------------------------------------------------


def make_table():
    state, level = 12345, 0.0

    def noise():
        nonlocal state
        total = 0.0
        for _ in range(4):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            total += (state >> 40) / 2**24
        return total - 2

    yield "date,load,heat,flow"
    for i in range(480):
        level = 0.95 * level + 0.4 * noise()
        day, week = 2 * math.pi * (i % 24) / 24, 2 * math.pi * (i % 168) / 168
        load = 10 + 3 * math.sin(day) + 1.2 * math.cos(2 * day) + math.sin(week) + level + 0.5 * noise()
        heat = -2 + 2 * math.cos(day - 1) + 0.004 * i + 0.8 * level + 0.3 * noise()
        flow = 100 + 20 * math.sin(week) + 8 * noise()
        time = datetime.datetime(2020, 1, 1) + datetime.timedelta(hours=i)
        cells = ["%.2f" % load, "%.2f" % heat, "%.1f" % flow]
        if i % 53 == 17 or i in (429, 430, 431):
            cells[i % 3] = ["", "NA", "NaN"][i % 3]
        yield ",".join([str(time), *cells])


def read_table(path, channels):
    rows = list(csv.reader(path.open()))
    times = [datetime.datetime.fromisoformat(row[0]) for row in rows[1:]]
    wanted = [rows[0].index(name) for name in channels]
    values = [[float(row[i]) if row[i] not in ("", "NA") else math.nan for i in wanted] for row in rows[1:]]
    return times, np.array(values, dtype=np.float32).astype(np.float64)


def fill_linear(values):
    filled = values.copy()
    for channel in filled.T:
        there = np.flatnonzero(~np.isnan(channel))
        channel[:] = np.interp(np.arange(len(channel)), there, channel[there])
    return filled.astype(np.float32).astype(np.float64)


def fill_forward(values):
    filled = values.copy()
    for row in range(1, len(filled)):
        filled[row] = np.where(np.isnan(filled[row]), filled[row - 1], filled[row])
    return filled


# ---- The model ------------------------------------------------------------------------------------------------------


def read_model(path):
    data = path.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    record = json.loads(header.pop("__metadata__")["unroll"])
    tensors = {}
    for name, about in header.items():
        begin, end = (8 + size + offset for offset in about["data_offsets"])
        assert about["dtype"] == "F32", name
        tensors[name] = np.frombuffer(data[begin:end], "<f4").reshape(about["shape"]).astype(np.float64)
    words = shlex.split(record["training"]["settings"])
    settings, name = {}, None
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            settings[name] = True
        else:
            settings[name] = word
    return record, tensors, settings


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru_step(w, x, h):
    """One step of PyTorch's GRU: the gates are in blocks r, z, n, and the reset gate comes after the product."""
    a = x @ w["rnn.weight_ih_l0"].T + w["rnn.bias_ih_l0"]
    b = h @ w["rnn.weight_hh_l0"].T + w["rnn.bias_hh_l0"]
    (ar, az, an), (br, bz, bn) = np.split(a, 3, axis=1), np.split(b, 3, axis=1)
    r, z = sigmoid(ar + br), sigmoid(az + bz)
    n = np.tanh(an + r * bn)
    return (1 - z) * n + z * h


def output(w, h):
    return h @ w["out.weight"].T + w["out.bias"]


# ---- Windows --------------------------------------------------------------------------------------------------------


def edges(split, rows):
    parts = split.split(",")
    sizes = [float(p.rstrip("r")) * (1 if p.endswith("r") else rows) for p in parts]
    cuts = np.floor(np.cumsum([0.0, *sizes]) + 1e-6).astype(int)
    return list(zip(cuts[:-1], cuts[1:]))


def windows(part, context, horizon):
    return range(max(part[0], context), part[1] - horizon + 1)


def calendar(time, bits):
    day = (time.hour * 3600 + time.minute * 60 + time.second) / 86400
    turns = [day] if bits & 1 else []
    turns += [(time.weekday() + day) / 7] if bits & 2 else []
    turns += [(time.timetuple().tm_yday - 1 + day) / 366] if bits & 4 else []
    return [f(2 * math.pi * turn) for turn in turns for f in (math.cos, math.sin)]


class Forecasts:
    def __init__(self, model, table):
        self.record, self.weights, s = read_model(model)
        self.times, values = read_table(table, [channel["name"] for channel in self.record["scaling"]])
        if s["missing"] == "linear":
            values = fill_linear(values)
        if s["missing"] == "forward":
            values = fill_forward(values)
        self.logarithms = s.get("transform") == "log"
        if self.logarithms:
            values = np.log(values).astype(np.float32).astype(np.float64)
        self.masks = s["missing"] == "mask"
        self.context, self.horizon, self.season = int(s["context"]), int(s["horizon"]), int(s["season"])
        self.steps = s["how"] == "step"
        self.segment = 1 if self.steps else int(s["segment"])
        self.levels = [float(q) for q in s["quantiles"].split(",")] if "quantiles" in s else [0.5]
        self.base = s["base"]
        self.parts = edges(s["split"], len(values))
        begin, end = self.parts[0]
        self.mean, self.deviation = np.nanmean(values[begin:end], axis=0), np.nanstd(values[begin:end], axis=0)
        for channel, mean, deviation in zip(self.record["scaling"], self.mean, self.deviation):
            assert math.isclose(channel["mean"], mean, rel_tol=1e-12), channel
            assert math.isclose(channel["deviation"], deviation, rel_tol=1e-12), channel
        self.z = (values - self.mean) / self.deviation
        self.known = fill_forward(self.z)
        self.groups = [list(range(values.shape[1]))] if "together" in s else [[c] for c in range(values.shape[1])]
        self.fit_linear()

    def fit_linear(self):
        x, y = [], []
        for row in windows(self.parts[0], self.context, self.horizon):
            for c in range(self.z.shape[1]):
                past, future = self.known[row - self.context : row, c], self.z[row : row + self.horizon, c]
                if not np.isnan(future).any():
                    x.append(past - past[-1])
                    y.append(future - past[-1])
        x, y = np.array(x), np.array(y)
        penalty = len(x) / PENALTY
        self.linear = np.linalg.solve(x.T @ x + penalty * np.eye(self.context), x.T @ y).T
        bits = bytes.fromhex(self.record["forecast"]["linear"])
        there = np.frombuffer(bits, ">f4").reshape(self.horizon, self.context)
        assert np.abs(there - self.linear).max() < 1e-6, "the linear map"

    def simple(self, base, row, c):
        past = self.known[row - self.context : row, c]
        if base == "last":
            return np.full(self.horizon, past[-1])
        if base == "seasonal":
            return np.array([past[self.context - self.season + h % self.season] for h in range(self.horizon)])
        return past[-1] + self.linear @ (past - past[-1])

    def features(self, rows, group, last, values, gaps):
        """Returns the input of one step: the values of each channel side by side, their gaps, and the time of the
        last row."""
        step = [values[t, k] - last[k] for k in range(len(group)) for t in range(len(rows))]
        if self.masks:
            step += [gaps[t, k] for k in range(len(group)) for t in range(len(rows))]
        time = self.times[0] + (rows[-1]) * (self.times[1] - self.times[0])
        return step + calendar(time, self.record["forecast"]["calendar"])

    def network(self, row, group):
        """Returns forecasts (channel, horizon, level), relative to the base."""
        past = np.arange(row - self.context, row)
        values, gaps = self.known[past][:, group], np.isnan(self.z[past][:, group])
        last, w, levels = values[-1], self.weights, len(self.levels)
        hidden = np.zeros((1, w["rnn.weight_hh_l0"].shape[1]))
        for t in range(0, self.context, self.segment):
            cut = slice(t, t + self.segment)
            x = np.array([self.features(past[cut], group, last, values[cut], gaps[cut])])
            if "dense.weight" in w:
                x = np.maximum(x @ w["dense.weight"].T + w["dense.bias"], 0)
            hidden = gru_step(w, x, hidden)
        if not self.steps:
            return output(w, hidden).reshape(len(group), self.horizon, levels)
        out = np.zeros((len(group), self.horizon, levels))
        base = np.array([self.simple(self.base, row, c) for c in group])
        for h in range(self.horizon):
            out[:, h] = output(w, hidden).reshape(len(group), levels)
            given = base[:, h] + out[:, h, self.middle()]
            x = np.array([self.features([row + h], group, last, given[None], np.zeros((1, len(group))))])
            hidden = gru_step(w, x, hidden)
        return out

    def middle(self):
        return min(range(len(self.levels)), key=lambda i: abs(self.levels[i] - 0.5))

    def score(self):
        sums = {}
        below, count = np.zeros(len(self.levels)), 0

        def units(scaled, c):
            value = self.mean[c] + scaled * self.deviation[c]
            return np.exp(value) if self.logarithms else value

        def add(name, given, target, c):
            for end, off in (("", given - target), ("_data", units(given, c) - units(target, c))):
                for key, error in (("mse", off**2), ("mae", abs(off))):
                    sums[name + key + end] = sums.get(name + key + end, 0) + np.nansum(error)

        rows = windows(self.parts[2], self.context, self.horizon)
        for row in rows:
            for group in self.groups:
                given = self.network(row, group)
                for k, c in enumerate(group):
                    target = self.z[row : row + self.horizon, c]
                    out = np.sort(self.simple(self.base, row, c)[:, None] + given[k], axis=1)
                    add("", out[:, self.middle()], target, c)
                    for name, base in (("naive_", "last"), ("seasonal_", "seasonal"), ("linear_", "linear")):
                        add(name, self.simple(base, row, c), target, c)
                    below += (target[:, None] <= out).sum(axis=0)
                    count += int((~np.isnan(target)).sum())
        result = {key: value / count for key, value in sums.items()}
        if len(self.levels) > 1:
            result |= {"below_%g" % q: b / count for q, b in zip(self.levels, below)}
        return {"windows": len(rows), "values": count} | result


def main():
    what, *paths = sys.argv[1:]
    if what == "table":
        (Path(paths[0]) / "forecast.csv").write_text("\n".join(make_table()) + "\n")
        return
    model = Path(paths[0])
    text = json.dumps(Forecasts(model, Path(paths[1])).score(), indent=1)
    model.with_suffix(".json").write_text(text + "\n")


if __name__ == "__main__":
    main()
