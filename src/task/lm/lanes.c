/* Lanes over a text; see lm.h. */
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

static uint64_t lane_begin(const ur_lanes *l, size_t b)
{
    uint64_t whole = l->share / l->lanes, rest = l->share % l->lanes;
    return whole * b + rest * b / l->lanes;
}

/* Number of predictions of the last lane, which has the most. */
static uint64_t longest(const ur_lanes *l) { return l->share - lane_begin(l, l->lanes - 1); }

/* Reads the next `count` tokens of lane b, and appends them to its row. */
static ur_status read_lane(ur_lanes *l, size_t b, size_t count, ur_error *error)
{
    int32_t *row = l->tokens + b * (l->k2 + 1);
    memmove(row, row + count, (l->k2 + 1 - count) * sizeof *row);
    return ur_reader_next(l->readers[b], row + (l->k2 + 1 - count), count, error);
}

/* Makes `window` the next window. */
static ur_status seek_window(ur_lanes *l, uint64_t window, ur_error *error)
{
    l->window = window;
    for (size_t b = 0; b < l->lanes; b++) {
        /* reads all but the last k1 tokens of the window, which ur_lanes_read adds */
        UR_TRY(ur_reader_seek(l->readers[b], l->begin + lane_begin(l, b) + window * l->k1, error));
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

/* `least` is the number of tokens a lane needs. The message names only a remedy that is enough by itself. */
static ur_status fail_short(const ur_lanes *l, uint64_t tokens, uint64_t least, ur_error *error)
{
    bool fewer = tokens >= least, shorter = l->k2 > 1 && tokens / l->lanes > least - l->k2;
    const char *remedy = fewer && shorter ? "lower `batch` or `bptt`"
                         : fewer          ? "lower `batch`"
                         : shorter        ? "lower `bptt`"
                                          : "lower `batch` and `bptt`, or give a longer text";
    return ur_fail(
        error, UR_ERR_DATA, "the text is too short: %llu tokens for %zu lane%s of at least %llu (`bptt` %zu); %s",
        (unsigned long long)tokens, l->lanes, l->lanes == 1 ? "" : "s", (unsigned long long)least, l->k2, remedy);
}

/* Plans the windows as min-char-rnn goes through a text. */
static ur_status plan_whole(ur_lanes *l, uint64_t tokens, ur_error *error)
{
    uint64_t each = tokens / l->lanes;
    if (each < l->k2 + 2) return fail_short(l, tokens, l->k2 + 2, error);
    l->share = each * l->lanes;
    l->windows = (each - 2 - (l->k2 - l->k1)) / l->k1;
    return UR_OK;
}

static ur_status plan_all(ur_lanes *l, uint64_t tokens, ur_error *error)
{
    l->share = tokens - 1;
    if (l->share / l->lanes < l->k2) return fail_short(l, tokens, l->k2 + 1, error);
    l->windows = 1 + (longest(l) - l->k2 + l->k1 - 1) / l->k1;
    return UR_OK;
}

ur_status ur_lanes_open(ur_lanes *l, ur_corpus *corpus, const ur_vocabulary *vocabulary, uint64_t begin, uint64_t end,
                        ur_error *error)
{
    l->begin = begin;
    UR_TRY((l->whole ? plan_whole : plan_all)(l, end - begin, error));
    ur_status status = open_lanes(l, corpus, vocabulary, error);
    if (status != UR_OK) ur_lanes_close(l);
    return status;
}

/* The number of steps of a window. The last window has what is left. */
static size_t steps_of(const ur_lanes *l, uint64_t window)
{
    uint64_t left = l->whole ? l->k2 : longest(l) - window * l->k1;
    return left < l->k2 ? (size_t)left : l->k2;
}

/* Whether step t of a window counts for lane b. It does not if the window before has predicted the same token, or if
 * the next lane will. */
static bool counts(const ur_lanes *l, uint64_t window, size_t t, size_t b)
{
    bool first = window == 0 && !l->whole;
    if (!first && t + l->k1 < l->k2) return false;
    return l->whole || window * l->k1 + t < lane_begin(l, b + 1) - lane_begin(l, b);
}

ur_status ur_lanes_read(ur_lanes *l, uint64_t number, ur_error *error)
{
    if (l->window != number) UR_TRY(seek_window(l, number, error));
    l->window = UINT64_MAX; /* after a failure in the middle, the window is read again */
    l->steps = steps_of(l, number);
    size_t before = l->k2 - l->steps; /* in a short window, this many tokens of a row come before the window's own */
    for (size_t b = 0; b < l->lanes; b++) {
        UR_TRY(read_lane(l, b, l->k1 - before, error));
        const int32_t *row = l->tokens + b * (l->k2 + 1) + before;
        for (size_t t = 0; t < l->steps; t++) {
            l->ids[t * l->lanes + b] = row[t];
            l->targets[t * l->lanes + b] = counts(l, number, t, b) ? row[t + 1] : -1;
        }
    }
    l->window = number + 1;
    return UR_OK;
}
