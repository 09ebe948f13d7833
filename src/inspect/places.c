/* See places.h. */
#include "inspect/places.h"

#include "inspect/probe.h"

#include <stdlib.h>

ur_status ur_places_open(ur_places *p, const ur_model *m, const ur_reading *how, ur_error *error)
{
    *p = (ur_places){0};
    UR_TRY(ur_reading_open(&p->corpus, &p->begin, &p->tokens, m, how, error));
    return ur_reader_open(&p->reader, p->corpus, m->vocabulary, error);
}

void ur_places_close(ur_places *p)
{
    ur_reader_close(p->reader);
    ur_corpus_close(p->corpus);
    free(p->lane);
}

static ur_status read_place(ur_places *p, size_t place, int32_t *ids, size_t stride, ur_error *error)
{
    uint64_t left = p->tokens - p->steps;
    uint64_t at = p->count > 1 ? (uint64_t)((double)left * (double)place / (double)(p->count - 1)) : left / 2;
    UR_TRY(ur_reader_seek(p->reader, p->begin + at, error));
    UR_TRY(ur_reader_next(p->reader, p->lane, p->steps, error));
    for (size_t t = 0; t < p->steps; t++) ids[t * stride] = p->lane[t];
    return UR_OK;
}

ur_status ur_places_read(ur_places *p, size_t first, size_t lanes, int32_t *ids, ur_error *error)
{
    if (!p->lane) p->lane = calloc(p->steps, sizeof *p->lane);
    if (!p->lane) return ur_fail_memory(error, "the places of the text");
    for (size_t b = 0; b < lanes; b++) UR_TRY(read_place(p, first + b, ids + b, lanes, error));
    return UR_OK;
}

static ur_status read_all(ur_places *p, size_t places, size_t steps, int32_t *ids, ur_error *error)
{
    if (!places || !steps || steps > p->tokens) {
        ur_fail(error, UR_ERR_DATA, "the text has %llu tokens, too few for %zu places of %zu tokens",
                (unsigned long long)p->tokens, places, steps);
        return ur_corpus_fail_in(p->corpus, error, UR_ERR_DATA);
    }
    p->count = places;
    p->steps = steps;
    return ur_places_read(p, 0, places, ids, error);
}

ur_status ur_read_places(const ur_model *model, const ur_reading *reading, size_t places, size_t steps, int32_t *ids,
                         ur_error *error)
{
    ur_places p;
    ur_status status = ur_places_open(&p, model, reading, error);
    if (status == UR_OK) status = read_all(&p, places, steps, ids, error);
    ur_places_close(&p);
    return status;
}
