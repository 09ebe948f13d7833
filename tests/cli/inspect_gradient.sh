#!/usr/bin/env bash
# Gradients back through time: on the terminal, as JSON, as a page; untrained networks; messages about what is refused.
. "$(dirname "$0")/lib.bash"
make_text 200 >text
train text lstm --cell lstm --layers 2
train text rnn --cell rnn --layers 1
cp rnn/model.safetensors rnn.safetensors

done_with inspect gradient lstm text --back 50
prints 'layer 1: lstm, 24 neurons'; prints 'layer 2: lstm, 24 neurons'; prints 'gradient of c'; prints 'c by the "+" alone'
prints 'Singular values of W_hh: the largest is'; prints "The lectures' rule is about networks in which the gradient"
prints 'From step to step h moves by'; prints ', c by '; prints 'steps back'
unroll inspect gradient lstm text --back 50 --threads 1; cp out one
unroll inspect gradient lstm text --back 50 --threads 3; same out one
done_with inspect gradient rnn - --back 50 --no-jacobian <text
prints "The lectures' rule: the largest singular value of W_hh is"
! grep -q Jacobians out || fail 'the product of Jacobians is shown all the same'

# Several models and the text in any order
done_with inspect gradient --compare rnn.safetensors lstm text --back 50; prints 'lstm layer 2 '; prints '  its memory c'; cp out one
done_with inspect gradient rnn.safetensors text --compare lstm --back 50; same out one
done_with inspect gradient --compare rnn.safetensors lstm text --back 50 --html page.html; same out one
grep -q '<svg' page.html && grep -q '@keyframes' page.html || fail 'the page lacks figures'
! grep -qE '(src|href)="?http|<script' page.html || fail 'the page asks for something'
misused inspect gradient rnn text --html page.html; says 'page.html exists; --overwrite replaces it'

# The name of a file cannot act on a terminal or in a page
bad=$(printf '\033[31m<b onload=x>\342\200\256 한국어로 된 긴 모형 이름.safetensors')
cp rnn.safetensors "$bad"
done_with inspect gradient --compare rnn.safetensors "$bad" text --back 50 --html bad.html
prints '\x1b[31m'
! grep -aqP '\x1b|\xe2\x80\xae' out || fail 'the name acts on the terminal'
! grep -aqP '\x1b|\xe2\x80\xae|<b onload' bad.html || fail 'the name acts in the page'

# Untrained networks: the lectures' rule holds where it applies
done_with inspect gradient --fresh rnn,gru-before --hidden 20 --gain 0.2,1 --back 60 --places 4
prints 'rnn, gain 0.2'; prints 'gru-before, gain 1'; prints 'Untrained networks of 20 neurons, seed 1.'
cp out one
done_with inspect gradient --fresh rnn,gru-before --hidden 20 --gain 0.2,1 --back 60 --places 4; same out one
done_with inspect gradient --fresh rnn --hidden 20 --gain 0.2 --back 60 --places 4
prints ', below 1: the gradient must'; prints 'step: W_hh'

# Refused
cells=$(every_cell)
misused inspect gradient; says 'which model?'
misused inspect gradient rnn; says 'which text?'
misused inspect gradient --compare rnn lstm; says 'which text?'
misused inspect gradient --fresh lsmt; says "--fresh: there is no cell \"lsmt\"; there are $cells"
misused inspect gradient --fresh rnn,; says '--fresh: there is no cell ""'
misused inspect gradient --fresh rnn --gain 1,x; says "--gain: 'x' is not allowed; give numbers above 0"
misused inspect gradient --fresh rnn --gain -1; says "--gain: '-1' is not allowed"
misused inspect gradient --fresh rnn text; says "'text' is one argument too many"
misused inspect gradient --fresh rnn --part 0:1; says '--part has no effect beside --fresh'
misused inspect gradient rnn text --hidden 5; says '--hidden belongs to --fresh CELLS'
misused inspect gradient rnn text --back 0; says "--back: '0' is not allowed"
head -c 40 text >short
fails_with inspect gradient rnn short; says 'the text has 40 tokens; 200 steps back need 202; give a longer text or a smaller --back'
done_with inspect gradient rnn short --back 38; prints ', 1 places'
fails_with inspect gradient rnn nothing; says 'nothing: no such file or folder'
fails_with inspect gradient nothing text; says 'nothing'
fails_with inspect gradient --compare rnn.safetensors nothing.safetensors text; says 'nothing.safetensors: no such model file'
done_with train lm text -o flat --net 'embed 5 > dense' --steps 5 --quiet
misused inspect gradient flat text; says 'has no recurrent layer'
done_with help inspect gradient; prints 'unroll inspect gradient MODEL DATA... [option...]'

needs_python
done_with inspect gradient lstm text --back 50 --json
equal "$(json '[len(l[k]) for l in o["networks"][0]["layers"] for k in ("h", "c", "plus", "slopes", "recurrent", "kept", "jacobian", "alive")]')" \
    "$(python3 -c 'print([51] * 16)')"
equal "$(json '[s["gate"] for s in o["networks"][0]["layers"][1]["W_hh"]]')" "['all', 'i', 'f', 'g', 'o']"
done_with inspect gradient --fresh rnn --hidden 20 --gain 0.2 --back 60 --json
equal "$(json 'o["networks"][0]["layers"][0]["h"][60] < -60 and o["networks"][0]["gain"] == 0.2')" True
# All singular values of an orthogonal matrix equal its gain
done_with inspect gradient --fresh rnn --hidden 20 --gain 1.5 --orthogonal --back 10 --json
equal "$(json 'abs(o["networks"][0]["layers"][0]["W_hh"][0]["largest"] - 1.5) < 1e-5')" True
