"""Writes draw*.safetensors: the bound of a painting of DRAW and all its gradients, in double precision.

Written out in torch from the equations of Gregor et al. 2015: nn.LSTMCell, the filters as exp divided by its sum, the
KL from torch.distributions. Weights, pictures and noise are values that an f32 holds exactly. Needs numpy and torch;
see README.md.

    python3 tests/golden/make_draw.py [FOLDER]
"""

import sys
import zlib
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch.distributions import Normal, kl_divergence

from tensor_file import write_file

LANES, STROKES, LATENT, ROWS, COLUMNS, HIDDEN, SEEN = 3, 3, 2, 6, 5, 7, 6
CASES = {"draw": (0, 0), "draw-attention": (3, 2)}  # read size and write size


def shapes(read, write):
    """Shapes of the weights, by their names in a model file."""
    inputs = {"decoder": LATENT, "encoder": SEEN + HIDDEN}
    all = {}
    for line, width in inputs.items():
        all[f"{line}.rnn.weight_ih_l0"] = (4 * HIDDEN, width)
        all[f"{line}.rnn.weight_hh_l0"] = (4 * HIDDEN, HIDDEN)
        all[f"{line}.rnn.bias_ih_l0"] = all[f"{line}.rnn.bias_hh_l0"] = (4 * HIDDEN,)
    read_numbers, written = 2 * (read * read or ROWS * COLUMNS), write * write or ROWS * COLUMNS
    dense = {"reader": (SEEN, read_numbers), "encoder": (2 * LATENT, HIDDEN), "write": (written, HIDDEN)}
    if read:
        dense["look"] = (5, HIDDEN)
    if write:
        dense["place"] = (5, HIDDEN)
    for line, shape in dense.items():
        all[f"{line}.out.weight"], all[f"{line}.out.bias"] = shape, shape[:1]
    all["canvas.out.weight"] = (ROWS * COLUMNS, 1)
    return all


def dense(w, line, x):
    return F.linear(x, w[f"{line}.out.weight"], w.get(f"{line}.out.bias"))


def lstm(w, line, x, state):
    names = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
    cell = [w[f"{line}.rnn.{name}_l0"] for name in names]
    return torch._VF.lstm_cell(x, state, *cell)


def filters(place, side):
    """Returns F_X (B, N, columns), F_Y (B, N, rows) and gamma, with positions counted from 1 as in the paper."""
    x, y, log_variance, log_apart, log_strength = place.unbind(1)
    apart = (max(ROWS, COLUMNS) - 1) / (side - 1) * log_apart.exp()
    result = []
    for number, size in ((x, COLUMNS), (y, ROWS)):
        middle = (size + 1) / 2 * (number + 1)
        i = torch.arange(1, side + 1, dtype=torch.float64)
        mean = middle[:, None] + (i - side / 2 - 0.5) * apart[:, None]
        a = torch.arange(1, size + 1, dtype=torch.float64)
        weight = torch.exp(-((a - mean[:, :, None]) ** 2) / (2 * log_variance.exp()[:, None, None]))
        result.append(weight / weight.sum(2, keepdim=True))
    return *result, log_strength.exp()[:, None, None]


def read(w, x, error, h, side):
    """Returns the picture and the error, with both numbers of a pixel next to each other."""
    if not side:
        return torch.stack((x, error), 2).flatten(1)
    f_x, f_y, strength = filters(dense(w, "look", h), side)
    seen = [strength * (f_y @ p.view(-1, ROWS, COLUMNS) @ f_x.transpose(1, 2)) for p in (x, error)]
    return torch.stack(seen, 3).flatten(1)


def write(w, h, side):
    patch = dense(w, "write", h)
    if not side:
        return patch
    f_x, f_y, strength = filters(dense(w, "place", h), side)
    return (f_y.transpose(1, 2) @ patch.view(-1, side, side) @ f_x / strength).flatten(1)


def paint(w, x, noise, read_size, write_size):
    zero = torch.zeros(LANES, HIDDEN, dtype=torch.float64)
    encoder, decoder = (zero, zero), (zero, zero)
    canvas, kl = w["canvas.out.weight"].T.expand(LANES, -1), []
    for t in range(STROKES):
        r = torch.relu(dense(w, "reader", read(w, x, x - canvas.sigmoid(), decoder[0], read_size)))
        encoder = lstm(w, "encoder", torch.cat((r, decoder[0]), 1), encoder)
        mean, log_sigma = dense(w, "encoder", encoder[0]).chunk(2, 1)
        q = Normal(mean, log_sigma.exp())
        kl.append(kl_divergence(q, Normal(torch.zeros_like(mean), 1.0)).sum())
        decoder = lstm(w, "decoder", mean + q.stddev * noise[t], decoder)
        canvas = canvas + write(w, decoder[0], write_size)
    lost = F.binary_cross_entropy_with_logits(canvas, x, reduction="sum")
    return canvas, torch.stack(kl), lost


def make(folder, case):
    rng = np.random.default_rng(zlib.crc32(case.encode()))
    exact = lambda a: a.astype(np.float32).astype(np.float64)
    sizes = CASES[case]
    inputs = {"x": (rng.random((LANES, ROWS * COLUMNS)) < 0.4).astype(np.float64),
              "noise": exact(rng.standard_normal((STROKES, LANES, LATENT)))}
    weights = {name: exact(rng.standard_normal(shape) * 0.5) for name, shape in shapes(*sizes).items()}
    w = {name: torch.tensor(value, requires_grad=True) for name, value in weights.items()}
    canvas, kl, lost = paint(w, torch.tensor(inputs["x"]), torch.tensor(inputs["noise"]), *sizes)
    (kl.sum() + lost).backward()
    results = {"canvas": canvas, "kl": kl, "reconstruction": lost.reshape(1)}
    tensors = {**inputs, **weights, **{name: value.detach().numpy() for name, value in results.items()}}
    tensors.update({"grad." + name: value.grad.numpy() for name, value in w.items()})
    write_file(folder / f"{case}.safetensors", tensors,
               {"case": case, "source": "torch " + torch.__version__.split("+")[0],
                "read_size": str(sizes[0]), "write_size": str(sizes[1])})


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    for case in CASES:
        make(folder, case)


if __name__ == "__main__":
    main()
