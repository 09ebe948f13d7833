#!/usr/bin/env bash
# A byte order mark and CR LF are read everywhere as training reads them.
. "$(dirname "$0")/lib.bash"

mark=$(printf '\357\273\277')
make_text 100 >text
done_with train lm text -o run --hidden 8 --layers 1 --embed 4 --batch 4 --bptt 16 --threads 1 --sample-length 0 --steps 3 --quiet
awk 'BEGIN { for (i = 0; i < 80; i++) printf "%s\t%s %d\n", i % 2 ? "a" : "b", i % 2 ? "warm day" : "cold night", i }' >labelled.tsv
done_with train classify labelled.tsv -o labels --token char --steps 5 --threads 1 --quiet

printf 'the cat\nsees' >plain
printf '%sthe cat\r\nsees' "$mark" >marked
for verb in 'eval run' 'eval run --per-line' 'inspect gates run'; do
    # shellcheck disable=SC2086 # several words
    done_with $verb plain; grep -v seconds out >first
    # shellcheck disable=SC2086 # several words
    done_with $verb marked; same first <(grep -v seconds out)
done
done_with inspect saliency run "$(cat plain)"; cp out first
done_with inspect saliency run "$(cat marked)"; same out first; [ ! -s err ] || fail "something is unknown: $(cat err)"
done_with sample run --length 20 --prime "$(cat plain)" --json; sed 's/.*"text"//' out >first
done_with sample run --length 20 --prime "$(cat marked)" --json; same first <(sed 's/.*"text"//' out)
printf 'a warm day\ncold\n' >lines
printf '%sa warm day\r\ncold\r\n' "$mark" >marked-lines
done_with predict labels lines; cp out first
done_with predict labels marked-lines; same out first
done_with predict labels - <marked-lines; same out first
done_with predict labels lines --tree; cp out first
done_with predict labels marked-lines --tree; same out first
printf 'warm day' >whole
printf '%swarm day\r\n' "$mark" >marked-whole
done_with predict labels whole --whole; cp out first
done_with predict labels marked-whole --whole; same out first
