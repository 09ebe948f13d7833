#!/usr/bin/env bash
# --watch: a view that fits the terminal, does not change the training, and restores the terminal however it ends.
# Without a terminal, lines are printed.
. "$(dirname "$0")/lib.bash"
needs_python
make_text 200 >text
printf 'a\033[31mb\033]0;title\007c \342\200\256 \302\233 end\n%.0s' 1 2 3 4 5 6 7 8 >>text
options=(--hidden 24 --embed 8 --batch 8 --bptt 16 --sample-every 20 --sample-length 80)
export TERM=xterm-256color
enter=$'\033[?1049h' leave=$'\033[?25h\033[?1049l'

# on_terminal ROWS COLUMNS SIGNALS ARGUMENT…: like unroll, with standard error at a terminal; what the terminal receives
# is in `sent`
on_terminal() {
    called="unroll ${*:4}" status=0
    python3 "$SOURCE/tests/cli/terminal.py" "$1" "$2" "$3" 'gradient norm' "$UNROLL" "${@:4}" 2>err || status=$?
}
holds() { grep -aqF -e "$1" sent || { cat -v sent | tail -n 30; fail "$called: does not send: $1"; } >&2; }

# restored [TIMES]: the original screen is shown again, with the cursor; the other screen was entered TIMES times
restored() {
    python3 - "$enter" "$leave" "${1:-1}" <<'END' || fail "$called: the terminal is not as it was"
import sys
sent = open("sent", "rb").read()
enter, leave = (text.encode() for text in sys.argv[1:3])
assert sent.count(enter) == sent.count(leave) == int(sys.argv[3]) and sent.rfind(leave) > sent.rfind(enter)
assert sent.rfind(b"\033[?25l") < sent.rfind(b"\033[?25h")
END
}

# fits ROWS COLUMNS WORD…: every frame fits, and each of the words is in a frame
fits() {
    python3 - "$@" <<'END' || fail "$called: a frame does not fit"
import re, sys, unicodedata
rows, columns = int(sys.argv[1]), int(sys.argv[2])
view = open("sent", "rb").read().decode().split("\033[?1049h")[1].split("\033[?25h")[0]
frames = view.split("\033[H")[2:]
assert frames
for frame in frames:
    plain = re.sub(r"\033\[[0-9;?]*[A-Za-z]", "", frame)
    lines = re.split("\r+\n", plain)
    assert len(lines) <= rows, f"{len(lines)} lines"
    for line in lines:
        assert not any(unicodedata.category(c) == "Cc" or c == "\u202e" for c in line), f"a control character: {line!r}"
        assert len(line) < columns, f"{len(line)} columns: {line}"
for word in sys.argv[3:]:
    assert any(word in frame for frame in frames), f"nowhere: {word}"
END
}

done_with train lm text -o whole --steps 400 "${options[@]}" --average 0.99 --quiet
on_terminal 40 100 - train lm text -o run --steps 400 "${options[@]}" --average 0.99 --watch
ends 0; restored; prints 'The model is run/model.safetensors'
fits 40 100 'step ' 'loss: A smoothed, B validation' 'gradient norm' "gradient k steps back, log10, layer 1: " 'gates open|shut %, layer 1' '---- sample after' '┤' '└'
same run/model.safetensors whole/model.safetensors
same run/last.safetensors whole/last.safetensors
for size in '24 80' '12 36' '3 20' '1 200'; do
    # shellcheck disable=SC2086 # two words
    on_terminal $size - train lm text -o run --steps 60 "${options[@]}" --overwrite --watch
    # shellcheck disable=SC2086
    ends 0; restored; fits $size
done
TERM=dumb
on_terminal 24 80 - train lm text -o run --steps 60 "${options[@]}" --overwrite --watch
TERM=xterm-256color
ends 0; holds '--watch needs a terminal'; ! grep -aqF "$enter" sent || fail 'a view on a dumb terminal'

# Stopped by a signal, and by a second one before the first has ended the run
on_terminal 24 80 INT train lm text -o run --overwrite --steps 1000000 "${options[@]}" --watch
ends 0; restored; holds 'everything is saved in run'
on_terminal 24 80 INT,TERM train lm text -o run --overwrite --steps 1000000 "${options[@]}" --watch
restored; [ "$status" -eq 130 ] || [ "$status" -eq 143 ] || fail "two signals: status $status"

# Suspended by Ctrl-Z and continued; and ended by Ctrl-\
on_terminal 24 80 TSTP train lm text -o run --overwrite --steps 1000000 "${options[@]}" --watch
ends 0; restored 2; holds 'everything is saved in run'
on_terminal 24 80 QUIT train lm text -o run --overwrite --steps 1000000 "${options[@]}" --watch
restored; ends 131

# Without a terminal: lines, as without --watch. --watch and --quiet contradict each other
done_with train lm text -o lines --steps 60 "${options[@]}" --watch
says '--watch needs a terminal at standard error'; says '---- sample after'; says 'chars/s'
! grep -q $'\033' err || fail 'escape sequences without a terminal'
misused train lm text -o lines --watch --quiet; says '--watch and --quiet contradict'
