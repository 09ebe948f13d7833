/* A flow of gradients at places of a text, at equal distances. See flow.h. */
#include "base/watch.h"
#include "inspect/flow.h"
#include "inspect/places.h"

#include <stdlib.h>

enum { UR_FLOW_MEMORY = 1 << 25 }; /* most numbers that the windows of one group of places may have */

/* The numbers that one step of one lane leaves in the arena. */
static size_t numbers_a_step(const ur_model *m)
{
    size_t numbers = 0;
    for (size_t i = 0; i < m->layer_count; i++) {
        const ur_layer *l = &m->layers[i];
        numbers += ur_padded(l->width);
        if (ur_is_recurrent(l)) numbers += ur_slot_row(&l->recurrent) + 3 * ur_padded(l->width);
    }
    return numbers;
}

/* Chooses the number of places and of the steps before K. A text that is too short for the usual number of steps before
 * gets fewer. */
static ur_status choose(ur_places *p, const ur_flow_settings *s, size_t *warm, ur_error *error)
{
    if (p->tokens < s->steps + 2) {
        ur_fail(error, UR_ERR_DATA,
                "the text has %llu tokens; %zu steps back need %zu; give a longer text or a smaller `back`",
                (unsigned long long)p->tokens, s->steps, s->steps + 2);
        return ur_corpus_fail_in(p->corpus, error, UR_ERR_DATA);
    }
    *warm = s->warm ? s->warm : UR_FLOW_WARM;
    if (*warm > p->tokens - s->steps - 2) *warm = (size_t)(p->tokens - s->steps - 2);
    p->steps = *warm + s->steps + 2; /* those that are read, and the one that follows */
    p->count = s->places ? s->places : UR_FLOW_PLACES;
    if (p->count > p->tokens - p->steps + 1) p->count = (size_t)(p->tokens - p->steps) + 1;
    return UR_OK;
}

/* The number of places that are followed together. */
static size_t group_of(const ur_flow *f, const ur_places *p)
{
    size_t lanes = UR_FLOW_MEMORY / p->steps / numbers_a_step(f->model);
    return lanes < 1 ? 1 : lanes < p->count ? lanes : p->count;
}

static ur_status follow(ur_flow *f, ur_places *p, size_t warm, const ur_watcher *watcher, ur_error *error)
{
    size_t group = group_of(f, p), numbers;
    if (!ur_mul_fits(p->steps, group, &numbers)) numbers = SIZE_MAX / sizeof(int32_t);
    int32_t *ids = calloc(numbers, sizeof *ids);
    ur_status status = ids ? UR_OK : ur_fail_memory(error, "the places of the text");
    for (size_t place = 0; status == UR_OK && place < p->count; place += group) {
        size_t lanes = p->count - place < group ? p->count - place : group;
        status = ur_places_read(p, place, lanes, ids, error);
        if (status == UR_OK) status = ur_watch(watcher, "following gradients", (double)place, (double)p->count, error);
        if (status == UR_OK) status = ur_flow_lanes(f, ids, ids + (p->steps - 1) * lanes, warm, lanes, error);
    }
    free(ids);
    return status;
}

ur_status ur_flow_text(ur_flow *f, const ur_reading *reading, ur_error *error)
{
    ur_places p;
    size_t warm = 0;
    ur_status status = ur_places_open(&p, f->model, reading, error);
    if (status == UR_OK) status = choose(&p, &f->settings, &warm, error);
    if (status == UR_OK) status = follow(f, &p, warm, &reading->watcher, error);
    ur_places_close(&p);
    return status;
}
