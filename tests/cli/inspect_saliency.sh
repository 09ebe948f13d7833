#!/usr/bin/env bash
# The tokens that moved a prediction: on the terminal, as JSON, as a page. Text from outside acts nowhere.
. "$(dirname "$0")/lib.bash"
make_text 200 >text
train text run --cell gru

done_with inspect saliency run 'the cat sees a tre'
prints 'the cat sees a tre'; prints 'then, with probability 0.'; prints ", 1 back"
done_with inspect saliency run 'the cat sees a tre' --target e --html page.html
prints ": 'e'"
grep -q 'prediction of “e”' page.html || fail 'the page does not name the target'
misused inspect saliency run 'the' --html page.html; says 'page.html exists; --overwrite replaces it'
misused inspect saliency; says 'which model?'
misused inspect saliency run; says 'which text? give it as one argument'
misused inspect saliency run a b; says "'b' is one argument too many"
misused inspect saliency run ''; says 'the text is empty; give at least one token'
misused inspect saliency run the --target ab; says "--target: 'ab' is 2 tokens; give one"
fails_with inspect saliency run $'\xff'; says 'invalid UTF-8 at byte 0 of the text'
fails_with inspect saliency run the --html nowhere/page.html; says 'nowhere/page.html'

# Text that the model does not know is shown, and acts neither in the terminal nor in the page.
done_with inspect saliency run $'<b>\x1b[31m\u202e&"' --html act.html
! grep -q $'\x1b' out || fail 'an escape sequence reached the terminal'
! grep -qE '<b>|'$'\x1b' act.html || fail 'text acts in the page'

needs_python
done_with inspect saliency run 'the cat sees a tre' --json
equal "$(json '"".join(u["unit"] for u in o["units"])')" 'the cat sees a tre'
equal "$(json '0 < o["probability"] < 1 and len(o["target"]) == 1')" True
unroll inspect saliency run 'the cat sees a tre' --json; cp out first
UNROLL_ISA=portable unroll inspect saliency run 'the cat sees a tre' --json; same out first
