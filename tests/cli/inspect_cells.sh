#!/usr/bin/env bash
# unroll inspect cells: a table of all predicates, JSON, text with a cell's values, one HTML file; predicates of the
# user's own; and what is refused.
. "$(dirname "$0")/lib.bash"
needs_python
awk 'BEGIN { for (i = 0; i < 400; i++) { x = (x * 69069 + i) % 65536; print (x % 3 ? "the cat (a" x % 7 ") \"sees it\" so" : "if (x[" x % 10 "]) { y; } // no") } }' >text
train text run --steps 300 --lr 0.01

# Every predicate has a line. The control and the score are in their ranges
done_with inspect cells run text
equal "$(wc -l <out)" 21
for name in quote paren bracket brace comment string if line-end word-start capital digit hangul depth paren-depth brace-depth column indent distance; do
    grep -q "^$name " out || fail "no line for $name"
done
grep '^hangul' out | grep -q 'never true' || fail 'Hangul is scored'
cp out table
done_with inspect cells run text --json --where 'cat=\bcat\b' --where 'word=[a-z]+'
equal "$(json 'len(o["predicates"])')" 20
equal "$(json 'all(0 <= p["score"] <= 1 and 0 <= p["control"] <= 1 for p in o["predicates"] if p["verdict"] == "scored")')" True
equal "$(json '[p["score"] > 0.9 and p["score"] > p["control"] for p in o["predicates"] if p["name"] == "quote"]')" '[True]'
equal "$(json '[(p["share"] > 0.03) for p in o["predicates"] if p["name"] == "cat"]')" '[True]'
equal "$(json '[len(p["cells"]) for p in o["predicates"] if p["name"] == "quote"]')" '[5]'
equal "$(json '[p["verdict"] for p in o["predicates"] if p["name"] == "hangul"]')" "['never true']"
cell=$(json '["%d.%d" % (p["best"]["layer"], p["best"]["unit"]) for p in o["predicates"] if p["name"] == "quote"][0]')
grep '^quote' table | grep -q " $cell " || fail 'table and JSON name different cells'

# Any number of threads, and standard input, give the same
done_with inspect cells run - --threads 1 <text
diff <(sed '$d' table) <(sed '$d' out) || fail 'another answer from standard input, one thread'

# Without a terminal, the text is shown without colours: a piece of the text
done_with inspect cells run text --show quote --length 60
equal "$(wc -m <out)" 61
grep -qF -f <(head -n 2 out | tail -n 1) text || fail 'what is shown is not in the text'
cp out shown
done_with inspect cells run text --neuron "$cell" --length 60
equal "$(wc -m <out)" 61

# One HTML file, which is not overwritten unasked
done_with inspect cells run text --html page.html
grep -q '<h2>quote: neuron' page.html || fail 'no passage for the quotes'
! grep -qiE 'src=|href=|url\(|<script' page.html || fail 'the page asks for something'
[ "$(stat -c %s page.html)" -lt 2000000 ] || fail 'the page is too large'
misused inspect cells run text --html page.html; says 'page.html exists; --overwrite replaces it'
done_with inspect cells run text --html page.html --overwrite
if has_full_disk; then fails_with inspect cells run text --html /dev/full --overwrite; fi
fails_with inspect cells run text --html nowhere/page.html; says nowhere/page.html

# Mistakes
misused inspect cells run text --where 'x=[a-'; says "--where x: column 4 of '[a-':"
misused inspect cells run text --where 'x'; says "--where: 'x' is not allowed"
misused inspect cells run text --where 'a b=x'; says "--where: 'a b=x' is not allowed"
misused inspect cells run text --where 'quote=x'; says "the name 'quote' is taken"
misused inspect cells run text --where 'x=a' --where 'x=b'; says "the name 'x' is taken"
misused inspect cells run text --show nothing; says "'nothing' is not a predicate; there are quote, paren,"
fails_with inspect cells run text --show hangul; says '--show hangul: no neuron was scored'
for cell in 1 1. .1 0.1 1.x 99999999999.1; do misused inspect cells run text --neuron $cell; says "--neuron: '$cell' is not allowed"; done
misused inspect cells run text --neuron 2.0; says 'dense" has 1 recurrent layer'
misused inspect cells run text --neuron 1.24; says '--neuron 1.24: the neurons of that layer are 0 to 23'
misused inspect cells run text --show quote --json; says 'leave one of them out'
misused inspect cells run text --show quote --neuron 1.1; says 'give one of them'
misused inspect cells run; says 'which text?'
misused inspect cells; says 'which model?'
printf a >short
fails_with inspect cells run short; says 'the text has 1 tokens; at least 2 are needed'
printf 'the cat sees it' >short
done_with inspect cells run short; equal "$(grep -c 'never true\|rarely\|same everywhere\|too short' out)" 18

# Text from outside cannot act, neither from its tokens nor from its path
printf '\033[31m"red"\033[0m <script>alert(1)</script> \342\200\256 \302\233 (한글)\n%.0s' $(seq 60) >'<b>hostile'
train '<b>hostile' bad
harmless() {
    ! grep -aqP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]' "$1" || fail "$called: a control reaches $1"
}
done_with inspect cells bad '<b>hostile' --html hostile.html; harmless out; harmless hostile.html
! grep -qE '<script|<b>' hostile.html || fail 'a tag of the text is a tag of the page'
done_with inspect cells bad '<b>hostile' --show quote; harmless out
data=${UNROLL_DATA:-}/robustness
[ -r "$data/naughty-strings/blns.txt" ] || { echo "UNROLL_DATA names no folder with robustness/naughty-strings"; exit 77; }
cat "$data/naughty-strings/blns.txt" "$data/utf8/UTF-8-test.txt" >naughty
train naughty bad --invalid replace --overwrite
done_with inspect cells bad naughty --invalid replace --html hostile.html --overwrite; harmless out; harmless hostile.html
done_with inspect cells bad naughty --invalid replace --show quote --length 20000; harmless out
