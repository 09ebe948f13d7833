#!/usr/bin/env python3
"""The network of `unroll train translate` in PyTorch: it trains, or translates with a beam, and prints a JSON object.

    translate_peer.py train MODEL train.de.gz train.en.gz --threads 2 --updates 100
    translate_peer.py write MODEL val.de.gz val.en.gz --threads 2 --beam 5 --texts answers.en
    translate_peer.py learn MODEL train.de.gz train.en.gz --val val.de.gz val.en.gz --threads 2 --texts answers.en

MODEL is one of our model files, of the network that `train translate` chooses, with pieces. It gives the vocabulary,
the sizes and, for `write`, the weights. So both programs read the same tokens, in batches of the same pairs, and write
texts of the same lengths. Only the steps of training, and only the writing, are timed. --compact no keeps texts that
have ended in the batch; --batch says how many are written at once.

learn: the whole training of MODEL, from PyTorch's first weights, with the same settings. The best of ten evaluations by
chrF counts. Needs sacrebleu.
"""
import argparse
import copy
import gzip
import json
import math
import pathlib
import random
import re
import shlex
import struct
import sys
import time
import warnings

import torch
import torch.nn.functional as F
from torch import nn

try:
    import sacrebleu
except ImportError:  # only learn needs it
    sacrebleu = None

END, MASK = 0, 1  # the piece that ends a text; the piece that is never written, and replaces a dropped one


# ---- The model file ------------------------------------------------------------------------------------------------------

def read_model(path):
    """Returns the record, and the tensors by name."""
    path = pathlib.Path(path)
    data = bytearray((path / "model.safetensors" if path.is_dir() else path).read_bytes())
    size = struct.unpack("<Q", data[:8])[0]
    head = json.loads(data[8:8 + size])
    record = json.loads(head.pop("__metadata__")["unroll"])
    tensors = {}
    for name, t in head.items():
        begin, end = t["data_offsets"]
        tensors[name] = torch.frombuffer(data, dtype=torch.float32, count=(end - begin) // 4,
                                         offset=8 + size + begin).reshape(t["shape"])
    return record, tensors


def settings_of(record):
    """Returns the settings of the training, {"lr": "0.001", …}, and the dropout probability."""
    words = shlex.split(record["training"]["settings"])
    drop = re.search(r"dropout ([0-9.]+)", record["net"])
    return {**{k.removeprefix("--"): v for k, v in zip(words[::2], words[1::2])}, "drop": drop.group(1) if drop else "0"}


class Pieces:
    """Cuts words into pieces by repeatedly joining the two neighbours whose piece was made first."""

    letter = r"[A-Za-z0-9_\u0080-\U0010ffff]"
    words = re.compile(f" ?{letter}+(?:'{letter}+)*| ?[!-~]|.", re.S)

    def __init__(self, pieces):
        self.text = [bytes([p]) if isinstance(p, int) else p.encode() for p in pieces]
        self.id = {p: i for i, p in enumerate(self.text)}
        self.known = {}

    def cut(self, word):
        parts = []
        for c in word:
            parts += [c.encode()] if c.encode() in self.id else [bytes([b]) for b in c.encode()]
        while True:
            joined = [self.id.get(a + b, len(self.id)) for a, b in zip(parts, parts[1:])]
            if not joined or min(joined) == len(self.id):
                return [self.id[p] for p in parts]
            i = joined.index(min(joined))
            parts[i:i + 2] = [parts[i] + parts[i + 1]]

    def read(self, line):
        ids = []
        for word in self.words.findall(" " + line) if line else []:
            if word not in self.known:
                self.known[word] = self.cut(word)
            ids += self.known[word]
        return ids

    def write(self, ids):
        return b"".join(self.text[i] for i in ids).decode(errors="replace").removeprefix(" ")


def read_lines(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="\n") as file:
        return [line.rstrip("\n").strip() for line in file]


# ---- The network ---------------------------------------------------------------------------------------------------------

class Network(nn.Module):
    """The network with the sizes of our tensors. One embedding table serves both sides if it does in ours."""

    def __init__(self, tensors, drop):
        super().__init__()
        symbols, embed = tensors["encoder.embed.weight"].shape
        hidden = tensors["decoder.rnn.weight_hh_l0"].shape[1]
        self.source, self.drop = nn.Embedding(symbols, embed), nn.Dropout(drop)
        joint = "decoder.embed.weight" not in tensors
        self.embed = self.source if joint else nn.Embedding(*tensors["decoder.embed.weight"].shape)
        self.encoder = nn.LSTM(embed, hidden // 2, bidirectional=True, batch_first=True)
        self.decoder = nn.LSTM(embed, hidden, batch_first=True)
        self.query, self.out = nn.Linear(hidden, hidden, bias=False), nn.Linear(2 * hidden, embed, bias=False)
        self.bias = nn.Parameter(torch.zeros(self.embed.num_embeddings))

    def take(self, tensors):
        """Copies our weights: names and layout are PyTorch's."""
        with torch.no_grad():
            self.source.weight.copy_(tensors["encoder.embed.weight"])
            if self.embed is not self.source:
                self.embed.weight.copy_(tensors["decoder.embed.weight"])
            for line, layer in (("encoder", self.encoder), ("decoder", self.decoder)):
                for name, weight in layer.named_parameters():
                    weight.copy_(tensors[f"{line}.rnn.{name}"])
            self.query.weight.copy_(tensors["decoder.attend.query.weight"])
            self.out.weight.copy_(tensors["decoder.attend.out.weight"])
            self.bias.copy_(tensors["decoder.out.bias"])

    def read(self, source, lengths):
        """Returns the encoder's outputs (B, S, H), and its final states, from which the decoder begins."""
        packed = nn.utils.rnn.pack_padded_sequence(self.drop(self.source(source)), lengths, batch_first=True,
                                                   enforce_sorted=False)
        seen, states = self.encoder(packed)
        seen, _ = nn.utils.rnn.pad_packed_sequence(seen, batch_first=True)
        return seen, tuple(torch.cat([s[0], s[1]], 1) for s in states)

    def attend(self, x, seen, hidden):
        """(B, T, H) → (B, T, E). hidden (B, 1, S): true after the end of a source."""
        scores = (self.query(x) @ seen.transpose(1, 2)).masked_fill(hidden, float("-inf"))
        return torch.tanh(self.out(torch.cat([scores.softmax(2) @ seen, x], 2)))

    def cell(self, x, states):
        """A step of the decoder's layer."""
        return torch.lstm_cell(x, states, *self.decoder.parameters())

    def logits(self, x):
        return F.linear(x, self.embed.weight, self.bias)

    def forward(self, source, lengths, target):
        """Returns the logits at the places where `target` is not padding, (places, V)."""
        seen, states = self.read(source, lengths)
        said = torch.cat([torch.full((len(target), 1), END), target[:, :-1].clamp(min=0)], 1)
        x, _ = self.decoder(self.drop(self.embed(said)), tuple(s[None] for s in states))
        x = self.drop(self.attend(x, seen, hidden_places(seen, lengths)))
        return self.logits(x[target >= 0])


def hidden_places(seen, lengths):
    return (torch.arange(seen.shape[1])[None] >= lengths[:, None])[:, None]


def pad(texts, filler):
    return nn.utils.rnn.pad_sequence([torch.tensor(t) for t in texts], batch_first=True, padding_value=filler)


# ---- Training ------------------------------------------------------------------------------------------------------------

def cut_by_tokens(pairs, batches):
    """Cuts sorted pairs into batches of similar numbers of tokens."""
    tokens = [len(s) + len(t) for s, t in pairs]
    share, total, at, cuts = sum(tokens), 0, 0, []
    for b in range(1, batches + 1):
        begin = at
        while at < len(pairs) and (at == begin or total * batches < share * b):
            total += tokens[at]
            at += 1
        cuts.append(pairs[begin:at])
    return cuts


def make_batches(pairs, lanes, seed=1, together=32):
    """Makes batches as `train translate` does: shuffled, sorted by tokens within 32 batches, shuffled again."""
    pairs, shuffled, batches = list(pairs), random.Random(seed), []
    shuffled.shuffle(pairs)
    for i in range(0, len(pairs), lanes * together):
        group = sorted(pairs[i:i + lanes * together], key=lambda p: len(p[0]) + len(p[1]))
        batches += cut_by_tokens(group, -(-len(group) // lanes))
    shuffled.shuffle(batches)
    return batches


def read_pairs(a, pieces):
    read = [(pieces[0].read(s), pieces[1].read(t)) for s, t in zip(read_lines(a.source), read_lines(a.target))]
    return [(s + [END], t + [END]) for s, t in read if s and t and max(len(s), len(t)) < a.longest]


class Training:
    def __init__(self, settings, tensors):
        self.network, self.rate = Network(tensors, float(settings["drop"])), float(settings["lr"])
        self.adam = torch.optim.AdamW(self.network.parameters(), self.rate, fused=True,
                                      weight_decay=float(settings["weight-decay"]))
        self.dropped, self.keep = float(settings["token-dropout"]), float(settings["average"])
        self.smoothing = float(settings["label-smoothing"])
        self.averaged = [w.detach().clone() for w in self.network.parameters()]

    def drop_tokens(self, ids):
        return ids.masked_fill((torch.rand(ids.shape) < self.dropped) & (ids > END), MASK)

    def update(self, batch):
        """Makes an update. Returns the number of target tokens."""
        sources, lengths = self.drop_tokens(pad([s for s, _ in batch], END)), torch.tensor([len(s) for s, _ in batch])
        wanted = pad([t for _, t in batch], -100)
        self.adam.zero_grad()
        logits = self.network(sources, lengths, self.drop_tokens(wanted))
        F.cross_entropy(logits, wanted[wanted >= 0], label_smoothing=self.smoothing).backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 1)
        self.adam.step()
        with torch.no_grad():
            torch._foreach_lerp_(self.averaged, list(self.network.parameters()), 1 - self.keep)
        return sum(len(t) for _, t in batch)


def train(a, record, tensors, pieces):
    batches = make_batches(read_pairs(a, pieces), a.batch)
    training = Training(settings_of(record), tensors)
    for batch in batches[:3]:
        training.update(batch)
    begin, used = time.perf_counter(), time.process_time()
    tokens = sum(training.update(batch) for batch in batches[3:3 + (a.updates or 100)])
    seconds = time.perf_counter() - begin
    return {"tokens": tokens, "seconds": seconds, "processor_seconds": time.process_time() - used,
            "tokens_per_s": tokens / seconds}


# ---- A whole training ----------------------------------------------------------------------------------------------------

def rate_at(settings, step, steps):
    """Returns the `cosine` schedule's learning rate, as a share of the highest."""
    warmup, floor = int(settings.get("warmup", 0)), float(settings["lr-floor"])
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return floor + (1 - floor) * (1 + math.cos(math.pi * (step - warmup) / (steps - warmup))) / 2


def judge(a, training, pieces):
    """Returns the scores of the averaged weights on the validation set, and the texts."""
    network = copy.deepcopy(training.network).eval()
    with torch.no_grad():
        for weight, averaged in zip(network.parameters(), training.averaged):
            weight.copy_(averaged)
    sources, targets = (read_lines(path) for path in a.val)
    texts = write_texts(a, network, [pieces[0].read(s)[:a.longest - 1] + [END] for s in sources])
    texts = [pieces[1].write(t) for t in texts]
    return {"chrf": sacrebleu.corpus_chrf(texts, [targets]).score, "bleu": sacrebleu.corpus_bleu(texts, [targets]).score,
            "texts": texts}


def learn(a, record, tensors, pieces):
    settings, pairs = settings_of(record), read_pairs(a, pieces)
    steps = a.updates or record["training"]["steps"]
    training, best, epoch, batches, used = Training(settings, tensors), {"chrf": -1}, 0, [], time.process_time()
    for step in range(steps):
        if not batches:
            batches, epoch = make_batches(pairs, int(settings["batch"]), epoch + 1), epoch + 1
        for group in training.adam.param_groups:
            group["lr"] = training.rate * rate_at(settings, step, steps)
        training.update(batches.pop())
        if (step + 1) % -(-steps // 10) == 0 or step + 1 == steps:
            best = max(best, {**judge(a, training, pieces), "update": step + 1}, key=lambda found: found["chrf"])
            print(step + 1, best["chrf"], best["bleu"], file=sys.stderr)
    save_texts(a, best.pop("texts"))
    return {"updates": steps, "weights": sum(w.numel() for w in training.network.parameters()), **best,
            "processor_seconds": time.process_time() - used}


# ---- Small weights -------------------------------------------------------------------------------------------------------

class Rounded(nn.Module):
    """A linear layer with int8 weights and a scale for each row. Its inputs are rounded as they come."""

    def __init__(self, weight, bias=None):
        super().__init__()
        scales = (weight.abs().amax(1) / 127).clamp(min=1e-12).double()
        rounded = torch.quantize_per_channel(weight, scales, torch.zeros(len(weight), dtype=torch.long), 0, torch.qint8)
        self.packed = torch.ops.quantized.linear_prepack(rounded, bias)

    def forward(self, x):
        return torch.ops.quantized.linear_dynamic(x, self.packed, False)


class RoundedCell:
    def __init__(self, layer):
        self.input, self.hidden = (Rounded(w, b) for w, b in ((layer.weight_ih_l0, layer.bias_ih_l0),
                                                              (layer.weight_hh_l0, layer.bias_hh_l0)))

    def __call__(self, x, states):
        i, f, g, o = (self.input(x) + self.hidden(states[0])).chunk(4, 1)
        c = f.sigmoid_().mul_(states[1]).addcmul_(i.sigmoid_(), g.tanh_())
        return o.sigmoid_().mul(c.tanh()), c


def round_decoder(network):
    with torch.no_grad():
        network.query, network.out = Rounded(network.query.weight), Rounded(network.out.weight)
        network.logits = Rounded(network.embed.weight, network.bias).forward
        network.cell = RoundedCell(network.decoder)


# ---- Writing -------------------------------------------------------------------------------------------------------------

class Search:
    """A beam for each text of a batch, as in ours, from the 2·K best continuations. Those among the first K that end
    are found; the first K that do not end live on. A text is finished when K have ended. The best has the highest
    log p / tokens."""

    def __init__(self, network, source, lengths, a):
        self.network, self.beam, self.compact = network, a.beam, a.compact == "yes"
        self.seen, self.states = network.read(source, lengths)
        self.hidden = hidden_places(self.seen, lengths)
        count = len(source)
        self.text = torch.arange(count)  # indices in the batch of the texts that go on
        self.score, self.ended = torch.full((count,), float("-inf")), torch.zeros(count, dtype=torch.long)
        self.best, self.length = torch.zeros(count, a.longest, dtype=torch.long), torch.zeros(count, dtype=torch.long)
        self.rows, self.ids = 1, torch.full((count, 1), END)  # rows per text: 1 at first, then K
        self.log_p, self.said = torch.zeros(count, 1), torch.zeros(count, 1, 0, dtype=torch.long)

    def offer(self):
        """Returns log p of each continuation, (N, rows, V)."""
        count = len(self.ids)
        self.states = self.network.cell(self.network.embed(self.ids.view(-1)), self.states)
        x = self.states[0].view(count, self.rows, -1)
        logits = self.network.logits(self.network.attend(x, self.seen, self.hidden))
        logits[:, :, MASK] = float("-inf")
        return logits.log_softmax(2).add_(self.log_p[:, :, None])

    def keep(self, ends, values, row, step):
        """For texts that end now, keeps the best if it is better than those found before."""
        score = (values / (step + 1)).masked_fill(~ends, float("-inf"))
        top, which = score.max(1)
        better = top > self.score[self.text]
        if better.any():
            to = self.text[better]
            self.score[to] = top[better]
            self.best[to, :step] = self.said[better, row[better, which[better]]]
            self.length[to] = step
        self.ended[self.text] += ends.sum(1)

    def step(self, step):
        offered = self.offer()
        symbols, k = offered.shape[2], self.beam
        values, place = offered.view(len(offered), -1).topk(2 * k, 1)
        row, ids = place // symbols, place % symbols
        ends = ids == END
        if ends[:, :k].any():
            self.keep(ends[:, :k], values[:, :k], row[:, :k], step)
        go_on = (ends * 2 * k + torch.arange(2 * k)).topk(k, 1, largest=False).indices  # the first K that do not end
        going = self.ended[self.text] < k
        if not self.compact and going.any():
            going = torch.ones_like(going)
        self.select(going, row.gather(1, go_on), ids.gather(1, go_on), values.gather(1, go_on))
        return len(self.text)

    def select(self, going, row, ids, log_p):
        """Keeps the living rows of the texts that go on."""
        first = torch.arange(len(row))[:, None] * self.rows
        if not going.all():
            first, row, ids, log_p = first[going], row[going], ids[going], log_p[going]
            self.text, self.seen, self.hidden = self.text[going], self.seen[going], self.hidden[going]
            self.said = self.said[going]
        at = (first + row).view(-1)
        self.states = tuple(s.index_select(0, at) for s in self.states)
        self.said = torch.cat([self.said.gather(1, row[:, :, None].expand(-1, -1, self.said.shape[2])), ids[:, :, None]], 2)
        self.ids, self.log_p, self.rows = ids, log_p, self.beam

    def run(self, longest):
        step = 0
        while step < longest and self.step(step):
            step += 1
        return [self.best[i, :self.length[i]].tolist() for i in range(len(self.best))]


def write_texts(a, network, sources):
    """Returns the texts in the order of the sources. Batches hold texts of similar length."""
    order = sorted(range(len(sources)), key=lambda i: len(sources[i]))
    texts = [None] * len(sources)
    with torch.inference_mode():
        for at in range(0, len(order), a.batch):
            batch = order[at:at + a.batch]
            lengths = torch.tensor([len(sources[i]) for i in batch])
            search = Search(network, pad([sources[i] for i in batch], END), lengths, a)
            for i, ids in zip(batch, search.run(a.longest)):
                texts[i] = ids
    return texts


def save_texts(a, texts):
    if a.texts:
        pathlib.Path(a.texts).write_text("".join(t + "\n" for t in texts), encoding="utf-8")


def write(a, record, tensors, pieces):
    network = Network(tensors, 0).eval()
    network.take(tensors)
    if a.weights == "int8":
        round_decoder(network)
    sources = [pieces[0].read(s)[:a.longest - 1] + [END] for s in read_lines(a.source)]
    targets = [pieces[1].read(t) for t in read_lines(a.target)]
    write_texts(a, network, sorted(sources, key=len)[:a.batch])
    begin, used = time.perf_counter(), time.process_time()
    texts = write_texts(a, network, sources)
    seconds, used = time.perf_counter() - begin, time.process_time() - used
    save_texts(a, [pieces[1].write(t) for t in texts])
    return {"sentences": len(texts), "tokens": sum(len(t) + 1 for t in targets), "written": sum(len(t) + 1 for t in texts),
            "seconds": seconds, "processor_seconds": used, "sentences_per_s": len(texts) / seconds}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=("train", "write", "learn"))
    p.add_argument("model")
    p.add_argument("source")
    p.add_argument("target")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--batch", type=int, default=64, help="pairs of a batch; texts that are written at once")
    p.add_argument("--updates", type=int, help="train: 100; learn: as many as the training of MODEL had")
    p.add_argument("--beam", type=int, default=5)
    p.add_argument("--longest", type=int, default=101, help="tokens of a text, with its end")
    p.add_argument("--weights", choices=("f32", "int8"), default="f32", help="write: of the decoder's products")
    p.add_argument("--compact", choices=("yes", "no"), default="yes")
    p.add_argument("--texts", help="write, learn: where the texts go")
    p.add_argument("--val", nargs=2, metavar=("SOURCE", "TARGET"), help="learn: what the training is judged by")
    a = p.parse_args()
    warnings.filterwarnings("ignore")  # quantised tensors will move to another package
    torch.manual_seed(1)
    torch.set_num_threads(a.threads)
    record, tensors = read_model(a.model)
    sides = [record["lines"]["encoder"], record]  # the record alone holds a vocabulary for both sides
    sides = [side if "vocab" in side else record for side in sides]
    if any(side.get("unit") != "piece" for side in sides):
        p.error(f"{a.model} does not read pieces: train it with --token bpe")
    if a.what == "learn" and not a.val:
        p.error("learn: which data is it judged by? give --val SOURCE TARGET")
    pieces = [Pieces(side["vocab"]) for side in sides]
    result = {"train": train, "write": write, "learn": learn}[a.what](a, record, tensors, pieces)
    print(json.dumps({"version": torch.__version__.split("+")[0], "threads": a.threads, "batch": a.batch, **result}))


if __name__ == "__main__":
    main()
