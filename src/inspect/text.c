/* Runs a language model on a text with a probe: in lanes side by side, passage by passage. */
#include "inspect/probe.h"

#include "base/watch.h"

#include <stdlib.h>
#include <string.h>

enum {
    UR_READING_MOST = 256,
    UR_READING_LANES = 32,
    UR_READING_WINDOW = 128,
    UR_READING_PIECE = 512,       /* least number of tokens per lane; shorter texts get fewer lanes */
    UR_READING_OUTPUTS = 1 << 24, /* most numbers that the last layer may output for a passage */
};

typedef struct ur_text_reader {
    const ur_model *model;
    ur_corpus *corpus;
    ur_reader *readers[UR_READING_MOST]; /* one per lane */
    ur_probe *probe;
    size_t lanes, window;
    uint64_t begin, piece;
    int32_t *row;        /* (B) token that each lane reads next */
    int32_t *ids, *next; /* (window, B) */
} ur_text_reader;

static void close_text(ur_text_reader *r)
{
    for (size_t b = 0; b < r->lanes; b++) ur_reader_close(r->readers[b]);
    ur_corpus_close(r->corpus);
    ur_probe_free(r->probe);
    free(r->row);
}

/* Chooses lanes and window. `left`: tokens of the part to read. */
static ur_status choose(ur_text_reader *r, const ur_reading *how, uint64_t left, ur_error *error)
{
    if (left < 2) {
        ur_fail(error, UR_ERR_DATA, "the text has %llu tokens; at least 2 are needed", (unsigned long long)left);
        return ur_corpus_fail_in(r->corpus, error, UR_ERR_DATA);
    }
    size_t lanes = how->lanes ? how->lanes : UR_READING_LANES;
    if (how->lanes > UR_READING_MOST)
        return ur_fail(error, UR_ERR_USAGE, "%zu lanes: at most %d", how->lanes, UR_READING_MOST);
    if (!how->lanes && left / UR_READING_PIECE < lanes) lanes = (size_t)(left / UR_READING_PIECE);
    if (lanes > left / 2) lanes = (size_t)(left / 2);
    r->lanes = lanes ? lanes : 1;
    r->piece = left / r->lanes;
    size_t fits = UR_READING_OUTPUTS / r->lanes / ur_model_outputs(r->model);
    r->window = how->window ? how->window : UR_READING_WINDOW;
    if (!how->window && r->window > fits) r->window = fits ? fits : 1;
    if (r->window > r->piece) r->window = (size_t)r->piece;
    return UR_OK;
}

static ur_status make_room(ur_text_reader *r, ur_error *error)
{
    size_t places;
    if (!ur_mul_fits(2 * r->window + 1, r->lanes, &places)) places = SIZE_MAX;
    r->row = places < SIZE_MAX / sizeof(int32_t) ? calloc(places, sizeof(int32_t)) : NULL;
    if (!r->row) return ur_fail_memory(error, "a passage of the text");
    r->ids = r->row + r->lanes;
    r->next = r->ids + r->window * r->lanes;
    return UR_OK;
}

static ur_status open_text(ur_text_reader *r, const ur_reading *how, ur_error *error)
{
    uint64_t tokens;
    UR_TRY(ur_reading_open(&r->corpus, &r->begin, &tokens, r->model, how, error));
    UR_TRY(choose(r, how, tokens, error));
    UR_TRY(make_room(r, error));
    for (size_t b = 0; b < r->lanes; b++) {
        UR_TRY(ur_reader_open(&r->readers[b], r->corpus, r->model->vocabulary, error));
        UR_TRY(ur_reader_seek(r->readers[b], r->begin + b * r->piece, error));
        UR_TRY(ur_reader_next(r->readers[b], &r->row[b], 1, error));
    }
    return ur_probe_create(&r->probe, r->model, how->threads, error);
}

/* Reads lane b of a passage: `steps` tokens, and the one after each. `last`: no token follows the last one. */
static ur_status read_lane(ur_text_reader *r, size_t b, size_t steps, bool last, ur_error *error)
{
    for (size_t t = 0; t < steps; t++) {
        bool end = last && t + 1 == steps;
        r->ids[t * r->lanes + b] = r->row[b];
        if (!end) UR_TRY(ur_reader_next(r->readers[b], &r->row[b], 1, error));
        r->next[t * r->lanes + b] = end ? -1 : r->row[b];
    }
    return UR_OK;
}

static ur_status read_all(ur_text_reader *r, const ur_watcher *watcher, ur_visit *visit, void *context, ur_error *error)
{
    for (uint64_t at = 0; at < r->piece;) {
        size_t steps = r->piece - at < r->window ? (size_t)(r->piece - at) : r->window;
        for (size_t b = 0; b < r->lanes; b++) UR_TRY(read_lane(r, b, steps, at + steps == r->piece, error));
        ur_batch batch = {.input = {{.steps = steps, .lanes = r->lanes, .ids = r->ids}}, .carry = at > 0};
        UR_TRY(ur_probe_run(r->probe, &batch, error));
        ur_passage passage = {steps, r->lanes, r->ids, r->next, at, r->piece, r->begin};
        UR_TRY(visit(context, r->probe, &passage, error));
        at += steps;
        UR_TRY(ur_watch(watcher, "running the network", (double)at, (double)r->piece, error));
    }
    return UR_OK;
}

ur_status ur_probe_text(const ur_model *model, const ur_reading *reading, ur_visit *visit, void *context,
                        ur_error *error)
{
    ur_text_reader *r = calloc(1, sizeof *r);
    if (!r) return ur_fail_memory(error, "a reading");
    r->model = model;
    ur_status status = open_text(r, reading, error);
    if (status == UR_OK) status = read_all(r, &reading->watcher, visit, context, error);
    close_text(r);
    free(r);
    return status;
}
