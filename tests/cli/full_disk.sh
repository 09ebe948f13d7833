#!/usr/bin/env bash
# A full disk while a run is saved: the message says what failed and where, the status is 1, the old files stay, and no
# file is half written. Once there is space, the run goes on to the same bits.
. "$(dirname "$0")/lib.bash"
make_text 100 >text
options=(--hidden 16 --embed 8 --batch 4 --bptt 16 --eval-every 10 --save-every 10 --sample-length 0 --quiet)
options+=(--schedule constant)
done_with train lm text -o whole --steps 60 "${options[@]}"

# refused RUN REASON: the last unroll failed for this reason; the checkpoint equals `before`, and the model is whole
refused() {
    ends 1
    says "$2"; says 'cannot write'; says "$1/"
    equal "$(wc -l <err)" 1
    same "$1/last.safetensors" before
    [ -z "$(ls "$1" | grep unroll-tmp || true)" ] || fail "left behind: $(ls "$1")"
    cp err reason
    done_with info "$1"
}

# goes_on RUN: trains to the end, as if nothing had happened
goes_on() {
    done_with train lm text -o "$1" --steps 60 "${options[@]}" --resume
    same "$1/model.safetensors" whole/model.safetensors
    same "$1/last.safetensors" whole/last.safetensors
}

# limited KILOBYTES [OPTION]: resumes the run `limited` while no file may become larger than KILOBYTES, and the run is
# refused
limited() {
    (ulimit -f "$1"; export LLVM_PROFILE_FILE=/dev/null; unroll train lm text -o limited --steps 60 "${options[@]}" --resume ${2-}; echo "$status" >status)
    called="train, files limited to $1 KB" status=$(cat status)
    refused limited 'File too large'
    echo "files limited: $(cat reason)"
}

done_with train lm text -o limited --steps 30 "${options[@]}"
cp limited/last.safetensors before
kilobytes() { echo $((($(stat -c %s "$1") + 1023) / 1024)); }
limited "$(kilobytes limited/events.*)"
grep -q 'limited/events.out.tfevents.0000000001.unroll: cannot write' reason || fail 'the event file was not the first'
limited "$(kilobytes limited/log.jsonl)" --no-events
grep -q 'limited/log.jsonl: cannot write' reason || fail 'the log was not the first to be refused'
limited $(($(stat -c %s limited/last.safetensors) / 2048))
goes_on limited

# A really full disk, if one can be mounted.
mkdir disk
if ! mount -t tmpfs -o size=1m tmpfs disk 2>/dev/null; then
    left_out 'a disk that is really full' 'no file system may be mounted here'
    exit 0
fi
trap 'code=$?; cd "$work"; umount disk; finish $code' EXIT
done_with train lm text -o disk/run --steps 30 "${options[@]}"
cp disk/run/last.safetensors before
for left in 0 4096 $(($(stat -c %s before) - 8192)); do # bytes that are left on the disk
    rm -f disk/filler
    cat /dev/zero >disk/filler 2>/dev/null || true
    truncate -s -$((left + 4096)) disk/filler
    head -c 4096 /dev/zero >disk/other
    unroll train lm text -o disk/run --steps 60 "${options[@]}" --resume
    refused disk/run 'No space left on device; free some space'
    echo "$left bytes left: $(cat reason)"
done
rm disk/filler
goes_on disk/run
