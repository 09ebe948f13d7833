/* See order.h. */
#include "task/order.h"

#include "base/random.h"

#include <stdlib.h>

enum { GROUP = 32 }; /* batches within which lengths are sorted */

void ur_order_free(ur_order *o)
{
    free(o->place);
    free(o->first);
    free(o->turn);
    *o = (ur_order){0};
}

static ur_status make_room(ur_order *o, ur_error *error)
{
    if (!o->place) o->place = calloc(o->count + 1, sizeof *o->place);
    if (!o->first) o->first = calloc(o->batches + 1, sizeof *o->first);
    if (!o->turn) o->turn = calloc(o->batches + 1, sizeof *o->turn);
    return o->place && o->first && o->turn ? UR_OK : ur_fail_memory(error, "the order of the examples");
}

/* ---- Examples ------------------------------------------------------------------------------------------------------ */

/* Places change at random; `stream` keeps uses apart. */
static void shuffle(uint32_t *place, size_t count, uint64_t seed, uint64_t stream)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)(ur_random_uniform(seed, UR_USE_SHUFFLE, stream + i) * (double)i);
        uint32_t other = place[k];
        place[k] = place[i - 1];
        place[i - 1] = other;
    }
}

/* A place and its length in one number, which sorts by length and then by where the place stood. */
static int by_key(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void sort_places(const ur_order *o, uint32_t *place, size_t count, uint64_t *keys)
{
    for (size_t i = 0; i < count; i++) keys[i] = (uint64_t)o->length[place[i]] << 32 | i;
    qsort(keys, count, sizeof *keys, by_key);
    for (size_t i = 0; i < count; i++) keys[i] = place[keys[i] & UINT32_MAX];
    for (size_t i = 0; i < count; i++) place[i] = (uint32_t)keys[i];
}

static ur_status order_examples(ur_order *o, uint64_t seed, bool shuffled, ur_error *error)
{
    size_t lanes = o->lanes ? o->lanes : o->count / (o->batches ? o->batches : 1) + 1;
    size_t group = shuffled ? GROUP * lanes : o->count + 1;
    uint64_t *keys = calloc(o->count + 1, sizeof *keys);
    if (!keys) return ur_fail_memory(error, "the order of the examples");
    for (size_t i = 0; i < o->count; i++) o->place[i] = (uint32_t)i;
    if (shuffled) shuffle(o->place, o->count, seed, 0);
    for (size_t i = 0; i < o->count; i += group)
        sort_places(o, o->place + i, o->count - i < group ? o->count - i : group, keys);
    free(keys);
    return UR_OK;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------- */

/* Where the lengths so far pass a batch's share of their sum; each batch has one example at least. */
static void cut_by_lengths(ur_order *o)
{
    uint64_t all = 0, sum = 0;
    size_t at = 0;
    for (size_t i = 0; i < o->count; i++) all += o->length[i];
    for (size_t b = 0; b < o->batches; b++) {
        size_t most = o->count - (o->batches - b), least = b ? o->first[b - 1] + 1u : 0;
        while (at < most && (at < least || sum * o->batches < all * b)) sum += o->length[o->place[at++]];
        o->first[b] = (uint32_t)at;
    }
}

static void cut_batches(ur_order *o)
{
    for (size_t b = 0; o->lanes && b < o->batches; b++) o->first[b] = (uint32_t)(b * o->lanes);
    if (!o->lanes) cut_by_lengths(o);
    o->first[o->batches] = (uint32_t)o->count;
}

ur_status ur_order_make(ur_order *o, uint64_t seed, uint64_t epoch, bool shuffled, ur_error *error)
{
    size_t whole = o->lanes ? o->count / o->lanes : o->batches; /* a last one that is smaller stays the last */
    uint64_t own = seed + UINT64_C(0x9E3779B97F4A7C15) * epoch;
    if (o->made && o->epoch == epoch) return UR_OK;
    o->made = false;
    UR_TRY(make_room(o, error));
    UR_TRY(order_examples(o, own, shuffled, error));
    cut_batches(o);
    for (size_t b = 0; b < o->batches; b++) o->turn[b] = (uint32_t)b;
    if (shuffled) shuffle(o->turn, whole, own, UINT64_C(1) << 40);
    o->made = true;
    o->epoch = epoch;
    return UR_OK;
}

const uint32_t *ur_order_batch(const ur_order *o, uint64_t number, size_t *count)
{
    size_t b = o->turn[number];
    *count = o->first[b + 1] - o->first[b];
    return o->place + o->first[b];
}
