#!/usr/bin/env bash
# A model trained here loads into PyTorch's modules by name, and gives the logits that the file records.
# UNROLL_TORCH_PYTHON names a Python that has torch. Without one, only the committed values are compared
# (tests/model/both_pytorch.c).
. "$(dirname "$0")/lib.bash"
python=${UNROLL_TORCH_PYTHON:-python3}
"$python" -c 'import torch' 2>/dev/null || { echo "$python has no torch; UNROLL_TORCH_PYTHON may name one that has"; exit 77; }
make_text 60 >text

# train NAME LINE OPTION…: trains the network LINE
train() {
    local name=$1 line=$2
    shift 2
    done_with train lm text -o "$name" --net "$line" --steps 40 --batch 4 --bptt 16 --lr 0.02 --eval-every 99 --save-every 99 --sample-length 0 --quiet "$@"
}
train rnn 'embed 6 > rnn 9 x2 drop=0.2 > dense'
train relu 'onehot > rnn 11 relu > dense' --unit byte
train lstm 'embed 5 > lstm 12 x2 drop=0.1 > dropout 0.1 > dense' --average 0.9
train widths 'onehot > lstm 9 > lstm 7 x2 > gru 5 > dense' --unit word
train gru 'embed 10 > gru 10 x3 > dense tied'
train nobias 'embed 4 > gru 8 nobias > dense' --val-fraction 0
train script 'onehot > rnn 20 > dense' --init-scale 0.01 --optimizer adagrad --lr 0.1
"$python" "$SOURCE/tests/golden/check_pytorch.py" check */model.safetensors lstm/last.safetensors
