/* A flow of gradients at places of a text, evenly far apart. See flow.h. */
#include "inspect/flow.h"

#include <stdlib.h>

enum { UR_FLOW_MEMORY = 1 << 25 }; /* numbers that the windows of the places taken together may have */

typedef struct ur_places {
    ur_flow *flow;
    ur_corpus *corpus;
    ur_reader *reader;
    uint64_t begin, left; /* where the part begins; units that the first place may lie further */
    size_t count, together, warm;
    int32_t *ids, *next, *lane; /* (T, B), (B), (T + 1) */
} ur_places;

static size_t window_of(const ur_places *p) { return p->warm + p->flow->settings.steps + 1; }

/* Numbers that one step of one lane leaves in the arena. */
static size_t numbers_a_step(const ur_model *m)
{
    size_t numbers = 0;
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        numbers += ur_padded(l->width);
        if (l->spec.kind == UR_LAYER_CELL) numbers += ur_slot_row(&l->recurrent) + 3 * ur_padded(l->width);
    }
    return numbers;
}

/* The part of the text; a text too short for the steps before is read with fewer. */
static ur_status choose(ur_places *p, const ur_reading *how, ur_error *error)
{
    const ur_flow_settings *s = &p->flow->settings;
    uint64_t all;
    UR_TRY(ur_reading_part(p->corpus, how, &p->begin, &all, error));
    if (all < s->steps + 2)
        return ur_fail(error, UR_ERR_DATA,
                       "the text has %llu units; %zu steps back need %zu: give a longer text or fewer --steps",
                       (unsigned long long)all, s->steps, s->steps + 2);
    p->warm = s->warm ? s->warm : UR_FLOW_WARM;
    if (p->warm > all - s->steps - 2) p->warm = (size_t)(all - s->steps - 2);
    p->left = all - (window_of(p) + 1);
    p->count = s->places ? s->places : UR_FLOW_PLACES;
    if (p->count > p->left + 1) p->count = (size_t)p->left + 1;
    size_t lanes = UR_FLOW_MEMORY / window_of(p) / numbers_a_step(p->flow->model);
    p->together = lanes < 1 ? 1 : lanes < p->count ? lanes : p->count;
    return UR_OK;
}

static ur_status make_room(ur_places *p, ur_error *error)
{
    size_t window = window_of(p), numbers;
    if (!ur_mul_fits(window + 1, p->together + 1, &numbers)) numbers = SIZE_MAX / sizeof(int32_t);
    p->ids = calloc(numbers, sizeof *p->ids);
    if (!p->ids) return ur_fail_memory(error, "the places of the text");
    p->next = p->ids + window * p->together;
    p->lane = p->next + p->together;
    return UR_OK;
}

static ur_status read_lane(ur_places *p, size_t place, size_t b, size_t lanes, ur_error *error)
{
    size_t window = window_of(p);
    uint64_t at = p->count > 1 ? (uint64_t)((double)p->left * (double)place / (double)(p->count - 1)) : p->left / 2;
    UR_TRY(ur_reader_seek(p->reader, p->begin + at, error));
    UR_TRY(ur_reader_next(p->reader, p->lane, window + 1, error));
    for (size_t t = 0; t < window; t++) p->ids[t * lanes + b] = p->lane[t];
    p->next[b] = p->lane[window];
    return UR_OK;
}

static ur_status follow(ur_places *p, ur_error *error)
{
    for (size_t place = 0; place < p->count;) {
        size_t lanes = p->count - place < p->together ? p->count - place : p->together;
        for (size_t b = 0; b < lanes; b++, place++) UR_TRY(read_lane(p, place, b, lanes, error));
        UR_TRY(ur_flow_lanes(p->flow, p->ids, p->next, p->warm, lanes, error));
    }
    return UR_OK;
}

static ur_status read(ur_places *p, const ur_reading *how, ur_error *error)
{
    const ur_model *m = p->flow->model;
    if (!m->vocabulary || m->lines[0].width != m->lines[0].symbols)
        return ur_fail(error, UR_ERR_USAGE, "the model (\"%s\") is no language model", m->net);
    ur_corpus_options options = {.unit = ur_vocabulary_kind(m->vocabulary), .replace_invalid = how->replace_invalid};
    UR_TRY(ur_corpus_open(&p->corpus, how->paths, how->path_count, &options, error));
    UR_TRY(choose(p, how, error));
    UR_TRY(ur_reader_open(&p->reader, p->corpus, m->vocabulary, error));
    UR_TRY(make_room(p, error));
    return follow(p, error);
}

ur_status ur_flow_text(ur_flow *flow, const ur_reading *reading, ur_error *error)
{
    ur_places p = {.flow = flow};
    ur_status status = read(&p, reading, error);
    ur_reader_close(p.reader);
    ur_corpus_close(p.corpus);
    free(p.ids);
    return status;
}
