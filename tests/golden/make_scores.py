#!/usr/bin/env python3
"""Writes scores.json: texts with BLEU, BLEU without case and chrF as sacreBLEU 2.6.0 gives them (pip install
sacrebleu==2.6.0).

Also a hash of str.lower over all characters, from Python 3.11 (Unicode 14)."""
import json
import pathlib
import random

import sacrebleu

HERE = pathlib.Path(__file__).parent
WORDS = """the a man Woman in blue shirts, is Are standing on ladder cleaning window. Two dogs run 3.5 1,000 20-30 e.g. U.S. "quoted"
(round) it's don't -- ... ! ? half-time &quot; &amp;lt; <b> 10% $5 a/b Über Straße MÄNNER größer ÉTÉ ΣΊΣΥΦΟΣ Σ. ΑΣ' Москва İstanbul 한국어 나는
漢字 、 。 “so” „da“ … – 😀 na\u00a0ive x\u3000y end,no 3,a b,4 7.b c.8 9-a -5 <skipped> _ ~ ^ ` { } [ ] \\ @ # * = + ; :""".split(" ")
WORDS = [w for part in WORDS for w in part.split("\n")]


def sentence(rng, most):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(0, most)))


def change(rng, text, share):
    """Returns a text like the given one, with some words missing and others replaced."""
    words = [rng.choice(WORDS) if rng.random() < share else w for w in text.split(" ") if rng.random() > share / 3]
    return rng.choice([str, str.lower, str.upper, str, str])(" ".join(words))


def case(rng, sentences, most, share):
    wanted = [sentence(rng, most) for _ in range(sentences)]
    return [change(rng, w, share) for w in wanted], wanted


def scores(written, wanted):
    def bleu(**more):
        return sacrebleu.metrics.BLEU(**more).corpus_score(written, [wanted]).score

    return {"written": written, "wanted": wanted, "bleu": bleu(), "bleu_lower": bleu(lowercase=True),
            "chrf": sacrebleu.metrics.CHRF().corpus_score(written, [wanted]).score}


def several(rng, sentences):
    """Texts with one to four references each."""
    wanted = [[sentence(rng, 12)] for _ in range(sentences)]
    for texts in wanted:
        texts += [change(rng, texts[0], 0.4) for _ in range(rng.randint(0, 3))]
    written = [change(rng, rng.choice(texts), 0.3) for texts in wanted]
    columns = [[texts[i] if i < len(texts) else None for texts in wanted] for i in range(4)]
    return {"written": written, "wanted": wanted, "bleu": sacrebleu.metrics.BLEU().corpus_score(written, columns).score}


def lower_hash():
    """Returns FNV-1a, 64 bits, of the lower case of every single character."""
    value = 0xCBF29CE484222325
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        for byte in chr(code).lower().encode():
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return "%016x" % value


def main():
    rng = random.Random(18)
    cases = [case(rng, 20, 20, 0.2), case(rng, 20, 20, 0.6), case(rng, 30, 6, 0.4), case(rng, 10, 40, 0.05),
             case(rng, 1, 12, 0.3), case(rng, 25, 3, 0.5), case(rng, 8, 15, 1.0)]
    cases.append((["a b c"], ["a b d"]))
    cases.append(([""], ["something"]))
    cases.append((["something"], [""]))
    cases.append((["the same text, as it is."], ["the same text, as it is."]))
    cases.append((["ab", "x"], ["abcdefgh", "y"]))
    scored = [scores(*c) for c in cases]
    text = json.dumps({"sacrebleu": sacrebleu.__version__, "lower": lower_hash(), "cases": scored,
                       "any": [several(rng, 20), several(rng, 8)]}, indent=1, ensure_ascii=False)
    (HERE / "scores.json").write_text(text + "\n", encoding="utf-8")


main()
