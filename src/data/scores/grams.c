/* See grams.h. All places of all sequences are sorted by the symbols that follow. Then equal n-grams are next to each
 * other, for every n at once. */
#include "data/scores/grams.h"

#include "base/error.h"

#include <stdlib.h>

void ur_score_room_free(ur_score_room *room)
{
    free(room->text[0]);
    free(room->text[1]);
    free(room->symbols);
    free(room->grams);
    *room = (ur_score_room){0};
}

bool ur_is_space(uint32_t code)
{
    return (code >= 9 && code <= 13) || (code >= 0x1C && code <= 0x20) || code == 0x85 || code == 0xA0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
           code == 0x205F || code == 0x3000;
}

enum { MOST = 8 }; /* symbols of an n-gram */

/* The number of leading symbols that two places share, at most MOST. */
static size_t share(const ur_gram *a, const ur_gram *b)
{
    size_t n = 0, most = a->left < b->left ? a->left : b->left;
    while (n < most && n < MOST && a->at[n] == b->at[n]) n++;
    return n;
}

static int by_symbols(const void *x, const void *y)
{
    const ur_gram *a = x, *b = y;
    size_t n = share(a, b);
    if (n == MOST) return 0;
    if (n == a->left || n == b->left) return (a->left > b->left) - (a->left < b->left);
    return a->at[n] < b->at[n] ? -1 : 1;
}

static ur_status list_places(ur_score_room *room, const uint32_t *symbols, const size_t *counts, size_t sequences,
                             size_t all, ur_error *error)
{
    size_t at = 0;
    if (all > room->gram_room) {
        ur_gram *grown = realloc(room->grams, 2 * all * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "a score");
        room->grams = grown;
        room->gram_room = 2 * all;
    }
    for (size_t s = 0; s < sequences; s++)
        for (size_t i = 0; i < counts[s]; i++, at++) room->grams[at] = (ur_gram){symbols + at, counts[s] - i, s};
    if (all) qsort(room->grams, all, sizeof *room->grams, by_symbols);
    return UR_OK;
}

/* The number of matches of one n-gram. Resets its counts. */
static uint64_t take_run(uint64_t times[UR_SEQUENCES_MOST], size_t sequences)
{
    uint64_t written = times[0], wanted = 0;
    for (size_t s = 1; s < sequences; s++) wanted = times[s] > wanted ? times[s] : wanted;
    for (size_t s = 0; s < sequences; s++) times[s] = 0;
    return written < wanted ? written : wanted;
}

static uint64_t count_shared(const ur_gram *grams, size_t count, size_t sequences, size_t n)
{
    uint64_t shared = 0, times[UR_SEQUENCES_MOST] = {0};
    for (size_t i = 0; i <= count; i++) {
        bool same = i && i < count && share(&grams[i - 1], &grams[i]) >= n;
        if (!same) shared += take_run(times, sequences);
        if (i < count && grams[i].left >= n) times[grams[i].sequence]++;
    }
    return shared;
}

ur_status ur_grams_share(ur_score_room *room, const uint32_t *symbols, const size_t *counts, size_t sequences,
                         size_t most, uint64_t *shared, ur_error *error)
{
    size_t all = 0;
    for (size_t s = 0; s < sequences; s++) all += counts[s];
    UR_TRY(list_places(room, symbols, counts, sequences, all, error));
    for (size_t n = 1; n <= most; n++) shared[n - 1] += count_shared(room->grams, all, sequences, n);
    return UR_OK;
}
