#!/usr/bin/env python3
"""How many words a second a tagger labels: `unroll eval` and a PyTorch script of the same network and weights, in turn.

    build/unroll train tag en_ewt-ud-train.conllu.gz -o runs/tag-ewt          # or ./run figures tag-ewt
    bench/tagging.py runs/tag-ewt en_ewt-ud-dev.conllu --python v/bin/python --threads 2

The network is the default one of `train tag` without a crf: characters through a BiLSTM, joined with the word's
embedding, and a BiLSTM above. PyTorch's batches are sorted by length, 32 sentences or --batch of them, packed, and each
different word of a batch is spelled once. Ours keeps the result of a spelling for the batches that follow. Both are
timed from words to labels: ids, batches, network, the most probable label, accuracy, which must be the same. Ours reads
the sentences from the file again; PyTorch has them in memory. Prints medians and largest rates over all turns, and both
ratios (ours over PyTorch); the smaller one counts. --cpu counts words per second of processor time.
"""
import argparse
import json
import os
import pathlib
import resource
import statistics
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve()


def sentences_of(path):
    """Returns lists of (word, label) from CoNLL-U."""
    sentence, all_of_them = [], []
    for line in open(path, encoding="utf-8"):
        fields = line.rstrip("\n").split("\t")
        if len(fields) == 10 and fields[0].isdigit():
            sentence.append((fields[1], fields[3]))
        elif len(fields) == 1 and not fields[0] and sentence:
            all_of_them.append(sentence)
            sentence = []
    return all_of_them + ([sentence] if sentence else [])


# ---- PyTorch -----------------------------------------------------------------------------------------------------------

def read_model(path):
    """Returns the tensors of a model file by name, and its record."""
    import numpy
    if pathlib.Path(path).is_dir():
        path = pathlib.Path(path) / "model.safetensors"
    data = pathlib.Path(path).read_bytes()
    size, = struct.unpack_from("<Q", data)
    head = json.loads(data[8:8 + size])
    record = json.loads(head.pop("__metadata__")["unroll"])
    return {name: numpy.frombuffer(data[8 + size:], "<f4", (t["data_offsets"][1] - t["data_offsets"][0]) // 4,
                                   t["data_offsets"][0]).reshape(t["shape"]).copy() for name, t in head.items()}, record


def lower(word):
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in word)  # as the library does


class Tagger:
    def __init__(self, torch, path):
        tensors, record = read_model(path)
        if "crf" in record["net"] or "chars:" not in record["net"]:
            sys.exit("tagging.py: the script knows the default network alone, with characters and without a crf")
        self.torch = torch
        self.embed = torch.nn.Embedding.from_pretrained(torch.tensor(tensors["embed.weight"]))
        self.spell = torch.nn.Embedding.from_pretrained(torch.tensor(tensors["chars.embed.weight"]))
        self.chars, self.words = (self.lstm(tensors, stack) for stack in ("chars.rnn", "rnn"))
        self.out = torch.nn.Linear(*reversed(tensors["out.weight"].shape))
        self.out.load_state_dict({k: torch.tensor(tensors["out." + k]) for k in ("weight", "bias")})
        self.word_ids = {w: i for i, w in enumerate(record["vocab"])}
        self.char_ids = {c: i for i, c in enumerate(record["lines"]["chars"]["vocab"])}
        self.labels = {label: i for i, label in enumerate(record["labels"])}
        self.unknown, self.unknown_char = len(self.word_ids), len(self.char_ids)

    def lstm(self, tensors, stack):
        made = {k[len(stack) + 1:]: self.torch.tensor(v) for k, v in tensors.items() if k.startswith(stack + ".")}
        lstm = self.torch.nn.LSTM(made["weight_ih_l0"].shape[1], made["weight_hh_l0"].shape[1], bidirectional=True)
        lstm.load_state_dict(made)
        return lstm.eval()

    def padded(self, rows, fill):
        """Returns ids (T, B) and lengths."""
        pad = self.torch.nn.utils.rnn.pad_sequence
        return pad([self.torch.tensor(r) for r in rows], padding_value=fill), self.torch.tensor([len(r) for r in rows])

    def pack(self, x, lengths):
        return self.torch.nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)

    def right(self, batch):
        """Returns how many words of a batch get the right label."""
        spelled = {}
        places = [[spelled.setdefault(word, len(spelled)) for word, _ in s] for s in batch]
        chars, sizes = self.padded([[self.char_ids.get(c, self.unknown_char) for c in word] for word in spelled], 0)
        ids, lengths = self.padded([[self.word_ids.get(lower(word), self.unknown) for word, _ in s] for s in batch], 0)
        final = self.chars(self.pack(self.spell(chars), sizes))[1][0]
        x = self.torch.cat([self.embed(ids), self.torch.cat([final[0], final[1]], 1)[self.padded(places, 0)[0]]], 2)
        packed = self.words(self.pack(x, lengths))[0]
        y, _ = self.torch.nn.utils.rnn.pad_packed_sequence(packed)
        there, _ = self.padded([[self.labels.get(label, -2) for _, label in s] for s in batch], -1)
        return int((self.out(y).argmax(2) == there).sum())


def peer(a):
    import torch
    torch.set_num_threads(a.threads)
    tagger, sentences = Tagger(torch, a.model), sentences_of(a.data)
    words = sum(map(len, sentences))
    begin = used = right = 0
    for _ in range(2):  # in the first round everything is done for the first time
        begin, used, right = time.perf_counter(), time.process_time(), 0
        in_order = sorted(sentences, key=len)
        with torch.inference_mode():
            for i in range(0, len(in_order), a.batch):
                right += tagger.right(in_order[i:i + a.batch])
    print(json.dumps({"rate": words / (time.perf_counter() - begin), "cpu_rate": words / (time.process_time() - used),
                      "accuracy": right / words, "way": f"PyTorch {torch.__version__.split('+')[0]}"}))


# ---- Ours, and in turn -------------------------------------------------------------------------------------------------

def run(command):
    environment = {k: v for k, v in os.environ.items() if k != "OPENBLAS_CORETYPE"}  # it would limit a peer's kernels
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, env=environment, check=False, text=True)
    if done.returncode:
        sys.exit(f"tagging.py: {command[0]} ended with status {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])


def ours(a):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = run([a.unroll, "eval", a.model, a.data, "--threads", a.threads, "--json"])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime  # includes the loading of the model
    return {"rate": told["words_per_second"], "cpu_rate": told["words"] / used, "accuracy": told["accuracy"]}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model")
    p.add_argument("data")
    p.add_argument("--unroll", default="build/unroll", help="the program (default: %(default)s)")
    p.add_argument("--python", default="python3", help="an interpreter that has PyTorch (default: %(default)s)")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--turns", type=int, default=5)
    p.add_argument("--cpu", action="store_true", help="count words in a second of the processor")
    p.add_argument("--peer", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    if a.peer:
        peer(a)
        return
    theirs, own = [], []
    for _ in range(a.turns):
        theirs.append(run([a.python, HERE, a.model, a.data, "--peer", "--threads", a.threads, "--batch", a.batch]))
        own.append(ours(a))
    if abs(theirs[0]["accuracy"] - own[0]["accuracy"]) > 2e-4:
        sys.exit(f"tagging.py: not the same work: accuracy {theirs[0]['accuracy']} and {own[0]['accuracy']}")
    key, ratios = "cpu_rate" if a.cpu else "rate", []
    print(f"accuracy {own[0]['accuracy']:.4f} both; words a second of {theirs[0]['way']}, ours, and ours over it")
    for name, of in (("median", statistics.median), ("best", max)):
        peer_rate, rate = of(t[key] for t in theirs), of(t[key] for t in own)
        ratios.append(rate / peer_rate)
        print(f"{name:7} {peer_rate:9.0f} {rate:9.0f} {ratios[-1]:6.2f}")
    print(f"counts: {min(ratios):.2f}")


if __name__ == "__main__":
    main()
