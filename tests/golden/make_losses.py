"""Writes loss-WORD.safetensors: each loss of src/layer/loss.inc and its gradients, computed by PyTorch in double precision.

The crf is the package pytorch-crf's. PyTorch has no quantile loss, so its equation is written out. Needs numpy, torch and
pytorch-crf; see README.md.

    python3 tests/golden/make_losses.py [FOLDER]
"""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torchcrf import CRF

from make_golden import TORCH, Draw, gradients, leaf, live, values, write_case

STEPS, LANES, WIDTH = 8, 19, 6  # more than one shard of 16 lanes
SMOOTHING = 0.1
LEVELS = np.array([0.125, 0.5, 0.875])


def draw_lengths(draw):
    return draw.integers((LANES,), STEPS) + 1


def draw_weights(draw):
    return np.abs(draw.normal((STEPS, LANES)))


def draw_numbers(draw, width):
    """Returns targets (T, B, width), a sixth of which do not count: they are NaN."""
    numbers = draw.normal((STEPS, LANES, width))
    numbers[draw.integers(numbers.shape, 6) == 0] = np.nan
    return numbers


def softmax(draw, x, lengths):
    targets, weights = draw.integers((STEPS, LANES), WIDTH + 1) - 1, draw_weights(draw)
    costs = F.cross_entropy(x.flatten(0, 1), torch.tensor(targets).flatten(), ignore_index=-1, label_smoothing=SMOOTHING,
                            reduction="none").reshape(STEPS, LANES)
    counts = live(lengths, STEPS) & (torch.tensor(targets) >= 0)
    loss = (costs * torch.tensor(weights))[counts].sum()
    return loss, counts.sum(), {"targets": targets, "weights": weights}, {"smoothing": str(SMOOTHING)}


def numbers(draw, cost, targets, lengths, told):
    """cost: of targets (T, B, N) without NaN, (T, B, N, outputs of a target)."""
    weights = draw_weights(draw)
    counts = live(lengths, STEPS)[:, :, None] & ~torch.isnan(torch.tensor(targets))
    costs = cost(torch.tensor(np.nan_to_num(targets))) * torch.tensor(weights)[:, :, None, None]
    return costs[counts].sum(), counts.sum(), {"targets": targets, "weights": weights}, told


def sigmoid(draw, x, lengths):
    targets = torch.sigmoid(torch.tensor(draw_numbers(draw, WIDTH))).numpy().astype(np.float32).astype(np.float64)

    def cost(target):
        smoothed = (1 - SMOOTHING) * target + SMOOTHING / 2
        return F.binary_cross_entropy_with_logits(x, smoothed, reduction="none")[..., None]

    return numbers(draw, cost, targets, lengths, {"smoothing": str(SMOOTHING)})


def squared(draw, x, lengths):
    def cost(target):
        return F.mse_loss(x, target, reduction="none")[..., None]

    return numbers(draw, cost, draw_numbers(draw, WIDTH), lengths, {})


def quantile(draw, x, lengths):
    def cost(target):
        off, levels = target[..., None] - x.unflatten(2, (-1, len(LEVELS))), torch.tensor(LEVELS)
        return torch.where(off > 0, levels * off, (levels - 1) * off)

    loss, count, data, told = numbers(draw, cost, draw_numbers(draw, WIDTH // len(LEVELS)), lengths, {})
    return loss, count, {**data, "levels": LEVELS}, told


def crf(draw, x, lengths, **scores):
    targets = draw.integers((STEPS, LANES), WIDTH)
    module, options = CRF(WIDTH).double(), {"mask": live(lengths, STEPS), "reduction": "sum"}
    loss = -torch.func.functional_call(module, scores, (x, torch.tensor(targets)), options)
    return loss, torch.tensor(lengths).sum(), {"targets": targets}, {}


def steps_of(labels):
    return len(labels) + sum(a == b for a, b in zip(labels, labels[1:]))


def ctc(draw, x, ends):
    """Each lane gets as many labels as fit into its steps, or fewer. The blank is the last output."""
    targets, lengths = draw.integers((STEPS // 2, LANES), WIDTH - 1), draw.integers((LANES,), STEPS // 2 + 1)
    for b in range(LANES):
        while steps_of(targets[:lengths[b], b]) > ends[b]:
            lengths[b] -= 1
    assert (lengths == 0).any() and any(steps_of(targets[:n, b]) > n for b, n in enumerate(lengths))
    loss = F.ctc_loss(F.log_softmax(x, 2), torch.tensor(targets.T.copy()), torch.tensor(ends), torch.tensor(lengths),
                      blank=WIDTH - 1, reduction="none").sum()
    return loss, torch.tensor(lengths).sum(), {"targets": targets, "ends": ends, "lengths": lengths}, {}


# Word: its function, where its values come from, the shapes of its parameters.
LOSSES = {
    "softmax": (softmax, "cross_entropy", {}),
    "sigmoid": (sigmoid, "binary_cross_entropy_with_logits", {}),
    "squared": (squared, "mse_loss", {}),
    "quantile": (quantile, "by hand", {}),
    "crf": (crf, "pytorch-crf", {"transitions": (WIDTH, WIDTH), "start_transitions": (WIDTH,), "end_transitions": (WIDTH,)}),
    "ctc": (ctc, "ctc_loss", {}),
}


def write_loss(folder, word):
    function, source, shapes = LOSSES[word]
    draw = Draw("loss-" + word)
    x, lengths = leaf(draw.normal((STEPS, LANES, WIDTH), 2.0)), draw_lengths(draw)
    parameters = {name: leaf(draw.normal(shape)) for name, shape in shapes.items()}
    loss, count, data, told = function(draw, x, lengths, **parameters)
    loss.backward()
    leaves = {"x": x, **parameters}
    tensors = {**values(leaves), "lengths": lengths, **data, "loss": loss.detach().numpy().reshape(1), **gradients(leaves)}
    write_case(folder, "loss-" + word, tensors, {"source": f"{TORCH}, {source}", "count": str(count.item()), **told})


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for word in LOSSES:
        write_loss(folder, word)


if __name__ == "__main__":
    main()
