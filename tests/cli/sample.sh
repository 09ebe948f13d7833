#!/usr/bin/env bash
# Ways to choose, to stop, to look ahead; UTF-8 that never breaks.
. "$(dirname "$0")/lib.bash"
make_text 300 >text
train text run --steps 900 --lr 0.01

# --stop ends before its text, wherever the pieces of it come from
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

# --next: probabilities fall and do not exceed one
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

# Bytes, with characters of several of them: cut anywhere, the output is valid
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
