#!/usr/bin/env python3
"""One peer does one work of README.md in this process, and prints a JSON object with the keys of `unroll bench --json`.

    peers.py --installed                                   # the peers that this interpreter has
    peers.py torch train-lstm-2x512 --threads 2 --seconds 4

A step is timed on one thread and on all; the faster one counts. States are carried from pass to pass. ONNX Runtime and
OpenVINO get one ONNX node per layer, fixed shapes, and memory that is bound once, as from a caller in C.
"""
import argparse
import importlib.util
import json
import re
import resource
import statistics
import sys
import time

GATES = {"lstm": 4, "gru": 3, "rnn": 1}
WINDOWS = {"train-lstm-2x128": (50, 50), "train-lstm-1x1024": (64, 64),  # lanes and steps that the name does not state
           "train-lstm-2x512-v50k": (64, 32), "train-lstm-2x512-v50k-sampled": (64, 32)}
NAME = re.compile(r"(train|infer|step)-(lstm|gru|rnn)-(?:(\d+)x)?(\d+)(?:-b(\d+))?(?:-t(\d+))?(?:-v(\d+)(k?))?(?:-sampled)?")


class Work:
    """The sizes in a work's name: layers, hidden size, lanes (B), steps (T), symbols (V)."""

    def __init__(self, name):
        parts = NAME.fullmatch(name)
        if not parts:
            sys.exit(f"peers.py: no work {name}")
        self.kind, self.cell, layers, hidden, lanes, steps, symbols, thousands = parts.groups()
        usual = (1, 1) if self.kind == "step" else WINDOWS.get(name, (64, 128))
        self.layers, self.hidden = int(layers or 1), int(hidden)
        self.lanes, self.steps = int(lanes or usual[0]), int(steps or usual[1])
        self.symbols = int(symbols or 65) * (1000 if thousands else 1)

    def flops(self):
        tokens = self.lanes * self.steps
        forward = 2 * tokens * self.layers * GATES[self.cell] * self.hidden * 2 * self.hidden
        return 3 * (forward + 2 * tokens * self.hidden * self.symbols) if self.kind == "train" else forward


# ---- PyTorch -----------------------------------------------------------------------------------------------------------

def torch_training(torch, work):
    rnn = getattr(torch.nn, work.cell.upper())(work.hidden, work.hidden, work.layers)
    embed, dense = torch.nn.Embedding(work.symbols, work.hidden), torch.nn.Linear(work.hidden, work.symbols)
    weights = [w for module in (embed, rnn, dense) for w in module.parameters()]
    adam = torch.optim.Adam(weights, lr=2e-3)
    ids = torch.randint(work.symbols, (work.steps, work.lanes))
    targets = torch.randint(work.symbols, (work.steps * work.lanes,))
    state = None

    def one():
        nonlocal state
        y, state = rnn(embed(ids), state)
        state = tuple(s.detach() for s in state) if work.cell == "lstm" else state.detach()
        loss = torch.nn.functional.cross_entropy(dense(y).view(-1, work.symbols), targets)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        adam.step()
    return one


def torch_pass(work, threads):
    import torch
    torch.set_num_threads(threads)
    if work.kind == "train":
        return torch_training(torch, work)
    rnn = getattr(torch.nn, work.cell.upper())(work.hidden, work.hidden, work.layers).eval()
    x, state = torch.randn(work.steps, work.lanes, work.hidden), None

    def one():
        nonlocal state
        with torch.inference_mode():
            state = rnn(x, state)[1]
    return one


# ---- ONNX Runtime and OpenVINO -------------------------------------------------------------------------------------------

def onnx_layer(work, layer, x, random):
    """Returns nodes and weights of one layer, x (T, B, H) -> y{layer} (T, B, H)."""
    from onnx import helper, numpy_helper
    rows, h = GATES[work.cell] * work.hidden, work.hidden
    shapes = {"W": (1, rows, h), "R": (1, rows, h), "b": (1, 2 * rows)}
    weights = [numpy_helper.from_array((0.05 * random.standard_normal(shape)).astype("f4"), f"{name}{layer}")
               for name, shape in shapes.items()]
    states = state_names(work, layer)
    options = {"linear_before_reset": 1} if work.cell == "gru" else {}  # the variant of PyTorch and cuDNN
    node = helper.make_node(work.cell.upper(), [x, f"W{layer}", f"R{layer}", f"b{layer}", "", *states],
                            [f"z{layer}", *(s + "_next" for s in states)], hidden_size=h, **options)
    return [node, helper.make_node("Squeeze", [f"z{layer}", "axis"], [f"y{layer}"])], weights  # (T, 1, B, H)


def state_names(work, layer):
    return [f"{s}{layer}" for s in ("hc" if work.cell == "lstm" else "h")]


def onnx_model(work):
    """Returns the network as bytes. Inputs: x and the states. Outputs: y and the states, in the same order, named
    …_next."""
    import numpy
    from onnx import TensorProto, helper, numpy_helper
    random, nodes, weights = numpy.random.default_rng(1), [], [numpy_helper.from_array(numpy.array([1]), "axis")]
    x = "x"
    for layer in range(work.layers):
        more_nodes, more_weights = onnx_layer(work, layer, x, random)
        nodes, weights, x = nodes + more_nodes, weights + more_weights, f"y{layer}"
    states = [s for layer in range(work.layers) for s in state_names(work, layer)]
    big, small = (work.steps, work.lanes, work.hidden), (1, work.lanes, work.hidden)

    def values(first, rest):
        return [helper.make_tensor_value_info(first, TensorProto.FLOAT, big),
                *(helper.make_tensor_value_info(s, TensorProto.FLOAT, small) for s in rest)]
    graph = helper.make_graph(nodes, "work", values("x", states), values(x, [s + "_next" for s in states]), weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString(), big, small


def in_turn(passes):
    """Returns a pass that is each of these in turn: what one writes, the next one reads."""
    at = 0

    def one():
        nonlocal at
        passes[at]()
        at = (at + 1) % len(passes)
    return one


def onnxruntime_pass(work, threads):
    import numpy
    import onnxruntime
    model, big, small = onnx_model(work)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names, results = [i.name for i in session.get_inputs()], [o.name for o in session.get_outputs()]
    value = onnxruntime.OrtValue.ortvalue_from_numpy
    x, y = (value(numpy.random.standard_normal(big).astype("f4")) for _ in "xy")
    states = [[value(numpy.zeros(small, "f4")) for _ in names[1:]] for _ in "ab"]

    def bound(before, after):
        binding = session.io_binding()
        for name, v in zip(names, [x, *before]):
            binding.bind_ortvalue_input(name, v)
        for name, v in zip(results, [y, *after]):
            binding.bind_ortvalue_output(name, v)
        return lambda: session.run_with_iobinding(binding)
    return in_turn([bound(*states), bound(*reversed(states))])


def openvino_pass(work, threads):
    import numpy
    import openvino
    model, big, small = onnx_model(work)
    core = openvino.Core()
    compiled = core.compile_model(core.read_model(model), "CPU", {
        "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"})
    x, y = (openvino.Tensor(numpy.random.standard_normal(big).astype("f4")) for _ in "xy")
    states = [[openvino.Tensor(numpy.zeros(small, "f4")) for _ in compiled.inputs[1:]] for _ in "ab"]

    def bound(before, after):
        request = compiled.create_infer_request()
        for i, tensor in enumerate([x, *before]):
            request.set_input_tensor(i, tensor)
        for i, tensor in enumerate([y, *after]):
            request.set_output_tensor(i, tensor)

        def one():
            request.start_async()
            request.wait()
        return one
    return in_turn([bound(*states), bound(*reversed(states))])


# ---- The clock -----------------------------------------------------------------------------------------------------------

PEERS = {"torch": (torch_pass, ("train", "infer", "step")),
         "onnxruntime": (onnxruntime_pass, ("infer", "step")),
         "openvino": (openvino_pass, ("infer", "step"))}


def installed():
    def has(module):
        return importlib.util.find_spec(module) is not None
    return [p for p in PEERS if has(p) and (p == "torch" or has("onnx"))]


def clock(one, seconds):
    """Returns the median and the least time of a pass. Short passes are timed in groups that fill a 2048th of the
    time."""
    begin = time.perf_counter()
    one()
    one()
    start = time.perf_counter()
    one()
    together = max(1, int(seconds / 2048 / (time.perf_counter() - start)))
    spans = []
    while time.perf_counter() - begin < seconds or len(spans) < 5:
        start = time.perf_counter()
        for _ in range(together):
            one()
        spans.append((time.perf_counter() - start) / together)
    return {"seconds": statistics.median(spans), "least_seconds": min(spans)}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("peer", nargs="?", choices=PEERS)
    p.add_argument("work", nargs="?")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seconds", type=float, default=4)
    p.add_argument("--installed", action="store_true")
    a = p.parse_args()
    if a.installed:
        print(json.dumps({name: PEERS[name][1] for name in installed()}))
        return
    if not a.work:
        p.error("which peer and which work?")
    work, best = Work(a.work), None
    for threads in sorted({1, a.threads} if work.kind == "step" else {a.threads}):
        times = clock(PEERS[a.peer][0](work, threads), a.seconds)
        if best is None or times["seconds"] < best["seconds"]:
            best = dict(times, threads=threads)
    version = importlib.import_module(a.peer).__version__.split("+")[0].split("-")[0]
    print(json.dumps({"peer": a.peer, "version": version, "work": a.work, **best,
                      "tokens_per_s": work.lanes * work.steps / best["seconds"],
                      "gflops": work.flops() / best["seconds"] / 1e9,
                      "peak_resident_bytes": 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


if __name__ == "__main__":
    main()
