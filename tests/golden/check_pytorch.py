"""Model files in PyTorch: loaded by name with load_state_dict. Names stay, except that their prefix is cut off.

    check_pytorch.py check FILE...        compares the logits in each file (its "probe") with PyTorch's, to 1e-5
    check_pytorch.py record FILE...       writes PyTorch's logits next to each file, as FILE with .json for .safetensors

A file's tensors are embed.*, then rnn.*, rnn2.* ... (each an nn.RNN, nn.LSTM or nn.GRU of one or more layers), then
out.*. The kind of a stack follows from its shapes and, for relu, from the network line. Computed in double precision.
"""

import argparse
import json
import math
import re
import sys
from pathlib import Path

import torch

KINDS = {1: torch.nn.RNN, 3: torch.nn.GRU, 4: torch.nn.LSTM}
STEPS = 24  # length of a recorded sequence


def read(path):
    """Returns (record, state dict of the whole model) of a model file."""
    data = Path(path).read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:end])
    record = json.loads(header.pop("__metadata__")["unroll"])
    kinds = {"F32": torch.float32, "F64": torch.float64}
    tensors = {}
    for name, entry in header.items():
        begin, stop = entry["data_offsets"]
        bytes_of = bytearray(data[end + begin:end + stop])
        tensors[name] = torch.frombuffer(bytes_of, dtype=kinds[entry["dtype"]]).reshape(entry["shape"])
    return record, tensors


def part(tensors, prefix):
    """Returns the state dict of one module: the tensors whose names begin with the prefix, which is cut off."""
    return {name[len(prefix):]: value for name, value in tensors.items() if name.startswith(prefix)}


def load(module, state):
    module.load_state_dict(state)  # strict: the names must be the same
    return module.double().eval()


def stack(state, nonlinearity):
    layers = 1 + max(int(re.search(r"_l(\d+)$", name)[1]) for name in state)
    rows, hidden = state["weight_hh_l0"].shape
    options = {"nonlinearity": nonlinearity} if rows == hidden else {}
    module = KINDS[rows // hidden](state["weight_ih_l0"].shape[1], hidden, layers, bias="bias_ih_l0" in state, **options)
    return load(module, state)


class Model:
    def __init__(self, path):
        self.record, tensors = read(path)
        net = self.record["net"]
        self.units = tensors["out.bias"].shape[0]
        self.embed = None
        if "embed.weight" in tensors:
            self.embed = load(torch.nn.Embedding(*tensors["embed.weight"].shape), part(tensors, "embed."))
        prefixes = sorted({name.split(".")[0] for name in tensors if name.startswith("rnn")}, key=lambda p: int(p[3:] or 1))
        self.stacks = [stack(part(tensors, prefix + "."), "relu" if "relu" in net else "tanh") for prefix in prefixes]
        out = part(tensors, "out.")
        if "weight" not in out:  # tied: the embedding is also the output's weight
            out["weight"] = tensors["embed.weight"]
        self.out = load(torch.nn.Linear(out["weight"].shape[1], self.units), out)

    def logits(self, ids):
        """Returns the logits (T, V) for T ids, read one after another from a zero state."""
        ids = torch.tensor(ids)
        x = self.embed(ids) if self.embed else torch.nn.functional.one_hot(ids, self.units).double()
        with torch.no_grad():
            for module in self.stacks:
                x, _ = module(x)
            return self.out(x)


def check(path, tolerance):
    model = Model(path)
    probe = model.record["probe"]
    ours = [float.fromhex(text) for text in probe["logits"]]
    theirs = model.logits(probe["ids"])[-1][:len(ours)].tolist()
    worst = max(abs(a - b) for a, b in zip(ours, theirs))
    print(f"{path}: {model.record['net']}: {len(ours)} logits, worst difference {worst:.1e}")
    return worst <= tolerance and all(map(math.isfinite, ours)) and len(ours) > 0


def record(path):
    model = Model(path)
    ids = [(5 * i * i + 3 * i) % model.units for i in range(STEPS)]
    rows = [[x.hex() for x in row] for row in model.logits(ids).tolist()]
    Path(path).with_suffix(".json").write_text(
        json.dumps({"torch": torch.__version__, "ids": ids, "logits": rows}, separators=(",", ":")) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=("check", "record"))
    parser.add_argument("files", nargs="+")
    parser.add_argument("--tolerance", type=float, default=1e-5)
    args = parser.parse_args()
    if args.verb == "record":
        for path in args.files:
            record(path)
    elif not all([check(path, args.tolerance) for path in args.files]):
        sys.exit(f"above {args.tolerance:g}")


if __name__ == "__main__":
    main()
