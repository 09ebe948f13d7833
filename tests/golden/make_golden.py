"""Writes the golden files of this folder: values that PyTorch, Keras and, for one optimiser, numpy compute in double.

Inputs, weights and upstream gradients are drawn with fixed seeds and rounded to values that an f32 holds exactly, so
that a build in f32 and one in double start from the same numbers. Needs numpy, torch, tensorflow, keras; see README.md.
"""

import argparse
import os
import zlib
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import torch
import torch.nn.functional as F

from tensor_file import write_file

TORCH = "torch " + torch.__version__.split("+")[0]
STEPS, BATCH = 7, 4
RAGGED = [5, 2, 7, 1]
SIZES = {"": (5, 7), "-h19": (3, 19)}  # suffix of the case: input width, hidden size


# ---- numbers and files ----


class Draw:
    """Random numbers that depend only on the name of the case."""

    def __init__(self, case):
        self.rng = np.random.default_rng(zlib.crc32(case.encode()))

    def normal(self, shape, scale=1.0):
        return (scale * self.rng.standard_normal(shape)).astype(np.float32).astype(np.float64)

    def integers(self, shape, end):
        return self.rng.integers(0, end, shape, dtype=np.int64)


def write_case(folder, case, tensors, metadata):
    write_file(folder / f"{case}.safetensors", tensors, {"case": case, **metadata})


def leaf(array):
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


def values(tensors):
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def gradients(leaves):
    return {"grad." + name: tensor.grad.numpy() for name, tensor in leaves.items()}


# ---- layers ----


def weight_shapes(gates, inputs, hidden, layers, bias=True):
    """Returns PyTorch's names and shapes for a stack of one width. gates: 1 RNN, 3 GRU, 4 LSTM."""
    shapes = {}
    for k in range(layers):
        shapes[f"weight_ih_l{k}"] = (gates * hidden, inputs if k == 0 else hidden)
        shapes[f"weight_hh_l{k}"] = (gates * hidden, hidden)
        if bias:
            shapes[f"bias_ih_l{k}"] = shapes[f"bias_hh_l{k}"] = (gates * hidden,)
    return shapes


def draw_weights(draw, shapes, hidden):
    return {name: draw.normal(shape, 1.0 / np.sqrt(hidden)) for name, shape in shapes.items()}


def draw_layer(draw, gates, inputs, hidden, layers, bias=True, has_c=False):
    """Returns (leaves, upstream gradients) of a layer. x and dy also have numbers after a sequence's end, which must
    not count."""
    state = (layers, BATCH, hidden)
    leaves = {"x": draw.normal((STEPS, BATCH, inputs)), "h0": draw.normal(state, 0.5)}
    upstream = {"dy": draw.normal((STEPS, BATCH, hidden)), "dhn": draw.normal(state)}
    if has_c:
        leaves["c0"] = draw.normal(state, 0.5)
        upstream["dcn"] = draw.normal(state)
    leaves.update(draw_weights(draw, weight_shapes(gates, inputs, hidden, layers, bias), hidden))
    return leaves, upstream


def torch_module(cell, inputs, hidden, layers=1, bias=True, nonlinearity="tanh"):
    kind = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[cell]
    options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
    return kind(inputs, hidden, num_layers=layers, bias=bias, dtype=torch.float64, **options)


def run_module(module, leaves, lengths):
    """Returns the outputs {y, hn[, cn]} of the module, called with the leaves in place of its own parameters."""
    weights = {name: leaves[name] for name, _ in module.named_parameters()}
    state = (leaves["h0"], leaves["c0"]) if "c0" in leaves else leaves["h0"]
    x = leaves["x"]
    if lengths is not None:
        x = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    y, last = torch.func.functional_call(module, weights, (x, state))
    if lengths is not None:
        y, _ = torch.nn.utils.rnn.pad_packed_sequence(y, total_length=STEPS)
    return {"y": y, "hn": last[0], "cn": last[1]} if "c0" in leaves else {"y": y, "hn": last}


def weighted_sum(outputs, upstream):
    return sum((outputs[name[1:]] * torch.tensor(weight)).sum() for name, weight in upstream.items())


def layer_tensors(leaves, upstream, lengths, outputs):
    """Returns all tensors of a layer file, from leaves whose gradients have been computed."""
    given = {} if lengths is None else {"lengths": np.array(lengths, dtype=np.int64)}
    return {**values(leaves), **given, **upstream, **values(outputs), **gradients(leaves)}


def layer_metadata(cell, source, inputs, hidden, lengths, layers=1, bias=True, nonlinearity="tanh"):
    told = {"cell": cell, "source": source, "input": str(inputs), "hidden": str(hidden), "layers": str(layers)}
    told.update(bias=str(bias).lower(), ragged=str(lengths is not None).lower())
    return {**told, "nonlinearity": nonlinearity} if cell == "rnn" else told


def torch_layer(folder, case, cell, inputs, hidden, lengths=None, **options):
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[cell]
    layers, bias = options.get("layers", 1), options.get("bias", True)
    arrays, upstream = draw_layer(Draw(case), gates, inputs, hidden, layers, bias, has_c=cell == "lstm")
    leaves = {name: leaf(array) for name, array in arrays.items()}
    outputs = run_module(torch_module(cell, inputs, hidden, **options), leaves, lengths)
    weighted_sum(outputs, upstream).backward()
    metadata = layer_metadata(cell, TORCH, inputs, hidden, lengths, **options)
    write_case(folder, case, layer_tensors(leaves, upstream, lengths, outputs), metadata)


def torch_layers(folder):
    for suffix, sizes in SIZES.items():
        torch_layer(folder, "rnn-tanh" + suffix, "rnn", *sizes)
        torch_layer(folder, "rnn-relu" + suffix, "rnn", *sizes, nonlinearity="relu")
        torch_layer(folder, "rnn-nobias" + suffix, "rnn", *sizes, bias=False)
        torch_layer(folder, "lstm" + suffix, "lstm", *sizes)
        torch_layer(folder, "gru" + suffix, "gru", *sizes)
        for cell in "rnn", "lstm", "gru":
            torch_layer(folder, f"{cell}-stack{suffix}", cell, *sizes, layers=2)
            torch_layer(folder, f"{cell}-ragged{suffix}", cell, *sizes, lengths=RAGGED)


# ---- cells by hand ----


def run_by_hand(step, leaves, lengths):
    """Returns the outputs {y, hn[, cn]} of states = step(leaves, x, states) at each x. A lane that has ended keeps
    its states and gives zeros."""
    states, outputs = [leaves[name][0] for name in ("h0", "c0") if name in leaves], []
    for t, x in enumerate(leaves["x"]):
        valid = torch.tensor([t < length for length in lengths or [STEPS] * BATCH])[:, None]
        states = [torch.where(valid, new, old) for new, old in zip(step(leaves, x, states), states)]
        outputs.append(torch.where(valid, states[0], torch.zeros_like(states[0])))
    return {"y": torch.stack(outputs), **{name: state[None] for name, state in zip(("hn", "cn"), states)}}


def lstm_coupled_step(leaves, x, states):
    h, c = states
    a = x @ leaves["weight_ih_l0"].T + leaves["bias_ih_l0"] + h @ leaves["weight_hh_l0"].T + leaves["bias_hh_l0"]
    a_f, a_g, a_o = a.chunk(3, dim=1)
    f = torch.sigmoid(a_f)
    c = f * c + (1 - f) * torch.tanh(a_g)
    return torch.sigmoid(a_o) * torch.tanh(c), c


# Word: one step, blocks of H rows in the matrices, whether there is a c.
BY_HAND = {"lstm-coupled": (lstm_coupled_step, 3, True)}


def hand_layer(folder, case, cell, inputs, hidden, lengths=None):
    step, gates, has_c = BY_HAND[cell]
    arrays, upstream = draw_layer(Draw(case), gates, inputs, hidden, 1, has_c=has_c)
    leaves = {name: leaf(array) for name, array in arrays.items()}
    outputs = run_by_hand(step, leaves, lengths)
    weighted_sum(outputs, upstream).backward()
    metadata = layer_metadata(cell, TORCH + ", by hand", inputs, hidden, lengths)
    write_case(folder, case, layer_tensors(leaves, upstream, lengths, outputs), metadata)


def hand_layers(folder):
    for suffix, sizes in SIZES.items():
        for cell in BY_HAND:
            hand_layer(folder, cell + suffix, cell, *sizes)
            hand_layer(folder, f"{cell}-ragged{suffix}", cell, *sizes, lengths=RAGGED)


# ---- GRU with the reset gate before the product ----


def gates_to_keras(array):
    """Reorders the rows r, z, n to Keras' z, r, h. The function is its own inverse."""
    r, z, n = np.split(array, 3)
    return np.concatenate([z, r, n])


def keras_gru(arrays, upstream, lengths):
    """Returns (outputs, gradients) under our names. Keras has one bias, which is our bias_ih; our bias_hh has the
    same gradient."""
    import keras
    import tensorflow as tf

    layer = keras.layers.GRU(arrays["h0"].shape[2], reset_after=False, return_sequences=True, return_state=True,
                             use_cudnn=False, dtype="float64")
    layer.build((BATCH, STEPS, arrays["x"].shape[2]))
    layer.set_weights([gates_to_keras(arrays["weight_ih_l0"]).T, gates_to_keras(arrays["weight_hh_l0"]).T,
                       gates_to_keras(arrays["bias_ih_l0"])])
    x, h0 = tf.constant(arrays["x"].transpose(1, 0, 2)), tf.constant(arrays["h0"][0])
    valid = np.arange(STEPS)[None, :] < np.array(lengths or [STEPS] * BATCH)[:, None]
    with tf.GradientTape() as tape:
        tape.watch([x, h0])
        y, hn = layer(x, initial_state=h0, mask=tf.constant(valid) if lengths else None)
        y = y * valid[:, :, None].astype(np.float64)  # after a sequence's end Keras repeats its last output
        total = tf.reduce_sum(y * upstream["dy"].transpose(1, 0, 2)) + tf.reduce_sum(hn * upstream["dhn"][0])
    dx, dh0, kernel, recurrent, bias = tape.gradient(total, [x, h0, *layer.trainable_weights])
    outputs = {"y": y.numpy().transpose(1, 0, 2), "hn": hn.numpy()[None]}
    bias = gates_to_keras(bias.numpy())
    return outputs, {"grad.x": dx.numpy().transpose(1, 0, 2), "grad.h0": dh0.numpy()[None],
                     "grad.weight_ih_l0": gates_to_keras(kernel.numpy().T),
                     "grad.weight_hh_l0": gates_to_keras(recurrent.numpy().T),
                     "grad.bias_ih_l0": bias, "grad.bias_hh_l0": bias}


def gru_before_step(leaves, x, states):
    """The equations themselves, to prove that the conversion from Keras is right."""
    (h,) = states
    u_r, u_z, u_n = leaves["weight_hh_l0"].chunk(3)
    c_r, c_z, c_n = leaves["bias_hh_l0"].chunk(3)
    a_r, a_z, a_n = (x @ leaves["weight_ih_l0"].T + leaves["bias_ih_l0"]).chunk(3, dim=1)
    r = torch.sigmoid(a_r + h @ u_r.T + c_r)
    z = torch.sigmoid(a_z + h @ u_z.T + c_z)
    n = torch.tanh(a_n + (r * h) @ u_n.T + c_n)
    return ((1 - z) * n + z * h,)


def gru_before(folder, case, inputs, hidden, lengths=None):
    import keras

    arrays, upstream = draw_layer(Draw(case), 3, inputs, hidden, 1)
    arrays["bias_hh_l0"] = np.zeros(3 * hidden)
    outputs, grads = keras_gru(arrays, upstream, lengths)
    leaves = {name: leaf(array) for name, array in arrays.items()}
    expected = run_by_hand(gru_before_step, leaves, lengths)
    weighted_sum(expected, upstream).backward()
    for name, array in {**values(expected), **gradients(leaves)}.items():
        np.testing.assert_allclose({**outputs, **grads}[name], array, rtol=1e-11, atol=1e-13, err_msg=name)
    given = {} if lengths is None else {"lengths": np.array(lengths, dtype=np.int64)}
    metadata = layer_metadata("gru-before", f"keras {keras.__version__}", inputs, hidden, lengths)
    write_case(folder, case, {**arrays, **given, **upstream, **outputs, **grads}, metadata)


def keras_layers(folder):
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    for suffix, sizes in SIZES.items():
        gru_before(folder, "gru-before" + suffix, *sizes)
        gru_before(folder, "gru-before-ragged" + suffix, *sizes, lengths=RAGGED)


# ---- whole networks ----


def net_weights(draw, cell, vocab, embed, hidden, layers, out):
    """Returns leaves by their names in a model file. out = 0: a tied output, which has its own bias but no weight."""
    arrays = {"embed.weight": draw.normal((vocab, embed))}
    shapes = weight_shapes({"gru": 3, "lstm": 4}[cell], embed, hidden, layers)
    arrays.update({"rnn." + name: value for name, value in draw_weights(draw, shapes, hidden).items()})
    if out:
        arrays["out.weight"] = draw.normal((out, hidden), 1.0 / np.sqrt(hidden))
    arrays["out.bias"] = draw.normal((out or vocab,), 0.5)
    return {name: leaf(array) for name, array in arrays.items()}


def run_recurrent(leaves, cell, ids, layers):
    """Returns the outputs (T, B, H) of embedding and stack from a zero state."""
    x = F.embedding(torch.tensor(ids), leaves["embed.weight"])
    hidden = leaves["rnn.weight_hh_l0"].shape[1]
    weights = {name[4:]: tensor for name, tensor in leaves.items() if name.startswith("rnn.")}
    return torch.func.functional_call(torch_module(cell, x.shape[2], hidden, layers=layers), weights, (x,))[0]


def write_net(folder, case, metadata, data, leaves, loss, logits):
    loss.backward()
    tensors = {**data, **values(leaves), "loss": loss.detach().numpy().reshape(1), "logits": logits.detach().numpy()}
    write_case(folder, case, {**tensors, **gradients(leaves)}, {"source": TORCH, **metadata})


def net_softmax(folder, case, vocab, embed, hidden, tied):
    draw = Draw(case)
    leaves = net_weights(draw, "lstm", vocab, embed, hidden, 2, 0 if tied else vocab)
    data = {"ids": draw.integers((6, 3), vocab), "targets": draw.integers((6, 3), vocab)}
    y = run_recurrent(leaves, "lstm", data["ids"], 2)
    logits = F.linear(y, leaves["embed.weight" if tied else "out.weight"], leaves["out.bias"])
    loss = F.cross_entropy(logits.reshape(-1, vocab), torch.tensor(data["targets"]).reshape(-1))
    line = f"embed {embed} > lstm {hidden} x2 > dense" + (" tied" if tied else "")
    write_net(folder, case, {"cell": "lstm", "net": line, "loss": "softmax, mean"}, data, leaves, loss, logits)


def net_sigmoid(folder, case, vocab, embed, hidden):
    """One answer per sequence, from the step at its end. The ids after the end must not count."""
    draw, lengths = Draw(case), np.array([4, 6, 1], dtype=np.int64)
    leaves = net_weights(draw, "gru", vocab, embed, hidden, 1, 1)
    data = {"ids": draw.integers((6, 3), vocab), "lengths": lengths, "targets": np.array([1, 0, 1], dtype=np.int64)}
    last = run_recurrent(leaves, "gru", data["ids"], 1)[torch.tensor(lengths) - 1, torch.arange(3)]
    logits = F.linear(last, leaves["out.weight"], leaves["out.bias"])
    loss = F.binary_cross_entropy_with_logits(logits[:, 0], torch.tensor(data["targets"], dtype=torch.float64))
    line = f"embed {embed} > gru {hidden} > last > dense 1 sigmoid"
    write_net(folder, case, {"cell": "gru", "net": line, "loss": "sigmoid, mean"}, data, leaves, loss, logits)


# Networks of several lines, and networks that need whole sequences. Line i has ids.i (T, B) or values.i (T, B, F),
# lengths.i and, if it joins a line with a lane for each place, lane_of.i. Targets are those of the last line.

LENGTHS = np.array([4, 6, 1, 5], dtype=np.int64)


def rnn_leaves(draw, prefix, cell, inputs, hidden, layers=1, bi=False):
    """Returns leaves by their names in a model file, PREFIXrnn.weight_ih_l0 and so on."""
    kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell](inputs, hidden, num_layers=layers, bidirectional=bi)
    shapes = {f"{prefix}rnn.{name}": tuple(p.shape) for name, p in kind.named_parameters()}
    return draw_weights(draw, shapes, hidden)


def dense_leaves(draw, name, outputs, inputs):
    return {name + ".weight": draw.normal((outputs, inputs), 1.0 / np.sqrt(inputs)),
            name + ".bias": draw.normal((outputs,), 0.5)}


def run_rnn(leaves, prefix, cell, x, lengths, h0=None):
    """Returns (y, final states), as the module gives them for packed sequences."""
    weights = {name[len(prefix) + 4:]: w for name, w in leaves.items() if name.startswith(prefix + "rnn.")}
    bi, layers = any(name.endswith("_reverse") for name in weights), sum("weight_hh" in name for name in weights)
    hidden = weights["weight_hh_l0"].shape[1]
    kind = {"gru": torch.nn.GRU, "lstm": torch.nn.LSTM}[cell]
    module = kind(x.shape[2], hidden, num_layers=layers // (1 + bi), bidirectional=bi, dtype=torch.float64)
    packed = torch.nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
    y, last = torch.func.functional_call(module, weights, (packed, h0) if h0 is not None else (packed,))
    return torch.nn.utils.rnn.pad_packed_sequence(y, total_length=x.shape[0])[0], last


def both_ends(h):
    """Returns the final states of the last layer of a module with two directions, (B, 2H)."""
    return torch.cat([h[-2], h[-1]], dim=1)


def sequences(draw, line, vocab, steps=6, lengths=LENGTHS):
    return {f"ids.{line}": draw.integers((steps, len(lengths)), vocab), f"lengths.{line}": lengths}


def live(lengths, steps):
    return torch.tensor(np.arange(steps)[:, None] < lengths[None, :])


def mean_of(y, lengths):
    mask = live(lengths, len(y))[:, :, None]
    return torch.where(mask, y, 0).sum(0) / torch.tensor(lengths)[:, None]


def write_lines(folder, case, line, data, leaves, logits, lengths, more={}):
    """Writes a network with cross-entropy, averaged over the places that exist. lengths None: each lane has one row."""
    draw = Draw(case + ".targets")
    targets = draw.integers(tuple(logits.shape[:-1]), logits.shape[-1])
    there = torch.ones(targets.shape, dtype=bool) if lengths is None else live(lengths, len(logits))
    loss = F.cross_entropy(logits[there], torch.tensor(targets)[there])
    logits = torch.where(there[..., None], logits, 0)
    told = {"net": line, "loss": "softmax, mean", **more}
    write_net(folder, case, told, {**data, "targets": targets}, leaves, loss, logits)


def net_bi(folder, vocab=11):
    draw = Draw("net-bi")
    data = sequences(draw, 0, vocab)
    arrays = {"embed.weight": draw.normal((vocab, 6)), **rnn_leaves(draw, "", "lstm", 6, 5, 2, True),
              **dense_leaves(draw, "out", vocab, 10)}
    leaves = {name: leaf(a) for name, a in arrays.items()}
    _, (h, _) = run_rnn(leaves, "", "lstm", F.embedding(torch.tensor(data["ids.0"]), leaves["embed.weight"]), LENGTHS)
    logits = F.linear(both_ends(h), leaves["out.weight"], leaves["out.bias"])
    write_lines(folder, "net-bi", "embed 6 > lstm 5 x2 bi > last > dense", data, leaves, logits, None)


def net_whole(folder, word, vocab=11):
    """mean and max over a sequence's own steps."""
    case = "net-" + word
    draw = Draw(case)
    data = sequences(draw, 0, vocab)
    arrays = {"embed.weight": draw.normal((vocab, 6)), **rnn_leaves(draw, "", "gru", 6, 5, 1, True),
              **dense_leaves(draw, "out", vocab, 10)}
    leaves = {name: leaf(a) for name, a in arrays.items()}
    y, _ = run_rnn(leaves, "", "gru", F.embedding(torch.tensor(data["ids.0"]), leaves["embed.weight"]), LENGTHS)
    largest = torch.where(live(LENGTHS, 6)[:, :, None], y, -torch.inf).max(0).values
    whole = mean_of(y, LENGTHS) if word == "mean" else largest
    logits = F.linear(whole, leaves["out.weight"], leaves["out.bias"])
    write_lines(folder, case, f"embed 6 > gru 5 bi > {word} > dense", data, leaves, logits, None)


def net_join(folder, vocab=11):
    """Words with their characters: 7 words as characters, and the word at each place."""
    draw = Draw("net-join")
    chars, lane_of = np.array([3, 1, 5, 2, 4, 5, 2], dtype=np.int64), draw.integers((6, 4), 7)
    data = {**sequences(draw, 0, vocab, 5, chars), **sequences(draw, 1, vocab), "lane_of.1": lane_of}
    arrays = {"chars.embed.weight": draw.normal((vocab, 4)), **rnn_leaves(draw, "chars.", "lstm", 4, 3, 1, True),
              "embed.weight": draw.normal((vocab, 5)), **rnn_leaves(draw, "", "lstm", 11, 4, 1, True),
              **dense_leaves(draw, "out", vocab, 8)}
    leaves = {name: leaf(a) for name, a in arrays.items()}
    c = F.embedding(torch.tensor(data["ids.0"]), leaves["chars.embed.weight"])
    _, (h, _) = run_rnn(leaves, "chars.", "lstm", c, chars)
    words = F.embedding(torch.tensor(data["ids.1"]), leaves["embed.weight"])
    x = torch.cat([words, both_ends(h)[torch.tensor(lane_of)]], dim=2)
    y, _ = run_rnn(leaves, "", "lstm", x, LENGTHS)
    logits = F.linear(y, leaves["out.weight"], leaves["out.bias"])
    line = "chars: embed 4 > lstm 3 bi > last; embed 5 > join chars > lstm 4 bi > dense"
    write_lines(folder, "net-join", line, data, leaves, logits, LENGTHS)


def net_bridge(folder, vocab=11):
    draw = Draw("net-bridge")
    source = np.array([2, 5, 3, 1], dtype=np.int64)
    data = {**sequences(draw, 0, vocab, 5, source), **sequences(draw, 1, vocab)}
    arrays = {"encoder.embed.weight": draw.normal((vocab, 5)), **rnn_leaves(draw, "encoder.", "lstm", 5, 3, 1, True),
              "decoder.embed.weight": draw.normal((vocab, 4)), **rnn_leaves(draw, "decoder.", "lstm", 4, 5)}
    for state in "h", "c":
        arrays.update(dense_leaves(draw, f"decoder.bridge.{state}_l0", 5, 6))
    arrays.update(dense_leaves(draw, "decoder.out", vocab, 5))
    leaves = {name: leaf(a) for name, a in arrays.items()}
    x = F.embedding(torch.tensor(data["ids.0"]), leaves["encoder.embed.weight"])
    _, last = run_rnn(leaves, "encoder.", "lstm", x, source)
    begin = tuple(F.linear(both_ends(end), leaves[f"decoder.bridge.{state}_l0.weight"],
                           leaves[f"decoder.bridge.{state}_l0.bias"])[None] for state, end in zip("hc", last))
    x = F.embedding(torch.tensor(data["ids.1"]), leaves["decoder.embed.weight"])
    y, _ = run_rnn(leaves, "decoder.", "lstm", x, LENGTHS, begin)
    logits = F.linear(y, leaves["decoder.out.weight"], leaves["decoder.out.bias"])
    line = "encoder: embed 5 > lstm 3 bi; decoder: embed 4 > lstm 5 from encoder > dense"
    write_lines(folder, "net-bridge", line, data, leaves, logits, LENGTHS)


def net_from_mean(folder, vocab=11):
    """A line without a cell gives its mean. One layer begins from the mean itself, the next one through a bridge."""
    draw = Draw("net-from-mean")
    parts = np.array([2, 3, 1, 3], dtype=np.int64)
    data = {"values.0": draw.normal((3, 4, 7)), "lengths.0": parts, **sequences(draw, 1, vocab)}
    arrays = {**dense_leaves(draw, "image.out", 4, 7), "embed.weight": draw.normal((vocab, 5)),
              **rnn_leaves(draw, "", "gru", 5, 4)}
    second = rnn_leaves(draw, "second.", "gru", 4, 6)
    arrays.update({name.replace("second.rnn", "rnn2"): a for name, a in second.items()})
    arrays.update({**dense_leaves(draw, "bridge2.h_l0", 6, 4), **dense_leaves(draw, "out", vocab, 6)})
    leaves = {name: leaf(a) for name, a in arrays.items()}
    image = torch.tanh(F.linear(torch.tensor(data["values.0"]), leaves["image.out.weight"], leaves["image.out.bias"]))
    mean = mean_of(image, parts)
    x = F.embedding(torch.tensor(data["ids.1"]), leaves["embed.weight"])
    y, _ = run_rnn({n: w for n, w in leaves.items() if n.startswith("rnn.")}, "", "gru", x, LENGTHS, mean[None])
    begin = F.linear(mean, leaves["bridge2.h_l0.weight"], leaves["bridge2.h_l0.bias"])
    upper = {n.replace("rnn2.", "rnn."): w for n, w in leaves.items() if n.startswith("rnn2.")}
    y, _ = run_rnn(upper, "", "gru", y, LENGTHS, begin[None])
    logits = F.linear(y, leaves["out.weight"], leaves["out.bias"])
    line = "image: dense 4 tanh; embed 5 > gru 4 from image > gru 6 from image > dense"
    write_lines(folder, "net-from-mean", line, data, leaves, logits, LENGTHS)


def net_like(folder, vocab=11):
    draw = Draw("net-like")
    source = np.array([2, 5, 3, 1], dtype=np.int64)
    data = {**sequences(draw, 0, vocab, 5, source), **sequences(draw, 1, vocab)}
    arrays = {"encoder.embed.weight": draw.normal((vocab, 6)), **rnn_leaves(draw, "encoder.", "gru", 6, 6),
              **rnn_leaves(draw, "decoder.", "gru", 6, 6), "decoder.out.bias": draw.normal((vocab,), 0.5)}
    leaves = {name: leaf(a) for name, a in arrays.items()}
    table = leaves["encoder.embed.weight"]
    _, last = run_rnn(leaves, "encoder.", "gru", F.embedding(torch.tensor(data["ids.0"]), table), source)
    y, _ = run_rnn(leaves, "decoder.", "gru", F.embedding(torch.tensor(data["ids.1"]), table), LENGTHS, last)
    line = "encoder: embed 6 > gru 6; decoder: embed like encoder > gru 6 from encoder > dense tied"
    write_lines(folder, "net-like", line, data, leaves, F.linear(y, table, leaves["decoder.out.bias"]), LENGTHS)


def attend(leaves, prefix, score, x, memory, lengths):
    """Returns tanh(O [c; x]) for x (B, H) of one step and memory (S, B, M)."""
    weight = {name[len(prefix) + 7:]: w for name, w in leaves.items() if name.startswith(prefix + "attend.")}
    q = F.linear(x, weight["query.weight"], weight.get("query.bias")) if "query.weight" in weight else x
    if score == "additive":
        scores = torch.tanh(q[None] + F.linear(memory, weight["key.weight"])) @ weight["score.weight"]
    else:
        scores = (memory * q[None]).sum(2)
    scores = torch.where(live(lengths, len(memory)), scores, -torch.inf)
    context = (torch.softmax(scores, 0)[:, :, None] * memory).sum(0)
    return torch.tanh(F.linear(torch.cat([context, x], 1), weight["out.weight"]))


def net_attend(folder, score, feed, vocab=11, hidden=6, width=4):
    """A decoder that attends to an encoder, step by step. With feed, the cell also gets the attention's output of
    the step before."""
    case = "net-attend-" + score
    draw, source = Draw(case), np.array([2, 5, 3, 1], dtype=np.int64)
    data = {**sequences(draw, 0, vocab, 5, source), **sequences(draw, 1, vocab)}
    shapes = {"general": {"query.weight": (6, hidden)}, "dot": {},
              "additive": {"query.weight": (width, hidden), "query.bias": (width,), "key.weight": (width, 6),
                           "score.weight": (width,)}}[score]
    arrays = {"a.embed.weight": draw.normal((vocab, 5)), **rnn_leaves(draw, "a.", "gru", 5, 3, 1, True),
              "embed.weight": draw.normal((vocab, 5)), **rnn_leaves(draw, "", "gru", 5 + feed * width, hidden),
              **{"attend." + name: draw.normal(shape, 0.5) for name, shape in shapes.items()},
              "attend.out.weight": draw.normal((width, 6 + hidden), 0.4), **dense_leaves(draw, "out", vocab, width)}
    leaves = {name: leaf(a) for name, a in arrays.items()}
    memory, _ = run_rnn(leaves, "a.", "gru", F.embedding(torch.tensor(data["ids.0"]), leaves["a.embed.weight"]), source)
    words = F.embedding(torch.tensor(data["ids.1"]), leaves["embed.weight"])
    own = {name: w for name, w in leaves.items() if name.startswith("rnn.")}
    h, fed, given = torch.zeros(1, 4, hidden, dtype=torch.float64), torch.zeros(4, width, dtype=torch.float64), []
    for x in words:
        x = torch.cat([x, fed], 1) if feed else x
        y, h = run_rnn(own, "", "gru", x[None], np.ones(4, dtype=np.int64), h)
        fed = attend(leaves, "", score, y[0], memory, source)
        given.append(fed)
    logits = F.linear(torch.stack(given), leaves["out.weight"], leaves["out.bias"])
    words = " ".join(["attend a", str(width)] + [score] * (score != "general") + ["feed"] * feed)
    write_lines(folder, case, f"a: embed 5 > gru 3 bi; embed 5 > gru {hidden} > {words} > dense", data, leaves, logits,
                LENGTHS)


def net_conv(folder, vocab=11):
    """Pictures (T, B, rows, columns, channels), with channels side by side, through filters with odd and with even
    sides."""
    draw, rows, columns = Draw("net-conv"), 5, 6
    data = {"values.0": draw.normal((6, 4, rows * columns * 2)), "lengths.0": LENGTHS}
    arrays = {"conv.weight": draw.normal((5, 2, 3, 3), 0.3), "conv.bias": draw.normal((5,), 0.5),
              "conv2.weight": draw.normal((4, 5, 2, 4), 0.3), **rnn_leaves(draw, "", "gru", 2 * 3 * 4, 5),
              **dense_leaves(draw, "out", vocab, 5)}
    leaves = {name: leaf(a) for name, a in arrays.items()}
    x = torch.tensor(data["values.0"]).reshape(24, rows, columns, 2).permute(0, 3, 1, 2)
    x = F.max_pool2d(F.conv2d(x, leaves["conv.weight"], leaves["conv.bias"], padding="same").relu(), 2)
    x = F.conv2d(x, leaves["conv2.weight"], padding="same").tanh().permute(0, 2, 3, 1).reshape(6, 4, -1)
    logits = F.linear(run_rnn(leaves, "", "gru", x, LENGTHS)[0], leaves["out.weight"], leaves["out.bias"])
    write_lines(folder, "net-conv", "conv 5 3x3 relu > pool 2 > conv 4 2x4 tanh nobias > gru 5 > dense", data, leaves,
                logits, LENGTHS, {"rows": str(rows), "columns": str(columns), "channels": "2"})


def coordinates(rows, columns):
    """Returns row and column of each place, from -1 to 1, row by row."""
    row, column = torch.meshgrid(*(torch.linspace(-1, 1, n, dtype=torch.float64) for n in (rows, columns)), indexing="ij")
    return torch.stack([row, column], dim=2).reshape(rows * columns, 2)


def net_places(folder, vocab=11):
    """The places of a picture, and a second line that begins from their mean."""
    draw, rows, columns = Draw("net-places"), 5, 6
    data = {"values.0": draw.normal((1, 4, rows * columns * 2)), **sequences(draw, 1, vocab)}
    arrays = {"image.conv.weight": draw.normal((5, 2, 3, 3), 0.3), "image.conv.bias": draw.normal((5,), 0.5),
              **dense_leaves(draw, "image.out", 4, 7), "embed.weight": draw.normal((vocab, 5)),
              **rnn_leaves(draw, "", "gru", 5, 4), **dense_leaves(draw, "out", vocab, 4)}
    leaves = {name: leaf(a) for name, a in arrays.items()}
    x = torch.tensor(data["values.0"]).reshape(4, rows, columns, 2).permute(0, 3, 1, 2)
    x = F.conv2d(x, leaves["image.conv.weight"], leaves["image.conv.bias"], padding="same").relu()
    x = F.max_pool2d(x, 2).flatten(2).permute(2, 0, 1)
    x = torch.cat([x, coordinates(2, 3)[:, None].expand(6, 4, 2)], dim=2)
    image = torch.tanh(F.linear(x, leaves["image.out.weight"], leaves["image.out.bias"]))
    words = F.embedding(torch.tensor(data["ids.1"]), leaves["embed.weight"])
    y, _ = run_rnn(leaves, "", "gru", words, LENGTHS, image.mean(0)[None])
    line = "image: conv 5 3x3 relu > pool 2 > places > dense 4 tanh; embed 5 > gru 4 from image > dense"
    write_lines(folder, "net-places", line, data, leaves, F.linear(y, leaves["out.weight"], leaves["out.bias"]), LENGTHS,
                {"rows": str(rows), "columns": str(columns), "channels": "2"})


def nets_of_lines(folder):
    net_conv(folder)
    net_places(folder)
    net_bi(folder)
    net_whole(folder, "mean")
    net_whole(folder, "max")
    net_join(folder)
    net_bridge(folder)
    net_from_mean(folder)
    net_like(folder)
    net_attend(folder, "general", False)
    net_attend(folder, "dot", True)
    net_attend(folder, "additive", True)


def nets(folder):
    net_softmax(folder, "net", 11, 6, 9, tied=False)
    net_softmax(folder, "net-tied", 11, 8, 8, tied=True)
    net_sigmoid(folder, "net-sigmoid", 11, 6, 9)
    nets_of_lines(folder)


# ---- optimisers and clipping ----

OPTIMISERS = {
    "sgd": (torch.optim.SGD, dict(lr=0.1)),
    "sgd-momentum": (torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    "sgd-nesterov": (torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True)),
    "adagrad": (torch.optim.Adagrad, dict(lr=0.1, eps=1e-10)),
    "rmsprop": (torch.optim.RMSprop, dict(lr=0.01, alpha=0.99, eps=1e-8)),
    "adam": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8)),
    "adam-l2": (torch.optim.Adam, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)),
    "adamw": (torch.optim.AdamW, dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.05)),
}
SHOWN = (1, 10, 100)


def draw_gradients(draw):
    """Returns (100, 23) gradients. Each column has its own magnitude, some so small that the position of an eps
    matters. The last column is zero."""
    return draw.normal((100, 23), np.append(2.0 ** (1.25 * np.arange(22) - 23), 0.0))


def torch_steps(kind, options, p0, g):
    p = leaf(p0)
    optimiser = kind([p], foreach=False, **options)
    for gradient in g:
        p.grad = torch.tensor(gradient)
        optimiser.step()
        yield p.detach().numpy().copy()


def adagrad_inside_steps(lr, eps, p0, g):
    """Adagrad with its eps inside the root, as in min-char-rnn."""
    p, memory = p0.copy(), np.zeros_like(p0)
    for gradient in g:
        memory += gradient * gradient
        p = p - lr * gradient / np.sqrt(memory + eps)
        yield p


def optimiser_tensors(name, p0, g, steps):
    tensors = {f"{name}.p0": p0, f"{name}.g": g}
    tensors.update({f"{name}.p{n}": p for n, p in enumerate(steps, 1) if n in SHOWN})
    return tensors


def option_strings(name, options):
    flat = {k: v for k, v in options.items() if k != "betas"}
    flat.update(zip(("beta1", "beta2"), options.get("betas", ())))
    return {f"{name}.{key}": str(value).lower() for key, value in flat.items()}


def clip_norm(name, a, b, limit):
    """Both tensors are scaled by min(1, limit / (norm + 1e-6)), with the norm over all elements of both."""
    leaves = {"a": leaf(a), "b": leaf(b)}
    leaves["a"].grad, leaves["b"].grad = torch.tensor(a), torch.tensor(b)
    norm = torch.nn.utils.clip_grad_norm_(leaves.values(), limit, foreach=False)
    after = {f"{name}.{key}.after": tensor.grad.numpy() for key, tensor in leaves.items()}
    return {f"{name}.a.before": a, f"{name}.b.before": b, f"{name}.norm": norm.numpy().reshape(1), **after}


def clip_value(name, g, limit):
    p = leaf(g)
    p.grad = torch.tensor(g)
    torch.nn.utils.clip_grad_value_([p], limit, foreach=False)
    return {f"{name}.before": g, f"{name}.after": p.grad.numpy()}


def optimisers(folder):
    tensors, metadata = {}, {"cell": "", "source": TORCH + "; adagrad-inside: numpy", "steps": "100"}
    for name, (kind, options) in OPTIMISERS.items():
        draw = Draw("optim." + name)
        p0, g = draw.normal((23,)), draw_gradients(draw)
        tensors.update(optimiser_tensors(name, p0, g, torch_steps(kind, options, p0, g)))
        metadata.update(option_strings(name, options))
    draw, options = Draw("optim.adagrad-inside"), dict(lr=0.1, eps=1e-8)
    p0, g = draw.normal((23,)), draw_gradients(draw)
    tensors.update(optimiser_tensors("adagrad-inside", p0, g, adagrad_inside_steps(p0=p0, g=g, **options)))
    metadata.update(option_strings("adagrad-inside", options))
    draw = Draw("optim.clip")
    a, b = draw.normal((5, 7)), draw.normal((23,))
    tensors.update({**clip_norm("clip-norm", a, b, 1.0), **clip_norm("clip-norm-below", a / 64, b / 64, 1.0),
                    **clip_value("clip-value", draw.normal((5, 7)), 0.5)})
    metadata.update({"clip-norm.max": "1.0", "clip-norm-below.max": "1.0", "clip-value.max": "0.5"})
    write_case(folder, "optim", tensors, metadata)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    folder = parser.parse_args().folder
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch_layers(folder)
    hand_layers(folder)
    nets(folder)
    optimisers(folder)
    keras_layers(folder)


if __name__ == "__main__":
    main()
