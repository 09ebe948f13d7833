#!/usr/bin/env bash
# Wrong usage gives status 2 and a line with the right usage. Help, version and manual are made from the tables.
. "$(dirname "$0")/lib.bash"
make_text 50 >text
cells=$(every_cell) trainings=$(every_training)

# Verbs
misused; says 'unroll train lm TEXT'; is_silent
misused smaple; says "no verb 'smaple'; the nearest one is sample"
misused "train lm" text; says "no verb 'train lm'"
misused forecast text; says "no verb 'forecast'; unroll help lists all"
misused help tran; says "the nearest one is train"
misused help train eval; says "train what? 'eval' is not known; give one of $trainings"
misused help eval more; says "'more' is one argument too many"
misused train; says "train what? give one of $trainings"
misused train text; says "train what? 'text' is not known; give one of $trainings"
misused train lm; says 'which text?'
misused sample; says 'which model?'
misused sample a b; says "'b' is one argument too many"
misused eval; says 'which model?'
fails_with eval model; says 'model: no such model file or run folder'
misused info; says 'which model?'
misused check a b; says "'b' is one argument too many"

# Names of options
misused train lm text --hiden 5; says 'unroll: train lm: unknown option --hiden; the nearest one is --hidden'
says "'unroll help train lm' lists its arguments and options"
misused train lm text --hid=5; says 'unknown option --hid; the nearest one is --hidden'
misused train lm text --colour 5; says 'unknown option --colour'; says_not 'nearest'
misused sample --temprature 1 model; says 'the nearest one is --temperature'
misused sample model -x; says 'unknown option -x'
misused eval model text --protcol=windows; says 'the nearest one is --protocol'

# Values
misused train lm text --batch 0; says "--batch: '0' is not allowed; give a whole number from 1 to 65536"
for value in -3 1x 1.5 '' ' 8' 0x10 65537 99999999999999999999999; do
    misused train lm text "--batch=$value"; says "--batch: '$value' is not allowed; give a whole number from 1 to 65536"
done
misused train lm text --steps 18446744073709551616; says "--steps: '18446744073709551616' is not allowed"
for value in -1 0 abc 1e400 nan inf 1,5 0x1p2; do
    misused train lm text --lr "$value"; says "--lr: '$value' is not allowed; give a number above 0, at most 1000"
done
misused train lm text --dropout 1; says "--dropout: '1' is not allowed; give a number from 0 to 0.99"
misused train lm text --cell lsmt; says "there is no cell \"lsmt\"; there are $cells"
misused train lm text --optimizer sdg; says 'give sgd, adagrad, rmsprop, adam or adamw'
misused train lm text --hidden 12,,3; says "--hidden: '12,,3' is not allowed; give a whole number from 1 to 1048576"
misused train lm text --hidden 0; says "--hidden: '0' is not allowed"
misused train lm text --hidden 99999999999; says "--hidden: '99999999999' is not allowed"
misused train lm text --hidden 5,6 --layers 3; says "--hidden '5,6' gives 2 layers, but --layers gives 3"
misused train lm text --overwrite=maybe; says "--overwrite: 'maybe' is not allowed; give yes or no"
misused train lm text --lr; says '--lr needs a value: a number above 0'
misused sample model --prime --length 5; says 'one that begins with -- is given as --name=value'
misused sample model --top-p 0; says "give a number above 0, at most 1"
misused sample model --stop ''; says '--stop: an empty text would stop at once'
misused eval model text --part 1:0; says "--part: '1:0' is not allowed; give two shares from 0 to 1"
misused eval model text --part 0.9; says "--part: '0.9' is not allowed"

# Options that contradict each other
misused train lm text --resume --overwrite; says '--resume and --overwrite exclude each other'
misused train lm text --val text --val-fraction 0.1; says '--val and --val-fraction exclude each other'
misused train lm text --net 'onehot > rnn 5 > dense' --hidden 5; says '--hidden and --net exclude each other'
misused train lm text --preset nothing; says 'unknown preset "nothing"; there is min-char-rnn'
misused train lm text --bptt 10 --bptt-step 20; says '--bptt-step 20 is more than --bptt 10'
misused sample model --next 3 --complete 3; says '--next and --complete exclude each other'
misused eval model text --part 0:1 --tail 0.1; says '--part and --tail both choose'
misused eval model text --window 5; says '--window belongs to --protocol windows'
misused train lm - -; says '- (standard input) can be given only once'
[ ! -e runs ] || fail 'something was written'

# A network line: the message names the column
misused train lm text --net ''; says '--net is empty; give a network, or leave it out'
misused train lm text --net "$(printf 'dense 1 > %.0s' {1..256})dense"; says 'the network line is longer than 2047 bytes'
misused train lm text --net 'onehot > lsmt 5 > dense'; says 'network line, column 10: unknown layer "lsmt"'
says '"lstm"'
[ ! -e runs ] || fail 'a failed training left a folder'

# Help
done_with help; prints 'unroll sample MODEL'
done_with --help; prints 'unroll sample MODEL'
for verb in 'train lm' 'train recall' 'train frames' sample eval info check bench help; do
    done_with help $verb; prints "unroll $verb "; prints 'Examples'
    mv out first
    done_with $verb --help; same out first
    done_with $verb -h; same out first
done
done_with help sample; prints 'default: 500'
done_with help train lm; prints '--bptt-step N'; prints 'default: adamw'
for training in ${trainings//,/}; do
    done_with help train "$training"
    equal "$training $(grep -c -e '^  --folds K' out)" "$training $(grep -c -e '^  --val-fold I/K' out)"
done

# Options about answers, where no answers are given
misused inspect gates model data --beam 3; says "--beam is about a model's answers, which this verb does not give; unroll predict and unroll eval do"
done_with help inspect gates; ! grep -E -e '--(beam|lm|inline|seen|nearest) ' out || fail 'help lists options without an effect'
done_with help eval; prints '--beam N'; prints '--nearest TABLE'
done_with help bench; prints '--beam N'

done_with help train lm
awk 'length($0) > 100 { exit 1 }' out || fail 'a line of the help is too long'
done_with --version; prints 'unroll '; prints 'instruction sets  portable'; prints 'f32'
equal "$(head -n 1 out)" "unroll $(sed -n 's/^project(unroll VERSION \([0-9.]*\).*/\1/p' "$SOURCE/CMakeLists.txt")"

# The manual lists every option of every verb, and equals the committed one
done_with help --man
cp out manual
for verb in 'train lm' 'train recall' 'train frames' sample eval info export check bench; do
    done_with help $verb
    grep -oE '^ +(-o, )?--[a-z0-9-]+' out | grep -oE -e '--[a-z0-9-]+' >options
    while read -r option; do
        grep -qF "\\fB${option//-/\\-}\\fR" manual || fail "the manual lacks $option of $verb"
    done <options
done
if ! command -v mandoc >/dev/null; then
    left_out 'the form of the manual' 'mandoc is missing'
else
    mandoc -T lint -W warning manual || fail 'the manual is not right'
fi
[ ! -e "$SOURCE/docs/unroll.1" ] || same manual "$SOURCE/docs/unroll.1"
