#!/usr/bin/env bash
# Ways to choose tokens, to stop and to look ahead; UTF-8 that never breaks.
. "$(dirname "$0")/lib.bash"
make_text 300 >text
train text run --steps 900 --lr 0.01

# --stop ends before its text, however the text is cut into tokens
done_with sample run --length 400 --seed 3; cp out whole
stop=$(tail -c +200 whole | grep -oE '[a-z]{3}' | sed -n 1p)
done_with sample run --length 400 --seed 3 --stop "$stop"
awk -v RS="$stop" 'NR == 1 { printf "%s", $0 }' whole >expected
same out expected
done_with sample run --length 400 --seed 3 --stop 'no such text'; same out whole

# Limits
done_with sample run --length 50 --greedy; cp out greedy
done_with sample run --length 50 --temperature 0; same out greedy
done_with sample run --length 50 --top-k 1 --seed 5; same out greedy
done_with sample run --length 50 --top-p 1e-9 --seed 5; same out greedy
done_with sample run --length 50 --min-p 1 --seed 5; same out greedy
done_with sample run --length 0; is_silent
done_with sample run --length 0 --prime the; equal "$(cat out)" the

# --next: probabilities fall, and their sum is at most one
done_with sample run --prime 'the ' --next 5
equal "$(wc -l <out)" 5
awk '{ s += $1; if (NR > 1 && $1 > last) exit 1; last = $1 } END { exit !(s > 0.5 && s <= 1.00001) }' out ||
    fail 'not probabilities in falling order'
done_with sample run --prime 'the ' --next 1000000
awk '{ s += $1 } END { exit !(s > 0.999 && s < 1.001) }' out || fail 'all probabilities are not one together'
done_with sample run --prime 'a tree.' --next 1; equal "$(cut -c 11- out)" '\n'

# --complete: whole words that begin with what was typed
done_with sample run --prime 'the cat sees the h' --complete 3
equal "$(head -n 1 out | cut -c 11-)" house
! cut -c 11- out | grep -qv '^h' || fail 'a word does not begin with what was typed'
done_with sample run --prime 'the cat sees the ' --complete 2
equal "$(cut -c 11- out | sort | tr '\n' ' ')" 'house other '

# Byte tokens, with characters of several bytes: the output is valid wherever it is cut
{ for i in $(seq 150); do echo '나는 오늘 학교에 갔다. über 30 €'; done; } >korean
train korean bytes --unit byte --steps 400 --lr 0.01
for length in 1 2 3 4 5 50 301; do
    done_with sample bytes --length $length --seed $length --temperature 1.5
    iconv -f UTF-8 -t UTF-8 out >/dev/null 2>&1 || fail "broken UTF-8 after $length bytes"
done
done_with sample bytes --length 50 --raw; equal "$(wc -c <out)" 50
done_with sample bytes --prime '나는 오늘 학' --complete 1; equal "$(cut -c 11- out)" 학교에

# Words
train korean words --unit word --steps 200
done_with sample words --prime '나는 오늘' --next 1; equal "$(cut -c 11- out)" ' 학교에'
done_with sample words --prime '나는 오늘 학' --complete 1; equal "$(cut -c 11- out)" 학교에

# Several stop texts
done_with sample run --length 400 --seed 3 --stop 'no such text' --stop "$stop"; same out expected

# --beam: the most probable text, which need not begin like the greedy one, up to a token that ends it
done_with sample run --prime 'the cat ' --beam 1 --length 12; cut -c 12- out >beam
done_with sample run --prime 'the cat ' --length 12 --greedy
equal "the cat $(cat beam)" "$(cat out)"
done_with sample run --prime 'the cat sees the ' --beam 8 --n-best 3 --length 20 --stop .
equal "$(wc -l <out)" 3
awk '{ if (NR > 1 && $1 > last) exit 1; last = $1; if ($0 !~ /\.$/) exit 1 }' out || fail 'not three sentences in order'
equal "$(head -n 1 out | cut -c 12-)" house.
needs_python
done_with sample run --prime 'the cat sees the ' --beam 8 --length 20 --stop . --json
equal "$(json 'o["beam"][0]["text"], o["beam"][0]["units"], o["beam"][0]["stopped"]')" "('house.', 6, True)"
misused sample run --beam 3 --stop 'no token'; says '--stop: with --beam it is one token of the model'
misused sample run --beam 3 --next 2; says '--next and --beam exclude each other'
misused sample run --n-best 3; says '--n-best goes with --beam'
misused sample run --count 2; says '--count is for models that paint; this model is of the task lm'

# A seed is unsigned
done_with sample run --length 5 --seed 18446744073709551615 --json; prints '"seed":18446744073709551615}'
equal "$(json 'o["seed"]')" 18446744073709551615

# A prime is read as the training text was: CR LF becomes LF, and a byte order mark is dropped
done_with sample run --prime $'the cat sees.\na dog ' --next 5; cp out plain
done_with sample run --prime $'\xef\xbb\xbfthe cat sees.\r\na dog ' --next 5; same out plain
equal "$(wc -c <err)" 0
done_with sample run --prime $'the cat sees.\r\na d' --complete 3; cp out plain
done_with sample run --prime $'the cat sees.\na d' --complete 3; same out plain

# Characters that the model does not know are named, each once, and harmless. Known ones are not named
done_with sample run --prime $'the ж €ж\033' --length 1
equal "$(cat err)" "unroll: sample: --prime: the model does not know 'ж' '€' '\\x1b'; read as the unknown token"
done_with sample run --stop 'catß' --length 1
equal "$(cat err)" "unroll: sample: --stop: the model does not know 'ß'; this text will not come"
done_with sample words --prime '나는 학교 오늘 ' --length 1; says "does not know ' 학교' ' '; read"
done_with sample words --stop 교에 --prime '나는 오늘' --length 1; equal "$(wc -c <err)" 0
done_with sample bytes --stop 교에 --length 1; equal "$(wc -c <err)" 0
done_with inspect saliency run 'the c' --target Q; says "inspect saliency: --target: the model does not know 'Q'"

# The first failing write ends the verb, with its cause, in one line
(trap '' PIPE; timeout 60 "$UNROLL" sample run --length 100000000 2>err && echo 0 >status || echo $? >status) |
    head -c 10 >/dev/null
called='sample into a closed pipe'
equal "$(cat status)" 1; equal "$(cat err)" 'unroll: sample: standard output: cannot write: Broken pipe'
if has_full_disk; then
    status=0
    timeout 60 "$UNROLL" sample run --length 100000000 >/dev/full 2>err || status=$?
    called='sample into a full disk'
    ends 1; equal "$(cat err)" 'unroll: sample: standard output: cannot write: No space left on device'
fi

# A model whose state grows without bound: for every kind of question, one line says where it fails
done_with train lm text -o wild --net 'embed 4 > gru 4 > rnn 8 relu > dense' --init-scale 1.5 --val-fraction 0 --batch 4 --bptt 16 --steps 1 --lr 1e-9 --quiet
long=$(printf 'the cat %.0s' $(seq 60))
for question in '--length 1000' '--length 1000 --json' "--next 3" '--complete 3' '--beam 2 --length 1000' '--length 0 --state-out wild.state'; do
    # shellcheck disable=SC2086 # several words
    fails_with sample wild --prime "$long" $question
    grep -qE '^unroll: sample: (--prime: )?cell layer 2 of ".*" grows without bound: not finite after [0-9]+ tokens; the model cannot go on$' err ||
        { cat err; fail "$called: does not say where"; } >&2
    equal "$(wc -l <err)" 1
done
[ ! -e wild.state ] || fail 'a state that is not finite was kept'
fails_with sample wild --length 100000; says 'grows without bound'
