/* See couples.h. Counts in the queue may be out of date: an entry whose couple has become rarer is moved down to its
 * proper position. */
#include "data/pieces/couples.h"

#include "base/error.h"

#include <stdlib.h>

void ur_couples_free(ur_couples *c)
{
    free(c->list);
    free(c->slots);
    free(c->queue);
    *c = (ur_couples){0};
}

/* ---- Finding a couple by its pieces ------------------------------------------------------------------------------ */

/* The finaliser of MurmurHash3. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 33) * UINT64_C(0xFF51AFD7ED558CCD);
    x = (x ^ x >> 33) * UINT64_C(0xC4CEB9FE1A85EC53);
    return x ^ x >> 33;
}

static uint32_t *find_slot(const ur_couples *c, int32_t left, int32_t right)
{
    size_t mask = c->slot_count - 1, at = (size_t)mix((uint64_t)(uint32_t)left << 32 | (uint32_t)right) & mask;
    for (; c->slots[at] != UR_NOWHERE; at = (at + 1) & mask) {
        const ur_couple *there = &c->list[c->slots[at]];
        if (there->left == left && there->right == right) break;
    }
    return &c->slots[at];
}

static ur_status grow(ur_couples *c, ur_error *error)
{
    size_t room = c->room ? 2 * c->room : 1024;
    ur_couple *list = realloc(c->list, room * sizeof *list);
    if (list) c->list = list;
    uint32_t *slots = list ? malloc(2 * room * sizeof *slots) : NULL;
    if (!slots) return ur_fail_memory(error, "the pieces of words");
    free(c->slots);
    c->slots = slots;
    c->slot_count = 2 * room;
    c->room = room;
    for (size_t i = 0; i < c->slot_count; i++) slots[i] = UR_NOWHERE;
    for (size_t i = 0; i < c->count; i++) *find_slot(c, list[i].left, list[i].right) = (uint32_t)i;
    return UR_OK;
}

ur_status ur_couples_find(ur_couples *c, int32_t left, int32_t right, uint32_t *number, ur_error *error)
{
    if (c->count == c->room) UR_TRY(grow(c, error));
    uint32_t *slot = find_slot(c, left, right);
    if (*slot == UR_NOWHERE) {
        *slot = (uint32_t)c->count;
        c->list[c->count++] = (ur_couple){left, right, 0, UR_NOWHERE};
    }
    *number = *slot;
    return UR_OK;
}

/* ---- The queue, by count ----------------------------------------------------------------------------------------- */

static bool comes_before(const ur_couples *c, ur_queued a, ur_queued b)
{
    const ur_couple *x = &c->list[a.couple], *y = &c->list[b.couple];
    if (a.times != b.times) return a.times > b.times;
    return x->left != y->left ? x->left < y->left : x->right < y->right;
}

static void swap(ur_queued *a, ur_queued *b)
{
    ur_queued other = *a;
    *a = *b;
    *b = other;
}

static void rise(ur_couples *c, size_t at)
{
    for (; at && comes_before(c, c->queue[at], c->queue[(at - 1) / 2]); at = (at - 1) / 2)
        swap(&c->queue[at], &c->queue[(at - 1) / 2]);
}

static void sink(ur_couples *c, size_t at)
{
    for (size_t child; (child = 2 * at + 1) < c->queued; at = child) {
        if (child + 1 < c->queued && comes_before(c, c->queue[child + 1], c->queue[child])) child++;
        if (!comes_before(c, c->queue[child], c->queue[at])) return;
        swap(&c->queue[child], &c->queue[at]);
    }
}

ur_status ur_couples_queue(ur_couples *c, uint32_t number, ur_error *error)
{
    if (c->queued == c->queue_room) {
        size_t room = c->queue_room ? 2 * c->queue_room : 1024;
        ur_queued *grown = realloc(c->queue, room * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "the pieces of words");
        c->queue = grown;
        c->queue_room = room;
    }
    c->queue[c->queued] = (ur_queued){c->list[number].times, number};
    rise(c, c->queued++);
    return UR_OK;
}

bool ur_couples_take(ur_couples *c, uint32_t *number)
{
    while (c->queued) {
        ur_queued top = c->queue[0];
        uint64_t times = c->list[top.couple].times;
        if (times && times < top.times) { /* the couple has become rarer */
            c->queue[0].times = times;
            sink(c, 0);
            continue;
        }
        c->queue[0] = c->queue[--c->queued];
        sink(c, 0);
        *number = top.couple;
        /* With another count the couple is gone, or is queued again with its present count. */
        if (times == top.times) return true;
    }
    return false;
}
