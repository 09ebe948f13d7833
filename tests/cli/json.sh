#!/usr/bin/env bash
# --json prints one object on standard output, and nothing else.
. "$(dirname "$0")/lib.bash"
needs_python
make_text 200 >text
train text run --json
equal "$(json 'o["model"]')" run/model.safetensors
equal "$(json 'o["steps"], o["reason"]')" "(60, 'done')"
equal "$(json 'sorted(o)')" "['best', 'epochs', 'loss', 'model', 'net', 'parameters', 'reason', 'seconds', 'steps', 'units', 'units_per_second', 'validation', 'vocabulary']"
equal "$(wc -l <out)" 1

# Of a large text a part is read at each evaluation, and that is said
read_at() { train text part --steps 2 --val-fraction 0.5 --overwrite --val-tokens "$1"; done_with info part --json; json 'o["validation"]["units"]'; }
[ "$(read_at 0)" -gt 2500 ] && [ "$(read_at 100)" -lt 600 ] || fail "read at an evaluation: $(read_at 0) tokens, of --val-tokens 100 $(read_at 100)"
"$UNROLL" train lm text -o part --steps 1 --val-tokens 100 --overwrite 2>&1 >out | grep -q ' to validate on, about 100 of them at an evaluation; ' ||
    fail 'it does not say how much is read at an evaluation'

done_with eval run text --json
equal "$(json 'sorted(o)')" "['bits_per_byte', 'bits_per_char', 'loss', 'perplexity', 'predictions', 'protocol', 'seconds', 'units', 'unknown', 'weights']"
equal "$(json 'o["protocol"], o["units"]')" "('stateful', $(wc -c <text))"
equal "$(json 'abs(math.exp(o["loss"]) / o["perplexity"] - 1) < 1e-6')" True
done_with eval run text --json --protocol windows --window 32; equal "$(json 'o["protocol"]')" windows
printf 'the "cat"\tsees\\.\n\nthe\n' >lines
done_with eval run lines --json --per-line
equal "$(json '[l["text"] for l in o["lines"]]')" "['the \"cat\"\\tsees\\\\.', '', 'the']"
equal "$(json '[l["line"] for l in o["lines"]]')" '[1, 2, 3]'

done_with sample run --length 30 --prime 'the ' --json; cp out object
equal "$(json 'sorted(o)')" "['prime', 'seed', 'stopped', 'text', 'units']"
equal "$(json 'o["units"], o["stopped"]')" '(30, False)'
done_with sample run --length 30 --prime 'the '
equal "$(cat out; echo .)" "$(cp object out; json 'o["prime"] + o["text"] + "."')"
done_with sample run --length 300 --json --stop .; equal "$(json 'o["stopped"], "." in o["text"]')" '(True, False)'
done_with sample run --next 3 --json; equal "$(json 'len(o["next"])')" 3
equal "$(json 'sorted(o["next"][0])')" "['id', 'probability', 'unit']"
done_with sample run --prime 'the h' --complete 2 --json
equal "$(json 'all(w["word"] == "h" + w["rest"] for w in o["complete"])')" True

done_with info run --json; equal "$(json 'o["task"], o["unit"], o["version"]')" "('lm', 'char', 1)"
done_with check run --json; equal "$(json 'o["ok"], all(c["result"] == "ok" for c in o["checks"])')" '(True, True)'
train text bytes --unit byte --overwrite
done_with sample bytes --length 30 --temperature 50 --json; equal "$(json 'o["units"]')" 30

# Numbers that fit only into an unsigned type
done_with sample run --length 3 --seed 18446744073709551615 --json
equal "$(json 'o["seed"]')" 18446744073709551615
done_with inspect memory --task copy --cells rnn --gaps 12 --seed 18446744073709551614 --seeds 3 --updates 2 --hidden 4 --quiet --json
equal "$(json '[t["seed"] for t in o["rows"][0]["trainings"]]')" '[18446744073709551614, 18446744073709551615, 0]'
