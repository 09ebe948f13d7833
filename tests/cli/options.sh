#!/usr/bin/env bash
# An option of one name means the same in all verbs: it takes the same kind of value, or none.
. "$(dirname "$0")/lib.bash"

verbs=$(unroll help --man; sed -n 's/^\.SS "unroll \([a-z]*\( [a-z]*\)\?\) [^a-z].*"$/\1/p' out)
[ "$(wc -l <<<"$verbs")" -gt 12 ] || fail "the manual names only these verbs: $verbs"
while read -r verb; do
    # shellcheck disable=SC2086 # a verb of two words
    done_with help $verb
    awk '/^$/ { on = 0 } on && !/^  [^ ].*  # ./ { exit 1 } /^Examples$/ { on = 1 }' out || fail "$verb: an example is not explained"
    awk -v verb="$verb" '/^  (-[a-z], )?--/ {
        sub(/^  (-[a-z], )?/, ""); name = $1; value = $0
        sub(/  .*/, "", value); sub(/^--[a-z0-9-]+ ?/, "", value)
        print name "|" value "|" verb }' out
done <<<"$verbs" >all

# Differences that are allowed: the kind of a path, how a list of sizes is written, and which tokens a task knows.
awk -F'|' '{ value = $2; for (i = 3; i < NF; i++) value = value "|" $i }
    value ~ /^(RUN|FILE)$/ { value = "PATH" }
    value == "N[,N...]" { value = "N" }
    $1 == "--token" && value ~ /^char(\|byte)?\|word(\|bpe)?$/ { value = "char|byte|word|bpe" }
    $1 in first && first[$1] != value { print $1 ": " first[$1] " in " where[$1] ", " value " in " $NF; bad = 1 }
    { first[$1] = value; where[$1] = $NF } END { exit bad }' all >differ || fail "an option has two meanings: $(cat differ)"
