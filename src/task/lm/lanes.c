/* Lanes over a text (lm.h). */
#include "task/lm/lm.h"

#include <stdlib.h>
#include <string.h>

void ur_lanes_close(ur_lanes *l)
{
    for (size_t b = 0; l->readers && b < l->lanes; b++) ur_reader_close(l->readers[b]);
    free(l->readers);
    free(l->tokens);
    free(l->ids);
    free(l->targets);
    *l = (ur_lanes){0};
}

static ur_status make_room(ur_lanes *l, ur_error *error)
{
    size_t tokens, window;
    bool fits = ur_mul_fits(l->lanes, l->k2 + 1, &tokens) && ur_mul_fits(l->lanes, l->k2, &window);
    if (!fits || tokens > SIZE_MAX / 8)
        return ur_fail(error, UR_ERR_USAGE, "`batch` %zu x `bptt` %zu overflows", l->lanes, l->k2);
    l->readers = calloc(l->lanes, sizeof(ur_reader *));
    l->tokens = calloc(tokens, sizeof(int32_t));
    l->ids = calloc(window, sizeof(int32_t));
    l->targets = calloc(window, sizeof(int32_t));
    if (l->readers && l->tokens && l->ids && l->targets) return UR_OK;
    return ur_fail_memory(error, "the windows");
}

/* Lane b's tokens from where its reader stands, `count` of them, to the end of its row. */
static ur_status read_lane(ur_lanes *l, size_t b, size_t count, ur_error *error)
{
    int32_t *row = l->tokens + b * (l->k2 + 1);
    memmove(row, row + count, (l->k2 + 1 - count) * sizeof *row);
    return ur_reader_next(l->readers[b], row + (l->k2 + 1 - count), count, error);
}

/* Makes window `window` the next one. */
static ur_status seek_window(ur_lanes *l, uint64_t window, ur_error *error)
{
    l->window = window;
    for (size_t b = 0; b < l->lanes; b++) {
        /* all but the k1 tokens that belong to the next window alone */
        UR_TRY(ur_reader_seek(l->readers[b], l->begin + b * l->each + window * l->k1, error));
        UR_TRY(read_lane(l, b, l->k2 + 1 - l->k1, error));
    }
    return UR_OK;
}

static ur_status open_lanes(ur_lanes *l, ur_corpus *corpus, const ur_vocabulary *vocabulary, ur_error *error)
{
    UR_TRY(make_room(l, error));
    for (size_t b = 0; b < l->lanes; b++) UR_TRY(ur_reader_open(&l->readers[b], corpus, vocabulary, error));
    return seek_window(l, 0, error);
}

ur_status ur_lanes_open(ur_lanes *l, ur_corpus *corpus, const ur_vocabulary *vocabulary, uint64_t begin, uint64_t end,
                        size_t count, size_t k1, size_t k2, ur_error *error)
{
    uint64_t each = (end - begin) / count, needed = k2 + 2;
    if (each < needed)
        return ur_fail(
            error, UR_ERR_DATA,
            "the text is too short: %llu tokens for %zu lanes of at least %llu (`bptt` %zu); lower `batch` or `bptt`",
            (unsigned long long)(end - begin), count, (unsigned long long)needed, k2);
    *l = (ur_lanes){.lanes = count, .k1 = k1, .k2 = k2, .begin = begin, .each = each};
    l->windows = (each - 2 - (k2 - k1)) / k1;
    ur_status status = open_lanes(l, corpus, vocabulary, error);
    if (status != UR_OK) ur_lanes_close(l);
    return status;
}

ur_status ur_lanes_read(ur_lanes *l, uint64_t number, ur_error *error)
{
    if (l->window != number) UR_TRY(seek_window(l, number, error));
    l->window = UINT64_MAX; /* what is read in part is read anew */
    for (size_t b = 0; b < l->lanes; b++) {
        UR_TRY(read_lane(l, b, l->k1, error));
        const int32_t *row = l->tokens + b * (l->k2 + 1);
        for (size_t t = 0; t < l->k2; t++) {
            l->ids[t * l->lanes + b] = row[t];
            l->targets[t * l->lanes + b] = t + l->k1 < l->k2 ? -1 : row[t + 1];
        }
    }
    l->window = number + 1;
    return UR_OK;
}
