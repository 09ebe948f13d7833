/* The probabilities of the next token. */
#include "generate/session.h"

#include <stdlib.h>
#include <string.h>

ur_status ur_session_probabilities(ur_session *s, const ur_real **probabilities, ur_error *error)
{
    *probabilities = NULL;
    UR_TRY(ur_session_start(s, error));
    UR_TRY(ur_session_look(s, error));
    memcpy(s->chances, s->logits, s->outputs * sizeof *s->logits);
    ur_probabilities(s->chances, s->outputs, &s->how);
    *probabilities = s->chances;
    return UR_OK;
}

/* Of two equally probable tokens the one with the lower id comes first. */
static bool comes_before(const ur_choice *a, const ur_choice *b)
{
    return a->probability > b->probability || (a->probability == b->probability && a->id < b->id);
}

static int in_order(const void *a, const void *b) { return comes_before(a, b) ? -1 : comes_before(b, a); }

/* Restores a heap whose first entry is the last in order, which is removed when a more probable one comes. */
static void sift(ur_choice *heap, size_t count, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && comes_before(&heap[child], &heap[child + 1])) child++;
        if (!comes_before(&heap[at], &heap[child])) return;
        ur_choice moved = heap[at];
        heap[at] = heap[child];
        heap[child] = moved;
    }
}

ur_status ur_session_predict(ur_session *s, ur_choice *choices, size_t capacity, size_t *count, ur_error *error)
{
    const ur_real *p;
    *count = 0;
    UR_TRY(ur_session_probabilities(s, &p, error));
    for (size_t i = 0; i < s->outputs && capacity > 0; i++) {
        ur_choice choice = {(int32_t)i, (double)p[i]};
        if (!(choice.probability > 0)) continue;
        if (*count < capacity) {
            choices[(*count)++] = choice;
            for (size_t k = *count == capacity ? capacity / 2 : 0; k-- > 0;) sift(choices, capacity, k);
        } else if (comes_before(&choice, &choices[0])) {
            choices[0] = choice;
            sift(choices, capacity, 0);
        }
    }
    qsort(choices, *count, sizeof *choices, in_order);
    return UR_OK;
}
