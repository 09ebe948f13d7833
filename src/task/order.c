/* See order.h. */
#include "task/order.h"

#include "base/random.h"

#include <stdlib.h>

enum { GROUP = 32 }; /* number of batches within which examples are sorted by length */

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

/* Shuffles places. `stream` keeps different uses of random numbers apart. */
static void shuffle(uint32_t *place, size_t count, uint64_t seed, uint64_t stream)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = (size_t)(ur_random_uniform(seed, UR_USE_SHUFFLE, stream + i) * (double)i);
        uint32_t other = place[k];
        place[k] = place[i - 1];
        place[i - 1] = other;
    }
}

/* Compares keys. A key holds an example's length and its former position, so equal lengths keep their order. */
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

/* The number of examples before a batch, if all batches have about equally many. */
static size_t examples_before(const ur_order *o, size_t batch)
{
    size_t at = o->lanes ? batch * o->lanes : (size_t)((uint64_t)o->count * batch / o->batches);
    return at < o->count ? at : o->count;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------- */

/* Begins each batch where the lengths so far pass its share of their sum. Each batch has at least one example. The
 * examples of these batches are [at, end). */
static void cut_by_lengths(ur_order *o, size_t batch, size_t batches, size_t at, size_t end)
{
    uint64_t all = 0, sum = 0;
    for (size_t i = at; i < end; i++) all += o->length[o->place[i]];
    for (size_t b = 0; b < batches; b++) {
        size_t most = end - (batches - b), least = b ? o->first[batch + b - 1] + 1u : at;
        while (at < most && (at < least || sum * batches < all * b)) sum += o->length[o->place[at++]];
        o->first[batch + b] = (uint32_t)at;
    }
}

/* Sorts the examples of a group of batches by length, so that each batch has examples of similar length. */
static void make_group(ur_order *o, size_t batch, size_t batches, uint64_t *keys)
{
    size_t begin = examples_before(o, batch), end = examples_before(o, batch + batches);
    sort_places(o, o->place + begin, end - begin, keys);
    for (size_t b = 0; o->lanes && b < batches; b++) o->first[batch + b] = (uint32_t)((batch + b) * o->lanes);
    if (!o->lanes) cut_by_lengths(o, batch, batches, begin, end);
}

static ur_status make_groups(ur_order *o, uint64_t seed, bool shuffled, ur_error *error)
{
    size_t most = shuffled ? GROUP : o->batches;
    uint64_t *keys = calloc(o->count + 1, sizeof *keys);
    if (!keys) return ur_fail_memory(error, "the order of the examples");
    for (size_t i = 0; i < o->count; i++) o->place[i] = (uint32_t)i;
    if (shuffled) shuffle(o->place, o->count, seed, 0);
    for (size_t b = 0; b < o->batches; b += most) make_group(o, b, o->batches - b < most ? o->batches - b : most, keys);
    o->first[o->batches] = (uint32_t)o->count;
    free(keys);
    return UR_OK;
}

ur_status ur_order_make(ur_order *o, uint64_t seed, uint64_t epoch, bool shuffled, ur_error *error)
{
    size_t whole = o->lanes ? o->count / o->lanes : o->batches; /* a smaller last batch stays last */
    uint64_t own = seed + UINT64_C(0x9E3779B97F4A7C15) * epoch;
    if (o->made && o->epoch == epoch) return UR_OK;
    o->made = false;
    UR_TRY(make_room(o, error));
    UR_TRY(make_groups(o, own, shuffled, error));
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
