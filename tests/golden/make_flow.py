"""Writes flow-*.safetensors: how large gradients are k steps back, by automatic differentiation in double precision.

Small networks are written out step by step in torch, with a tensor of its own for every h and c. torch computes the
gradient of the last step's loss with respect to each. Weights are values that an f32 holds exactly. Singular values and
spectral radii are numpy's. Needs numpy and torch; see README.md.

    python3 tests/golden/make_flow.py [FOLDER]
"""

import sys
import zlib
from pathlib import Path

import numpy as np
import torch

from tensor_file import write_file

SYMBOLS, LANES, STEPS, WARM = 7, 3, 60, 4
GATES = {"rnn": 1, "lstm": 4, "gru": 3, "gru-before": 3, "lstm-coupled": 3}
MEMORY = "lstm", "lstm-coupled"  # the cells that have a c

# Network line, factor of W_hh, and the number added to the bias of the gate that keeps (f, z).
CASES = {
    "flow-rnn": ("onehot > rnn 9 > dense", 1.0, 0),
    "flow-lstm": ("embed 5 > lstm 9 > dense", 1.0, 1),
    "flow-gru": ("onehot > gru 9 > dense", 1.0, 0),
    "flow-gru-before": ("onehot > gru-before 9 > dense", 1.0, 0),
    "flow-lstm-coupled": ("embed 5 > lstm-coupled 9 > dense", 1.0, 1),
    "flow-lstm-stack": ("embed 5 > lstm 8 x2 > dense", 1.0, 1),
    "flow-mixed": ("onehot > gru 8 > dense 6 tanh > rnn 17 > dense", 1.0, 1),
    "flow-vanishing": ("onehot > rnn 9 x2 > dense", 0.05, 0),
    "flow-vanishing-lstm": ("onehot > lstm 9 > dense", 0.1, -3),
    "flow-exploding": ("onehot > rnn 9 relu > dense", 2.0, 0),
}


class Draw:
    def __init__(self, case):
        self.rng = np.random.default_rng(zlib.crc32(case.encode()))

    def normal(self, shape, scale):
        return (scale * self.rng.standard_normal(shape)).astype(np.float32).astype(np.float64)


# ---- networks ----


def parse(net):
    """Returns [(word, width, activation)], with x2 written out."""
    layers = []
    for part in net.split(" > "):
        words = part.split()
        width = int(words[1]) if len(words) > 1 and words[1].isdigit() else None
        activation = next((w for w in words[1:] if w in ("tanh", "relu")), None)
        layers += [(words[0], width, activation)] * (2 if "x2" in words else 1)
    return layers


def make(case, net, gain, keep):
    """Returns the weights by their names in a model file, and the layers with the names of their weights."""
    draw, weights, layers = Draw(case), {}, []
    width, stack, depth, stacks = SYMBOLS, None, 0, 0
    for word, size, activation in parse(net):
        if word == "embed":
            weights["embed.weight"] = draw.normal((SYMBOLS, size), 1.0)
            layers.append((word, activation, ["embed.weight"]))
        elif word == "dense":
            last = size is None
            name, size = ("out", SYMBOLS) if last else ("dense", size)
            small = 1e-8 if case == "flow-exploding" else 1.0  # its h are large; keeps the softmax from saturating
            weights[f"{name}.weight"] = draw.normal((size, width), small * width**-0.5)
            weights[f"{name}.bias"] = draw.normal((size,), 0.1)
            layers.append((word, activation, [f"{name}.weight", f"{name}.bias"]))
        elif word in GATES:
            if stack == (word, size) and width == size:
                depth += 1
            else:
                stack, depth, stacks = (word, size), 0, stacks + 1
            base = ("rnn" if word in ("rnn", "lstm", "gru") else word.replace("-", "_")) + (str(stacks) if stacks > 1 else "")
            rows = GATES[word] * size
            names = [f"{base}.{what}_l{depth}" for what in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            weights[names[0]] = draw.normal((rows, width), width**-0.5)
            weights[names[1]] = draw.normal((rows, size), gain * size**-0.5)
            weights[names[2]] = draw.normal((rows,), 0.1)
            weights[names[3]] = draw.normal((rows,), 0.1)
            if keep and word in ("lstm", "gru", "lstm-coupled"):
                at = 0 if word == "lstm-coupled" else size
                weights[names[2]][at : at + size] += keep
                weights[names[2]] = weights[names[2]].astype(np.float32).astype(np.float64)
            layers.append((word, activation, names))
        else:
            layers.append((word, activation, []))
        width = size or width
    return weights, layers


def cell_step(word, activation, w, x, h, c, trace=None):
    """One step: returns the new h, the new c (None if the cell has none), and the gate that keeps. Puts W_hh's products
    and the gates o and r into trace."""
    w_ih, w_hh, b_ih, b_hh = w
    units = h.shape[1]
    part = lambda t, i: t[..., i * units : (i + 1) * units]
    a, u = x @ w_ih.T + b_ih, h @ w_hh.T + b_hh
    tell = lambda **what: trace.update(what) if trace is not None else None
    tell(products=[u])
    if word == "rnn":
        a = a + u
        return (torch.relu(a) if activation == "relu" else torch.tanh(a)), None, None
    if word == "lstm":
        a = a + u
        i, f, g, o = torch.sigmoid(part(a, 0)), torch.sigmoid(part(a, 1)), torch.tanh(part(a, 2)), torch.sigmoid(part(a, 3))
        c = f * c + i * g
        tell(o=o)
        return o, c, f  # h = o∘tanh(c) is computed from the tensor that c becomes
    if word == "lstm-coupled":
        a = a + u
        f, g, o = torch.sigmoid(part(a, 0)), torch.tanh(part(a, 1)), torch.sigmoid(part(a, 2))
        tell(o=o)
        return o, f * c + (1 - f) * g, f
    if word == "gru-before":
        u = h @ w_hh[: 2 * units].T + b_hh[: 2 * units]
    r, z = torch.sigmoid(part(a, 0) + part(u, 0)), torch.sigmoid(part(a, 1) + part(u, 1))
    if word == "gru":
        n = torch.tanh(part(a, 2) + r * part(u, 2))
    else:
        reset = (r * h) @ w_hh[2 * units :].T + b_hh[2 * units :]
        n = torch.tanh(part(a, 2) + reset)
        tell(products=[u, reset], r=r)
    return (1 - z) * n + z * h, None, z


def kept(tensor):
    tensor.retain_grad()
    return tensor


def run(weights, layers, ids, following):
    """Returns for each recurrent layer the tensors h, c and the gates of each step, with gradients; also the inputs
    and traces of each step."""
    cells = [l for l in layers if l[0] in GATES]
    width = {id(l): weights[l[2][1]].shape[1] for l in cells}
    zero = lambda l: torch.zeros(ids.shape[1], width[id(l)], dtype=torch.float64, requires_grad=True)
    h, c = [[kept(zero(l) * 1)] for l in cells], [[kept(zero(l) * 1)] for l in cells]
    gate, inputs, traces = [[] for _ in cells], [[] for _ in cells], [[] for _ in cells]
    for t in range(len(ids)):
        x, k = None, 0
        for word, activation, names in layers:
            w = [weights[n] for n in names]
            if word == "onehot":
                x = torch.nn.functional.one_hot(ids[t], SYMBOLS).double()
            elif word == "embed":
                x = w[0][ids[t]]
            elif word == "dense":
                x = x @ w[0].T + w[1]
                x = torch.tanh(x) if activation == "tanh" else x
            else:
                inputs[k].append(x)
                traces[k].append({})
                after, memory, keeps = cell_step(word, activation, w, x, h[k][-1], c[k][-1], traces[k][-1])
                for product in traces[k][-1]["products"]:
                    kept(product)
                if memory is not None:
                    c[k].append(kept(memory))
                    after = after * torch.tanh(c[k][-1])
                h[k].append(kept(after))
                gate[k].append(keeps)
                x, k = after, k + 1
    torch.nn.functional.cross_entropy(x, following, reduction="sum").backward()
    return cells, h, c, gate, inputs, traces


def norms(tensors, steps):
    """Returns ln ‖gradient‖ by k, averaged over the lanes."""
    return np.array([torch.linalg.vector_norm(tensors[-1 - k].grad, dim=1).log().mean().item() for k in range(steps + 1)])


def plus(c, gate, steps):
    """Returns ln‖∂loss/∂c_t ∘ Πf‖. Logarithms are added, so that nothing underflows."""
    ln = c[-1].grad.abs().log()
    out = []
    for k in range(steps + 1):
        out.append((torch.logsumexp(2 * ln, dim=1) / 2).mean().item())
        ln = ln + gate[-1 - k].detach().log()
    return np.array(out)


def parts(cell, w_hh, h, c, gate, traces, steps):
    """Returns the effect of a step back on the gradient: ln of ‖da‖/‖∂(h, c)‖, of ‖W_hhᵀda‖/‖da‖, and of the part
    that the gate keeps."""
    size = lambda *tensors: torch.cat(tensors, dim=1).norm(dim=1).log()
    units, out = w_hh.shape[1], {"slopes": [], "recurrent": [], "kept": []}
    for k in range(steps + 1):
        trace, dh = traces[-1 - k], h[-1 - k].grad
        da = torch.cat([u.grad for u in trace["products"]], dim=1)
        came, memory = [dh], dh
        if cell in MEMORY:
            memory, shown = c[-1 - k].grad, torch.tanh(c[-1 - k].detach())
            came.append(memory - dh * trace["o"].detach() * (1 - shown**2))
        back = da @ w_hh
        if "r" in trace:
            first = len(w_hh) - units
            back = da[:, :first] @ w_hh[:first] + trace["r"].detach() * (da[:, first:] @ w_hh[first:])
        out["slopes"].append((size(da) - size(*came)).mean().item())
        out["recurrent"].append((size(back) - size(da)).mean().item())
        if cell != "rnn":
            out["kept"].append((size(memory * gate[-1 - k].detach()) - size(memory)).mean().item())
    return {name: np.array(values) for name, values in out.items() if values}


def jacobian(cell, weights, h, c, inputs, steps):
    """Returns ln of the largest singular value of ∂(h, c)_t/∂(h, c)_{t−k} in lane 0, with the layer's input held
    constant."""
    word, activation, names = cell
    w = [weights[n].detach() for n in names]
    units = w[1].shape[1]

    def step(state, x):
        memory = state[None, units:] if word in MEMORY else None
        after, memory, _ = cell_step(word, activation, w, x, state[None, :units], memory)
        if memory is None:
            return after[0]
        return torch.cat([(after * torch.tanh(memory))[0], memory[0]])

    size = units * (2 if word in MEMORY else 1)
    product, power, out = torch.eye(size, dtype=torch.float64), 0.0, []
    for k in range(steps + 1):
        out.append(torch.linalg.matrix_norm(product, 2).log().item() + power)
        before = h[-2 - k][0].detach()
        if word in MEMORY:
            before = torch.cat([before, c[-2 - k][0].detach()])
        x = inputs[-1 - k][:1].detach()
        product = product @ torch.autograd.functional.jacobian(lambda s: step(s, x), before)
        scale = product.abs().max().item()
        product, power = product / scale, power + np.log(scale)
    return np.array(out)


def spectra(cell, weights):
    """Returns the singular values of W_hh, then those of each block; the spectral radius of W_hh if it is square,
    then those of the blocks."""
    w = weights[cell[2][1]].detach().numpy()
    units = w.shape[1]
    blocks = [w[i : i + units] for i in range(0, len(w), units)] if len(w) > units else []
    matrices = [w] + blocks
    singular = np.array([np.linalg.svd(m, compute_uv=False) for m in matrices])
    radius = np.array([np.abs(np.linalg.eigvals(m)).max() if m.shape[0] == units else -1.0 for m in matrices])
    return singular, radius


def moves(tensors, steps):
    last = [t.detach() for t in tensors[-1 - steps :]]
    norm = lambda t: torch.linalg.vector_norm(t, dim=1)
    return np.array([torch.stack([norm(b - a) / norm(b) for a, b in zip(last, last[1:])]).mean().item()])


def write_case(folder, case, net, gain, keep):
    start, layers = make(case, net, gain, keep)
    draw = np.random.default_rng(zlib.crc32((case + " ids").encode()))
    ids = draw.integers(0, SYMBOLS, (WARM + STEPS + 1, LANES), dtype=np.int64)
    following = draw.integers(0, SYMBOLS, (LANES,), dtype=np.int64)
    weights = {name: torch.tensor(value, requires_grad=True) for name, value in start.items()}
    cells, h, c, gate, inputs, traces = run(weights, layers, torch.tensor(ids), torch.tensor(following))
    tensors = {**start, "ids": ids, "next": following}
    for i, cell in enumerate(cells):
        singular, radius = spectra(cell, weights)
        tensors |= {f"h.{i}": norms(h[i], STEPS), f"jacobian.{i}": jacobian(cell, weights, h[i], c[i], inputs[i], STEPS)}
        tensors |= {f"singular.{i}": singular, f"radius.{i}": radius, f"h_moves.{i}": moves(h[i], STEPS)}
        w_hh = weights[cell[2][1]].detach()
        for name, values in parts(cell[0], w_hh, h[i], c[i], gate[i], traces[i], STEPS).items():
            tensors[f"{name}.{i}"] = values
        if cell[0] in MEMORY:
            tensors |= {f"c.{i}": norms(c[i], STEPS), f"plus.{i}": plus(c[i], gate[i], STEPS)}
            tensors |= {f"c_moves.{i}": moves(c[i], STEPS)}
        print(f"{case} layer {i}: log10 of the gradient of h, 0 and {STEPS} steps back: "
              f"{tensors[f'h.{i}'][0] / np.log(10):.1f} {tensors[f'h.{i}'][-1] / np.log(10):.1f}")
    told = {"case": case, "net": net, "steps": str(STEPS), "warm": str(WARM), "torch": torch.__version__.split("+")[0]}
    write_file(folder / f"{case}.safetensors", tensors, told)


def main():
    torch.set_num_threads(1)
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for case, (net, gain, keep) in CASES.items():
        write_case(folder, case, net, gain, keep)


main()
