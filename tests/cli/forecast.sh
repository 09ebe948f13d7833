#!/usr/bin/env bash
# unroll train forecast, eval and predict: what they find, print and refuse.
. "$(dirname "$0")/lib.bash"

# Two channels with a season of ten rows, one row per hour.
awk 'BEGIN {
    print "time,load,heat"
    for (i = 0; i < 300; i++) {
        x = (x * 69069 + 17) % 65536
        printf "2024-%02d-%02d %02d:00,%.2f,%.2f\n", 1 + int(i / 672), 1 + int(i / 24) % 28, i % 24,
            20 + 5 * sin(i * 0.62831853) + x / 32768, 0.02 * i + 2 * cos(i * 0.62831853) - x / 65536
    }
}' >all.csv
quick=(--threads 1 --hidden 8 --no-events --quiet)

# What is found in the table and chosen, and what is printed
done_with train forecast all.csv -o run --threads 1 --hidden 8 --steps 60
says "300 rows, 2 channels, times in 'time'; 161 windows to train on, 21 to validate on; season 10; without a network mse"
says '(naive)'; says '(seasonal)'; says '(linear)'
says 'network   dense 4 relu > gru 8 > last > dropout 0.3 > dense'
says '--horizon 10 --context 40 --season 10'
misused train forecast; says 'which series?'
misused train forecast all.csv all.csv -o none; says 'all.csv'
misused train forecast all.csv --bptt 5; says 'unknown option --bptt'
done_with info run; prints '... (3200 characters; --json has all)'; prints 'season 10'

# Evaluated: the test part of the model's own file, all of another file, or the part that is asked for
done_with eval run all.csv --json
for one in '' naive_ seasonal_ linear_; do
    for key in mse mae mse_data mae_data; do prints "\"$one$key\":"; done
done
prints '"part":"test","windows":51,"values":1020'
done_with eval run all.csv --json --on val; prints '"part":"val","windows":21'
done_with eval run all.csv --json --on train; prints '"part":"train","windows":161'
done_with eval run all.csv --json --on all; prints '"part":"all","windows":251'
cp out all.json
gzip -c all.csv >all.csv.gz
head -200 all.csv >other.csv
done_with eval run other.csv --json; prints '"part":"all","windows":150'
TMPDIR=/nowhere fails_with eval run all.csv.gz; says '/nowhere: cannot make a temporary file:'
done_with eval run all.csv.gz; grep -qE '^part +test$' out || fail "no part: $(cat out)"; prints 'naive_mse'
misused eval run all.csv --on most; says 'test'
done_with inspect gates run all.csv; prints 'layer 1: '; prints 'steps. Open: above 0.9'
done_with inspect saliency run all.csv --item 2 --at 3; prints "', 3 rows ahead, the network adds "; prints "', 8 back"; prints '   moved  channel'
misused inspect saliency run all.csv --item 9; says 'there is no channel 9'
misused inspect saliency run all.csv --at 11; says '--at 11: the forecast has rows 1 to 10'
misused inspect saliency run all.csv --target x; says '--item chooses a channel'
done_with inspect gradient run all.csv; prints 'layer 1: '; prints 'gradient of h '
fails_with inspect gradient run all.csv --back 40; says 'no example has 41 steps, the longest has 8'
misused train forecast all.csv -o none --val-fraction 0.2; says '--val-fraction 0.2: a forecast validates on a later part of its series; choose it with --split'
misused eval run all.csv --tail 0.1; says '--tail is for language models; this model is of the task forecast'
awk -F'[,:]' '{ for (i = 1; i < NF; i++) { if ($i == "\"mse\"") ours = $(i + 1); if ($i == "\"naive_mse\"") naive = $(i + 1) } }
    END { exit !(ours + 0 < 0.5 * naive) }' all.json || fail "it has not learnt: $(cat all.json)"

# The series is continued: eval on one window agrees with predict and the rows that follow.
head -41 all.csv >context.csv
head -51 all.csv >window.csv
done_with predict run context.csv; cp out next.csv
equal "$(wc -l <next.csv)" 11
equal "$(head -1 next.csv)" 'time,load,heat'
equal "$(sed -n 2p next.csv | cut -d, -f1)" '2024-01-02 16:00'
equal "$(sed -n 11p next.csv | cut -d, -f1)" '2024-01-03 01:00'
done_with eval run window.csv --json; prints '"part":"all","windows":1,"values":20'
tail -10 window.csv | paste -d, - <(tail -10 next.csv) >both
awk -F, -v told="$(grep -o '"mse_data":[0-9.]*' out | head -1 | cut -d: -f2)" '
    { sum += ($2 - $5) ^ 2 + ($3 - $6) ^ 2 } END { off = sum / 20 / told - 1; exit !(off < 1e-4 && off > -1e-4) }' both ||
    fail "eval says $(cat out) of $(cat both)"
"$UNROLL" predict run <context.csv | cmp -s - next.csv || fail "standard input is another series"
done_with predict run context.csv --whole; same out next.csv
marked() { printf '\357\273\277'; sed 's/$/\r/'; }
marked <context.csv >marked.csv
done_with predict run marked.csv; same out next.csv
done_with predict run marked.csv --whole; same out next.csv
head -20 context.csv >first.csv; tail -n +21 context.csv | marked >second.csv
done_with predict run first.csv second.csv; same out next.csv
done_with predict run context.csv --json
prints '{"last":"2024-01-02 15:00","times":["2024-01-02 16:00",'; prints '"name":"load","past":['; prints '"quantiles":{}'
head -20 all.csv >short.csv
fails_with predict run short.csv; says '19 rows; the forecast is made from 40 (--context)'
sed 3s/,[0-9.]*,/,,/ context.csv >gap.csv
fails_with predict run gap.csv; says "gap.csv: line 3: column 'load': no value"
done_with predict run gap.csv --missing forward
sed '3s/,/,"/' context.csv >open.csv
fails_with predict run open.csv; says 'open.csv: line 3: a quote is not closed'
fails_with predict run </dev/null; says 'there are no rows to continue'
cut -d, -f1,2 context.csv >narrow.csv
misused predict run narrow.csv; says "channel 'heat': there is no such column; the columns are: time, load"

# Quantiles have columns of their own, and rise
done_with train forecast all.csv -o bands "${quick[@]}" --steps 200 --quantiles 0.1,0.5,0.9 --channels heat
done_with predict bands context.csv; equal "$(wc -l <out)" 11
equal "$(head -1 out)" 'time,heat,heat 0.1,heat 0.5,heat 0.9'
awk -F, 'NR > 1 && !($3 <= $4 && $4 <= $5 && $2 == $4) { exit 1 }' out || fail "quantiles do not rise: $(cat out)"
done_with eval bands all.csv --json; prints '"coverage":{"0.1":'
# Plots
done_with predict bands context.csv --plot --html page.html
prints 'heat'; prints 'A known'; prints 'B forecast'; prints 'C between the quantiles 0.1 and 0.9'
prints 'rows from 2024-01-02 15:00'
grep -q '<path class="area f2" d="M' page.html || fail "there is no band on the page"
grep -qE '<script|(src|href)=| d="[^"]*(nan|inf)' page.html && fail "the page holds what it should not"
misused predict bands context.csv --html page.html; says 'page.html'; says '--overwrite'
done_with predict bands context.csv --html page.html --overwrite; is_silent
misused predict run gap.csv --missing mask; says 'use --missing mask only with a model that was trained with it'
for bad in 0.5,0.1 0,0.5 0.5,1 x 0.1,,0.2; do
    misused train forecast all.csv -o none --quantiles $bad; says '--quantiles'; says 'that rise, such as 0.1,0.5,0.9'
done

# Step by step, all channels together, and with each base
done_with train forecast all.csv -o steps "${quick[@]}" --steps 40 --how step --together --base last
done_with eval steps all.csv
done_with predict steps context.csv; equal "$(wc -l <out)" 11
done_with inspect saliency steps all.csv --item 2 --json --html moved.html; prints '"ahead":1,"added":'; prints '{"name":"heat","moved":'
misused inspect saliency steps all.csv --at 2; says '--at 2: the forecast has rows 1 to 1'
grep -q 'that the network adds to the simple forecast' moved.html || fail 'the page does not say what it shows'
for base in linear seasonal last none; do
    done_with train forecast all.csv -o base-$base "${quick[@]}" --steps 2 --base $base
    done_with eval base-$base all.csv --json --on val
done
done_with train forecast all.csv -o own --threads 1 --quiet --steps 2 --net 'gru 5 bi > max > dense' --loss absolute
done_with train forecast all.csv -o lines --threads 1 --quiet --steps 2 --net 'rows: dense 5 relu; join rows > gru 4 > last > dense'
done_with eval lines all.csv; done_with inspect saliency lines all.csv
for one in own lines; do done_with inspect gradient $one all.csv --places 4; prints 'gradient of h '; done

# With one row to forecast, both ways have the same loss, and so the same gradient
for how in direct step; do
    net='gru 5 > last > dense'
    [ $how = direct ] || net='gru 5 > dense'
    done_with train forecast all.csv -o one-$how --threads 1 --quiet --steps 2 --how $how --context 9 --horizon 1 --segment 1 --net "$net"
    done_with inspect gradient one-$how all.csv --places 9 --json; prints '"steps":8,'; prints '"places":9,'
    sed 's/"name":[^{]*"places"/"places"/' out >gradient-$how
done
cmp -s gradient-direct gradient-step || fail 'the gradients of both ways are not alike'
done_with inspect gradient steps all.csv --places 4; prints 'gradient of h '
misused train forecast all.csv -o none --net 'gru 5 > dense'; says 'a forecast ends in one step (last, mean or max)'
misused train forecast all.csv -o none --net 'gru 5 > last > dense 3'; says 'a forecast ends in dense with 10 outputs'
misused train forecast all.csv -o none --how step --net 'gru 5 bi > dense'; says 'can be stepped'

# Logarithms and roots: tried if values grow by shares. A value without a logarithm is refused
awk 'BEGIN { print "month,sold"; for (i = 0; i < 150; i++)
    printf "%d-%02d,%.1f\n", 2000 + i / 12, 1 + i % 12, 100 * exp(i / 40 + 0.3 * sin(i * 0.5235988) + (i * 7919 % 13) / 100) }' >sold.csv
done_with train forecast sold.csv -o sold --threads 1 --hidden 8 --steps 20
says '--horizon 12 --context 36 --season 12'; says '--base linear --transform sqrt'
done_with train forecast sold.csv -o sold "${quick[@]}" --overwrite --steps 20 --transform log
done_with predict sold sold.csv; equal "$(wc -l <out)" 13; equal "$(sed -n 2p out | cut -d, -f1)" '2012-07'
awk -F, 'NR > 1 && !($2 > 3000) { exit 1 }' out || fail "it does not go on: $(cat out)"
sed 20s/,.*/,0/ sold.csv >zero.csv
fails_with eval sold zero.csv; says "zero.csv: the value 0 in column 'sold' has no logarithm (--transform)"
fails_with predict sold zero.csv; says "the value 0 in column 'sold' has no logarithm"
fails_with train forecast all.csv -o none --transform sqrt; says "has no square root"

# Parts
done_with train forecast all.csv -o parts "${quick[@]}" --steps 2 --split 200r,50r,40r --json
done_with train forecast all.csv -o parts "${quick[@]}" --steps 2 --overwrite --split 0.3,0.06,0.05 --horizon 4 --context 8
done_with eval parts all.csv --json; prints '"windows":12'
awk 'BEGIN { print "day,x"; for (i = 0; i < 300; i++) printf "2024-%02d-%02d,%d\n", 1 + int(i / 28), 1 + i % 28, i % 7 }' >days.csv
done_with train forecast days.csv -o months "${quick[@]}" --steps 2 --split 7,2,1 --horizon 5 --context 14
done_with eval months days.csv --json; prints '"windows":24' # 28 rows: from 27 September, after 270 days, to 26 October
done_with train forecast all.csv -o parts "${quick[@]}" --steps 2 --overwrite --split 1,0,0
fails_with eval parts all.csv; says '0 rows in the part test'
for bad in 1,2 .7,.1 a,b,c .7,.1,.2,.1 5r,2,1 -1,2,3 0,1,1; do
    misused train forecast all.csv -o none --split $bad; says '--split'; says '12,4,4'
done
misused train forecast all.csv -o none --split 12,4,4 --time-column none; says 'months need a time column'
misused train forecast all.csv -o none --val other.csv; says 'choose it with --split'

# Broken tables
head -12 all.csv >few.csv
fails_with train forecast few.csv -o none --context 8 --horizon 8
says 'few.csv: 11 rows; a window takes 16 (--context 8, --horizon 8)'
fails_with train forecast all.csv -o none --context 200 --horizon 20
says 'all.csv: the part to train on has 210 rows; a window takes 220 (--context 200, --horizon 20)'
fails_with train forecast all.csv -o none --context 20 --horizon 40
says 'all.csv: the part to validate on has 30 rows'
misused train forecast all.csv -o none --context 30 --season 31; says 'is longer than the'
misused train forecast all.csv -o none --context 30 --segment 7; says 'does not divide'
fails_with train forecast gap.csv -o none; says "gap.csv: line 3: column 'load': no value; --missing forward or linear fills it"
done_with train forecast all.csv -o masked "${quick[@]}" --steps 4 --missing mask
done_with predict masked gap.csv --plot; prints 'A known'
sed 290s/,[0-9.]*,/,NaN,/ all.csv >late.csv
done_with eval masked late.csv --json; prints '"part":"all","windows":251,"values":5010' # ten windows hold that row
misused train forecast all.csv -o none --channels load,cold
says "channel 'cold': there is no such column; the columns are: time, load, heat"
misused train forecast all.csv -o none --time-column date; says "time column 'date': there is no such column"
{ sed -n 1,5p all.csv; sed -n 4p all.csv; } >order.csv
fails_with train forecast order.csv -o none
says "order.csv: line 6: column 'time': the time 2024-01-01 02:00 is not after 2024-01-01 03:00"
sed 7s/$/,5/ all.csv >wide.csv
fails_with train forecast wide.csv -o none; says 'wide.csv: line 7: 4 columns, where the first row has 3'
sed '9s/,[0-9.]*,/,much,/' all.csv >word.csv
fails_with train forecast word.csv -o none; says "word.csv: line 9: column 'load': 'much' is no number"
printf 'x\n1\n2\n' >two.csv
fails_with train forecast two.csv -o none; says 'two.csv: of 2 rows 1 are to train on, which is too few'
fails_with eval run; says 'give the table that has them'
: >empty.csv
fails_with train forecast empty.csv -o none; says 'empty.csv: no rows in it'
fails_with train forecast nowhere.csv -o none; says 'nowhere.csv'

# A model of another task
make_text 50 >text
done_with train lm text -o lm --hidden 8 --layers 1 --embed 4 --threads 1 --steps 2 --quiet
fails_with predict lm all.csv; says 'a model of the task lm'
misused predict lm all.csv --plot; says '--plot: a model of the task lm does not take it'
fails_with sample run; says 'not a language model'

# A resumed training gives the same bits
same_bits=("${quick[@]}" --schedule constant --eval-every 4 --save-every 4)
done_with train forecast all.csv -o whole "${same_bits[@]}" --steps 20
done_with train forecast all.csv -o parted "${same_bits[@]}" --steps 8
done_with train forecast all.csv -o parted "${same_bits[@]}" --steps 20 --resume
same parted/model.safetensors whole/model.safetensors
same parted/last.safetensors whole/last.safetensors
sed 5s/$/1/ all.csv >changed.csv
fails_with train forecast changed.csv -o parted "${same_bits[@]}" --steps 24 --resume
