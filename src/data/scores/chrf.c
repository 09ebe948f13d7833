/* See chrf.h. Precision P and recall R are each a mean over the n for which both texts have n-grams; F =
 * 5 P R / (4 P + R). */
#include "data/scores/chrf.h"

#include "base/error.h"
#include "base/utf8.h"

#include <stdlib.h>

/* Writes the characters of a text, without white space, to `symbols`. Returns their number. */
static size_t put_characters(uint32_t *symbols, const char *text, size_t length)
{
    size_t count = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)text + at, length - at, &code);
        if (size > 0 && !ur_is_space(code)) symbols[count++] = code;
        at += size > 0 ? (size_t)size : 1;
    }
    return count;
}

static ur_status make_room(ur_score_room *room, size_t symbols, ur_error *error)
{
    if (symbols <= room->symbol_room) return UR_OK;
    uint32_t *grown = realloc(room->symbols, 2 * symbols * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a score");
    room->symbols = grown;
    room->symbol_room = 2 * symbols;
    return UR_OK;
}

static size_t runs(size_t symbols, size_t n) { return symbols >= n ? symbols - n + 1 : 0; }

ur_status ur_chrf_add(ur_chrf *c, ur_score_room *room, const char *written, size_t written_length, const char *wanted,
                      size_t wanted_length, ur_error *error)
{
    UR_TRY(make_room(room, written_length + wanted_length, error));
    size_t first = put_characters(room->symbols, written, written_length);
    size_t second = put_characters(room->symbols + first, wanted, wanted_length);
    for (size_t n = 1; n <= UR_CHRF_MOST; n++) {
        if (runs(second, n)) c->written[n - 1] += runs(first, n);
        c->wanted[n - 1] += runs(second, n);
    }
    return ur_grams_share(room, room->symbols, (const size_t[]){first, second}, 2, UR_CHRF_MOST, c->shared, error);
}

double ur_chrf_score(const ur_chrf *c)
{
    double precision = 0, recall = 0, orders = 0;
    for (size_t n = 0; n < UR_CHRF_MOST; n++) {
        if (!c->written[n] || !c->wanted[n]) continue;
        precision += (double)c->shared[n] / (double)c->written[n];
        recall += (double)c->shared[n] / (double)c->wanted[n];
        orders++;
    }
    if (!(precision + recall > 0)) return 0;
    precision /= orders;
    recall /= orders;
    return 100 * 5 * precision * recall / (4 * precision + recall);
}
