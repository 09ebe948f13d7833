#!/usr/bin/env bash
# A preset is a set of options. They are printed, and give the same bits if they are typed. Options on the command line
# override the preset.
. "$(dirname "$0")/lib.bash"
make_text 100 >text
done_with train lm text -o preset --preset min-char-rnn --steps 120 --sample-length 10
says '---- sample after 100 steps'
line=$(sed -n 's/^--preset min-char-rnn stands for: //p' err)
[ -n "$line" ] || fail 'the options of the preset are not printed'
for part in "--net 'onehot > rnn 100 > dense'" '--batch 1' '--bptt 25' '--optimizer adagrad' '--lr 0.1' '--epsilon-inside' \
    '--clip-value 5' '--clip-norm 0' '--one-bias' '--loss-sum' '--init-scale 0.01' '--no-unknown' '--smooth 0.999' '--sample-every 100'; do
    case " $line " in *" $part "*) ;; *) fail "not among the preset's options: $part" ;; esac
done
eval "typed=($line)"
done_with train lm text -o typed "${typed[@]}" --steps 120 --quiet
same typed/model.safetensors preset/model.safetensors
done_with train lm text -o slower --preset min-char-rnn --steps 120 --lr 0.05 --quiet
! cmp -s slower/model.safetensors preset/model.safetensors || fail '--lr did not win over the preset'
done_with train lm text -o smaller --net 'onehot > rnn 10 > dense' --preset min-char-rnn --steps 5 --quiet
done_with info smaller; prints 'onehot > rnn 10 > dense'

# The printed settings repeat the run
train text first
done_with train lm text -o first --overwrite --hidden 24 --embed 8 --batch 8 --bptt 16 --steps 60 --sample-length 0
eval "again=($(sed -n 's/^options   //p' err))"
done_with train lm text -o again "${again[@]}" --steps 60 --quiet
same again/model.safetensors first/model.safetensors
