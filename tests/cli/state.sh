#!/usr/bin/env bash
# A saved state that is continued gives the text of one longer call. A state file that does not fit is refused.
. "$(dirname "$0")/lib.bash"
make_text 200 >text
train text run
train text other --hidden 20

done_with sample run --length 90 --seed 4 --prime 'the '; cp out whole
for first in 0 1 13 89; do
    done_with sample run --length $first --seed 4 --prime 'the ' --state-out state; cp out two
    done_with sample run --length $((90 - first)) --seed 4 --state-in state; cat out >>two
    same two whole
    # The file also keeps the seed
    done_with sample run --length $((90 - first)) --state-in state
    same <(tail -c $((90 - first)) whole) out
done

# In three parts, and with a prime in the middle
done_with sample run --length 30 --state-out a; done_with sample run --length 30 --state-in a --state-out b; cp out second
done_with sample run --length 60; same <(tail -c 30 out) second
done_with sample run --length 0 --prime 'the cat se' --state-out a
done_with sample run --state-in a --prime 'es' --length 20; cp out split
done_with sample run --prime 'the cat sees' --length 20; same <(tail -c 22 out) split
done_with sample run --prime 'the cat se' --next 3; cp out direct
done_with sample run --state-in a --next 3; same out direct

# Bytes of an incomplete character wait in the file
{ for i in $(seq 150); do echo '나는 오늘 학교에 갔다.'; done; } >korean
train korean bytes --unit byte
done_with sample bytes --length 40 --seed 1; cp out whole
for first in 1 2 3 4; do
    done_with sample bytes --length $first --seed 1 --state-out state; cp out two
    done_with sample bytes --length $((40 - first)) --state-in state; cat out >>two
    same two whole
done

# Refused
fails_with sample run --state-in nothing; says 'nothing'
fails_with sample run --state-in text; says 'text: not a state file'
done_with sample run --length 5 --state-out state
fails_with sample other --state-in state; says 'state: a state of another model; this model is'
train text again --seed 2 # the same network with other weights
fails_with sample again --state-in state; says 'state: a state of the same network with other weights; use the model that made it'
cp run/model.safetensors copy; done_with sample copy --state-in state --length 3
size=$(wc -c <state)
head -c $((size - 1)) state >bad; fails_with sample run --state-in bad; says 'bad: has'; says 'it was cut off or extended'
head -c 20 state >bad; fails_with sample run --state-in bad; says 'bad: not a state file'
{ cat state; echo; } >bad; fails_with sample run --state-in bad; says 'it was cut off or extended'
{ head -c 100 state; printf '\125\252\125'; tail -c +104 state; } >bad
fails_with sample run --state-in bad; says 'bad: damaged'
{ head -c 40 state; printf '\377'; tail -c +42 state; } >bad
fails_with sample run --state-in bad; says 'bad: damaged'
fails_with sample run --length 5 --state-out /dev/null/x; says '/dev/null/x'

# Existing files: a state is replaced by a state, the model never is, and any other file only with --overwrite
done_with sample run --length 5 --state-out state
done_with sample run --length 5 --state-in state --state-out state
cp run/model.safetensors model.before
for model in run run/model.safetensors; do
    for more in '' --overwrite; do
        # shellcheck disable=SC2086 # may be empty
        misused sample $model --length 3 --state-out run/../run/model.safetensors $more; is_silent
        says '--state-out: run/../run/model.safetensors is the model; give another name'
    done
done
ln run/model.safetensors linked; ln -s run/model.safetensors pointed
for name in linked pointed; do misused sample run --state-out $name --overwrite; says 'is the model'; done
same run/model.safetensors model.before
echo precious >notes; : >empty
for name in notes empty run/last.safetensors; do
    cp $name before
    misused sample run --length 3 --state-out $name; is_silent
    says "--state-out: $name exists and is not a state; --overwrite replaces it"
    same $name before
done
done_with sample run --length 3 --state-out notes --overwrite; done_with sample run --state-in notes --length 3
