#!/usr/bin/env bash
# Text from outside cannot act on a terminal or in a report: escape sequences, controls of the writing direction, tags,
# and bytes that are not characters. The texts are a list in this script, and, if UNROLL_DATA has them, the naughty
# strings and UTF-8 tests.
. "$(dirname "$0")/lib.bash"

hostile() {
    printf '\033[31mred\033[0m \033]0;title\007 \302\233 \b\r\177\n'
    printf 'a\342\200\256b\342\200\254 \342\201\246c\342\201\251 \342\200\217 \330\234 \342\200\250 \357\273\277 \363\240\200\201\n'
    printf '</pre></p></svg><script>alert(1)</script><!-- --><img src=x onerror="alert(1)">&lt;&amp;\n'
    printf '" onload="x" %s \\ %%s %%n 한국어 👩\342\200\215👩 e\314\201\314\201\n' "'"
}

# harmless FILE: the file is valid UTF-8 without control characters, except line breaks and tabs
harmless() {
    iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1 || fail "$called: $1 is not UTF-8"
    ! grep -aqP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xaf]|\xef\xbb\xbf|\xf3\xa0[\x80\x81]' "$1" ||
        fail "$called: a control reaches $1"
}

# Every character is a token of a model. info shows the first 200.
{ hostile; hostile; } >text
train text run
done_with inspect run run --html run.html; harmless out; harmless run.html; prints '---- sample after 60 steps'
# Anyone may have written a log.
cat >log.jsonl <<'END'
{"step":1,"loss":2,"smooth":2,"lr":0.1,"norm":1,"units":9,"seconds":1}
{"step":1,"validation":2,"best":2,"gates":[{"layer":1,"gate":"\u001bc<b>","open":0.5,"shut":0.1}]}
END
done_with inspect run log.jsonl --html log.html; harmless out; harmless log.html; prints '\x1bc<b> 50 %'
done_with info run; harmless out; prints '\x1b'; prints '\u202e'; prints '\U000e0001'
done_with sample run --next 100; harmless out
for token in $'\033' $'\342\200\256' '<' '"' '&' 한; do
    done_with inspect near run "$token" --count 1000 --html near.html --overwrite; harmless out; harmless near.html
done
# No text opens a tag: the only tags are those that the report writes, and special characters of the text are entities.
tags() { grep -o '<[^>]*>' near.html | sed -E 's/[ >].*//' | sort -u | tr '\n' ' '; }
equal "$(tags)" '<!doctype </h1 </h2 </html </main </p </style </svg </text </title <h1 <h2 <html <main <meta <p <path <rect <style <svg <text <title '
done_with inspect near run '<' --html near.html --overwrite
grep -qF '<h1>Near “&lt;”</h1>' near.html || fail "< is not an entity"
done_with inspect near run $'\342\200\256' --html near.html --overwrite
grep -qF '⟨U+202E⟩' near.html || fail "U+202E has no mark"

printf '\377\376\000\200' | cat - text >all
train all bytes --unit byte
done_with info bytes; harmless out; prints '\xff'; prints '\x00'

data=${UNROLL_DATA:-}/robustness
[ -r "$data/naughty-strings/blns.txt" ] || { echo "UNROLL_DATA names no folder with robustness/naughty-strings"; exit 77; }
cat "$data/naughty-strings/blns.txt" "$data/utf8/UTF-8-test.txt" >text
train text run --invalid replace --overwrite
done_with info run; harmless out
done_with inspect near run a --count 1000 --html near.html --overwrite; harmless out; harmless near.html
equal "$(grep -c '<svg ' near.html)" "$(grep -c '</svg>' near.html)"
done_with sample run --next 100; harmless out
done_with inspect run run --html run.html --overwrite; harmless out; harmless run.html
