"""Double-precision oracle for --preset min-char-rnn.

One hidden layer of tanh units on one-hot input, softmax over V characters:
    h_t = tanh(Wxh[:, x_t] + Whh h_{t-1} + bh)        Wxh (H, V)  Whh (H, H)  bh (H)
    p_t = softmax(Why h_t + by)                       Why (V, H)  by (V)
    loss = -sum over the window of log p_t[target_t]
Gradients are cut to +-5 element by element; Adagrad: memory += g^2, parameter -= 0.1 g / sqrt(memory + 1e-8).

    min_char_rnn_oracle.py check                            compares gradients with finite differences
    min_char_rnn_oracle.py free TEXT --windows N --seed S   runs on its own, once for each --rate, or from the first
                                                            weights of --start TRACE
    min_char_rnn_oracle.py sync TEXT TRACE.safetensors      follows every window of a recorded run, from its own start
"""

import argparse
import json
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

HIDDEN, WINDOW = 100, 25
RATE, EPSILON, LIMIT = 0.1, 1e-8, 5.0
NAMES = ("Wxh", "Whh", "Why", "bh", "by")


class Oracle:
    """Parameters and Adagrad memory, as dicts by the names above. The memory starts at zero.

    All arrays, including the state, may have an additional first axis: several runs side by side, each with its own
    rate.
    """

    def __init__(self, parameters, memory=None, rate=RATE):
        self.rate = rate
        self.parameters = {name: np.array(parameters[name], dtype=np.float64) for name in NAMES}
        memory = memory or {name: np.zeros_like(value) for name, value in self.parameters.items()}
        self.memory = {name: np.array(memory[name], dtype=np.float64) for name in NAMES}

    @classmethod
    def fresh(cls, vocab, hidden, rng, scale=0.01):
        shapes = {"Wxh": (hidden, vocab), "Whh": (hidden, hidden), "Why": (vocab, hidden)}
        drawn = {name: scale * rng.standard_normal(shape) for name, shape in shapes.items()}
        return cls({**drawn, "bh": np.zeros(hidden), "by": np.zeros(vocab)})

    def forward(self, inputs, targets, h_prev):
        """Returns (loss, states h_prev..h_T (T+1, H), probabilities (T, V))."""
        w, place = self.parameters, np.arange(len(targets))
        states = [h_prev]
        driven = w["Wxh"][..., inputs] + w["bh"][..., None]
        for t in range(len(inputs)):
            states.append(np.tanh(driven[..., t] + (w["Whh"] @ states[t][..., None])[..., 0]))
        states = np.stack(states, axis=-2)
        logits = states[..., 1:, :] @ w["Why"].swapaxes(-1, -2) + w["by"][..., None, :]
        logits -= logits.max(axis=-1, keepdims=True)
        log_p = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
        return -log_p[..., place, targets].sum(axis=-1), states, np.exp(log_p)

    def backward(self, inputs, targets, states, p):
        """Returns the gradients of the summed loss, before they are cut."""
        w = self.parameters
        dlogits = p.copy()
        dlogits[..., np.arange(len(targets)), targets] -= 1.0
        dh = dlogits @ w["Why"]  # from the output; the part from later steps is added below
        da = np.empty_like(dh)  # gradient before the tanh
        later = 0.0
        for t in reversed(range(len(inputs))):
            da[..., t, :] = (dh[..., t, :] + later) * (1.0 - states[..., t + 1, :] ** 2)
            later = (da[..., None, t, :] @ w["Whh"])[..., 0, :]
        onehot, turned = np.eye(w["Wxh"].shape[-1])[inputs], da.swapaxes(-1, -2)
        return {"Wxh": turned @ onehot, "Whh": turned @ states[..., :-1, :],
                "Why": dlogits.swapaxes(-1, -2) @ states[..., 1:, :], "bh": da.sum(axis=-2), "by": dlogits.sum(axis=-2)}

    def loss_and_gradients(self, inputs, targets, h_prev):
        """Returns (loss, gradients cut to +-5, last state)."""
        loss, states, p = self.forward(inputs, targets, h_prev)
        raw = self.backward(inputs, targets, states, p)
        return loss, {name: np.clip(g, -LIMIT, LIMIT) for name, g in raw.items()}, states[..., -1, :]

    def update(self, gradients):
        for name, g in gradients.items():
            self.memory[name] += g * g
            rate = np.reshape(self.rate, np.shape(self.rate) + (1,) * (g.ndim - np.ndim(self.rate)))
            self.parameters[name] -= rate * g / np.sqrt(self.memory[name] + EPSILON)


# ---- text ----


def read_text(path):
    return Path(path).read_bytes().decode("utf-8")


def encode(text, units):
    number = {unit: i for i, unit in enumerate(units)}
    return np.array([number[unit] for unit in text])


def sweep(ids, window=WINDOW):
    """Yields (inputs, targets, fresh) without end. fresh: the text begins (again), and the state is zero.

    As in the script, the text wraps one character early, when the window and its last target would just fit.
    """
    if len(ids) < window + 2:
        raise SystemExit(f"the text has {len(ids)} characters; {window + 2} are needed")
    start = 0
    while True:
        if start + window + 1 >= len(ids):
            start = 0
        yield ids[start:start + window], ids[start + 1:start + window + 1], start == 0
        start += window


# ---- free run ----


def free_run(text, windows, seed, rates, start=None, hidden=HIDDEN):
    """Yields the smoothed losses, one for each rate, after every window. start: the first parameters; without it
    they are drawn from the seed."""
    units = sorted(set(text))
    first = start or Oracle.fresh(len(units), hidden, np.random.default_rng(seed)).parameters
    oracle = Oracle({name: np.repeat(value[None], len(rates), axis=0) for name, value in first.items()}, rate=rates)
    smoothed = np.full(len(rates), WINDOW * np.log(len(units)))
    for _, (inputs, targets, fresh) in zip(range(windows), sweep(encode(text, units))):
        h = np.zeros((len(rates), hidden)) if fresh else h
        loss, gradients, h = oracle.loss_and_gradients(inputs, targets, h)
        oracle.update(gradients)
        smoothed = 0.999 * smoothed + 0.001 * loss
        yield smoothed


def free(args):
    start = pick(open_tensors(args.start)[1], "w0.in.") if args.start else None
    for n, smoothed in enumerate(free_run(read_text(args.text), args.windows, args.seed, args.rate, start), 1):
        if n % 1000 == 0 or n == args.windows:
            print(n, *(f"{loss:.6f}" for loss in smoothed), flush=True)


# ---- step by step along a recorded run ----


def squares(found, expected):
    """Returns the squared lengths (of the difference, of the expected values) over all arrays of the dicts together."""
    return np.array([[np.sum((found[name] - value) ** 2), np.sum(value**2)] for name, value in expected.items()]).sum(0)


def relative(found, expected):
    difference, length = squares(found, expected)
    return float(np.sqrt(difference / max(length, 1e-300)))


def pick(tensors, prefix=""):
    """Returns the arrays PREFIX + Wxh ... by, in double. Arrays that do not exist are left out."""
    return {name: np.asarray(tensors[prefix + name], dtype=np.float64) for name in NAMES if prefix + name in tensors}


def compare_window(before, after, inputs, targets):
    """Returns (relative errors of a recorded window: loss, memory, h, update and update.NAME; squares() of the update).

    before: parameters by name, "mem.NAME" for the Adagrad memory, "h" for the state it starts from.
    after: parameters and "loss"; "mem.NAME" and "h" may be missing.
    """
    start, memory = pick(before), pick(after, "mem.")
    oracle = Oracle(start, pick(before, "mem."))
    loss, gradients, h = oracle.loss_and_gradients(inputs, targets, np.asarray(before["h"], dtype=np.float64))
    oracle.update(gradients)
    expected = {name: value - start[name] for name, value in oracle.parameters.items()}
    found = {name: value - start[name] for name, value in pick(after).items()}
    errors = {"loss": abs(float(np.ravel(after["loss"])[0]) - loss) / loss, "update": relative(found, expected)}
    if memory:
        errors["memory"] = relative(memory, oracle.memory)
    if "h" in after:
        errors["h"] = relative({"h": np.asarray(after["h"], dtype=np.float64)}, {"h": h})
    errors.update({"update." + name: relative(found, {name: expected[name]}) for name in NAMES})
    return errors, squares(found, expected)


def open_tensors(path):
    """Returns (metadata, {name: array}) of a safetensors file. Arrays stay on disk until they are used."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    size = int(data[:8].view("<u8")[0])
    header = json.loads(data[8:8 + size].tobytes())
    kinds = {"F32": "<f4", "F64": "<f8", "I64": "<i8"}
    metadata, tensors = header.pop("__metadata__", {}), {}
    for name, entry in header.items():
        begin, end = (8 + size + offset for offset in entry["data_offsets"])
        tensors[name] = data[begin:end].view(kinds[entry["dtype"]]).reshape(entry["shape"])
    return metadata, tensors


def recorded_windows(tensors):
    """Yields (n, before, after) from names w{n}.in.NAME and w{n}.out.NAME.

    If a window has no w{n}.out.NAME, the next window's w{n+1}.in.NAME is used, except for h, which may have been reset.
    """
    groups = defaultdict(dict)
    for name, value in tensors.items():
        window, side, rest = name.split(".", 2)
        groups[int(window[1:]), side][rest] = value
    for n in sorted(n for n, side in groups if side == "in"):
        follows = {name: value for name, value in groups.get((n + 1, "in"), {}).items() if name != "h"}
        after = {**follows, **groups.get((n, "out"), {})}
        if all(name in after for name in NAMES):
            yield n, groups[n, "in"], after


def compare_trace(path, text):
    """Returns (windows, worst relative error by name, relative error of all updates together).

    Windows are counted from 0 at the beginning of the text, without a gap.
    """
    metadata, tensors = open_tensors(path)
    units = json.loads(metadata["vocab"]) if "vocab" in metadata else sorted(set(text))
    ids = encode(text, units)
    errors, sums = defaultdict(list), np.zeros(2)
    windows = zip(recorded_windows(tensors), sweep(ids))
    for count, ((n, before, after), (inputs, targets, fresh)) in enumerate(windows):
        if n != count:
            raise SystemExit(f"{path}: window {count} is missing")
        if before["Wxh"].shape[1] != len(units):
            raise SystemExit(f"{path}: a vocabulary of {before['Wxh'].shape[1]}, the text has {len(units)} characters")
        if fresh and np.any(before["h"]):
            raise SystemExit(f"{path}: window {n} is at the beginning of the text, but its state is not zero")
        found, pair = compare_window(before, after, inputs, targets)
        sums += pair
        for name, error in found.items():
            errors[name].append(error)
    if not errors:
        raise SystemExit(f"{path}: no window in it")
    worst = {name: float(np.max(values)) for name, values in errors.items()}  # a NaN stays a NaN
    return len(errors["loss"]), worst, float(np.sqrt(sums[0] / sums[1]))


def sync(args):
    """Checks loss, memory and state window by window, and all updates together.

    The update of a single window is only printed. In f32, a unit near +-1 has a gradient with few correct digits (1 -
    h^2 cancels), and Adagrad multiplies it by up to 1,000 while its memory is empty (0.1 / sqrt(1e-8)). With plain f32
    arithmetic the worst of 1,000 windows is off by 0.7e-4 to 1.5e-4, and all of them together by 3e-5.
    """
    count, worst, update = compare_trace(args.trace, read_text(args.text))
    print(f"{count} windows, relative errors: all updates {update:.2e}; worst window: "
          + " ".join(f"{name} {error:.2e}" for name, error in worst.items()))
    judged = [update] + [worst[name] for name in ("loss", "memory", "h") if name in worst]
    if not all(error <= args.tolerance for error in judged):
        raise SystemExit(f"above {args.tolerance:g}")


# ---- the oracle's own check ----


def finite_differences(oracle, name, inputs, targets, h, step=1e-5):
    flat, grads = oracle.parameters[name].reshape(-1), []
    for i, value in enumerate(flat.copy()):
        flat[i] = value + step
        above = oracle.forward(inputs, targets, h)[0]
        flat[i] = value - step
        below = oracle.forward(inputs, targets, h)[0]
        flat[i] = value
        grads.append((above - below) / (2 * step))
    return np.array(grads).reshape(oracle.parameters[name].shape)


def check(_args):
    rng = np.random.default_rng(1)
    vocab, hidden = 7, 11
    oracle = Oracle.fresh(vocab, hidden, rng, scale=0.4)
    ids, h = rng.integers(0, vocab, 14), rng.uniform(-0.9, 0.9, hidden)
    inputs, targets = ids[:-1], ids[1:]
    _, states, p = oracle.forward(inputs, targets, h)
    raw = oracle.backward(inputs, targets, states, p)
    worst = max(relative(raw, {n: finite_differences(oracle, n, inputs, targets, h)}) for n in NAMES)
    print(f"gradients against finite differences: {worst:.1e}")
    if not worst <= 1e-7:
        raise SystemExit("gradients are wrong")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(required=True)
    verbs.add_parser("check").set_defaults(run=check)
    verb = verbs.add_parser("free")
    verb.add_argument("text")
    verb.add_argument("--windows", type=int, default=10000)
    verb.add_argument("--seed", type=int, default=1)
    verb.add_argument("--start")
    verb.add_argument("--rate", type=float, nargs="+", default=[RATE])
    verb.set_defaults(run=free)
    verb = verbs.add_parser("sync")
    verb.add_argument("text")
    verb.add_argument("trace")
    verb.add_argument("--tolerance", type=float, default=1e-4)
    verb.set_defaults(run=sync)
    args = parser.parse_args()
    args.run(args)


if __name__ == "__main__":
    sys.exit(main())
