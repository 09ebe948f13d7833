#!/usr/bin/env bash
# Folders as data: a message lists what is not read, the program's own runs are not read as text, and files do not run
# together.
. "$(dirname "$0")/lib.bash"

small=(--hidden 8 --layers 1 --embed 4 --batch 4 --bptt 16 --threads 1 --sample-length 0)
mkdir data
make_text 100 >data/text
printf '\377\376\055\116' >data/wide
printf 'a\0b' >data/binary
ln -s nowhere data/link
mkdir data/below
cp data/text data/below/more
left='3 entries of the folders left out: binary (binary), link (a broken link), wide (UTF-16)'
done_with train lm data -o run "${small[@]}" --steps 3; says "$left"
done_with eval run data; says "unroll: $left"
done_with eval run data --json; says "$left"
done_with eval run data --per-line; says "$left"
done_with eval run data/text; [ ! -s err ] || fail "something is left out of a file: $(cat err)"
done_with inspect gates run data; says "$left"
done_with inspect gradient run data --back 5; says "$left"; equal "$(grep -c 'left out' err)" 1
fails_with train lm data/wide; says 'UTF-16 text'; says 'iconv -f UTF-16 -t UTF-8'

# Classes.
mkdir -p classes/a classes/b
for i in $(seq 40); do echo "warm $i" >"classes/a/$i.txt"; echo "cold $i" >"classes/b/$i.txt"; done
ln -s nowhere classes/a/link
echo x >classes/readme
done_with train classify classes -o labels --steps 2 --threads 1
says 'left out: readme (about the data), a/link (a broken link)'
done_with eval labels classes; prints 'left out: readme (about the data), a/link (a broken link)'
printf 't\0e\0x\0t\0\t\0l\0a\0b\0e\0l\0\n\0f\0i\0n\0e\0\t\0g\0o\0o\0d\0\n\0b\0a\0d\0\t\0p\0o\0o\0r\0\n\0' >wide.tsv
fails_with train classify wide.tsv; says 'wide.tsv: UTF-16 text'; says 'iconv -f UTF-16LE -t UTF-8'

# A run within the folder of the text that it is trained on.
mkdir project
make_text 100 >project/text
cd project
done_with train lm . "${small[@]}" --steps 5 --quiet
mv out err ..
done_with train lm . "${small[@]}" --steps 9 --quiet --resume
mv out err ..
rm runs/text/*.safetensors runs/text/events*
done_with train lm . "${small[@]}" --steps 5 --resume
says '1 entry of the folders left out: runs/text (a run)'
mv out err ..
cd ..

# The last line of a file without a line end is a line of its own.
mkdir joined
printf 'the cat sees' >joined/1
printf 'a tree.\n' >joined/2
printf 'it sees' >joined/3
done_with eval run joined --per-line
equal "$(cut -f3 out)" "$(printf 'the cat sees\na tree.\nit sees')"
done_with eval run joined/1 joined/2 joined/3 --json; grep -q '"units":28,' out || fail "not 28 characters: $(cat out)"
