/* Reads the text once with a probe. Adds the labels and the states to the tally, and copies the sample. */
#include "inspect/cells.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct ur_gathering {
    ur_cell_reading *reading;
    ur_labels *labels;
    size_t predicates, places; /* places: of the first passage, which is the largest */
    size_t warm;
    size_t from, lanes, steps; /* the sample: its first lane, its number of lanes, its steps from the beginning of a
                                * piece */
    float *truth;              /* (predicates, places) */
    unsigned char *half;       /* (places) */
    ur_tally_layer *layers;
    size_t layer_count;
} ur_gathering;

static size_t smaller(size_t a, uint64_t b) { return b < a ? (size_t)b : a; }

/* ---- Sizes, from the first passage ----------------------------------------------------------------------------- */

static ur_status plan_sample(ur_gathering *g, const ur_passage *p, ur_error *error)
{
    ur_cells *c = g->reading->cells;
    size_t tokens = g->reading->search->sample ? g->reading->search->sample : UR_SAMPLE_TOKENS;
    size_t most = (size_t)1 << 27;
    tokens = smaller(tokens, most / ur_model_outputs(g->reading->model) + 1);
    g->from = p->lanes == 1 ? 0 : (p->lanes + 1) / 2;
    g->lanes = p->lanes == 1 ? 1 : smaller(p->lanes - g->from, UR_SAMPLE_LANES);
    size_t warm = p->lanes == 1 ? (size_t)(p->piece / 2) : g->warm;               /* a single piece has both halves */
    g->steps = smaller(tokens / g->lanes + (tokens < g->lanes) + warm, p->piece); /* at least one step counts */
    *c = (ur_cells){.predicates = c->predicates, .steps = g->steps, .lanes = g->lanes, .warm = warm};
    size_t places = g->steps * g->lanes;
    c->ids = calloc(places, sizeof *c->ids);
    c->next = calloc(places, sizeof *c->next);
    c->truth = calloc(places, g->predicates * sizeof *c->truth);
    c->values = calloc(places, (g->predicates + 1) * sizeof *c->values);
    return c->ids && c->next && c->truth && c->values ? UR_OK : ur_fail_memory(error, "the sample of the text");
}

static ur_status make_room(ur_gathering *g, ur_error *error)
{
    g->truth = calloc(g->places, g->predicates * sizeof *g->truth);
    g->half = calloc(g->places, 1);
    g->layers = calloc(g->layer_count, sizeof *g->layers);
    return g->truth && g->half && g->layers ? UR_OK : ur_fail_memory(error, "a passage of the text");
}

static ur_status begin(ur_gathering *g, const ur_passage *p, ur_error *error)
{
    ur_cell_reading *r = g->reading;
    const ur_cell_search *s = r->search;
    bool counts[UR_PREDICATES_MOST];
    g->places = p->steps * p->lanes;
    g->warm = smaller(UR_CELLS_WARM, p->piece / 4);
    r->middle = p->begin + p->piece * p->lanes / 2;
    for (size_t i = 0; i < g->predicates; i++) counts[i] = ur_predicate_counts(i);
    UR_TRY(ur_labels_open(&g->labels, r->model, &r->how, p, s->own, s->own_count, error));
    r->tokens = ur_labels_tokens(g->labels);
    UR_TRY(make_room(g, error));
    if (r->cells) UR_TRY(plan_sample(g, p, error));
    return ur_tally_create(&r->tally, ur_cell_total(r->model), counts, g->predicates, g->places, error);
}

/* ---- Every passage ------------------------------------------------------------------------------------------------ */

static void show_layers(ur_gathering *g, const ur_probe *probe, size_t lanes)
{
    for (size_t l = 0; l < g->layer_count; l++) {
        const ur_window *w = &probe->probing.windows[l];
        size_t row = ur_padded(w->layer->units), last = w->layer->cell->states - 1;
        g->layers[l] = (ur_tally_layer){w->state[last] + lanes * row, row, w->layer->units};
    }
}

static void keep_place(ur_gathering *g, const ur_passage *p, size_t lane, uint64_t step, size_t place, size_t stride)
{
    ur_cells *c = g->reading->cells;
    if (lane < g->from || lane >= g->from + g->lanes || step >= g->steps) return;
    size_t at = (size_t)step * g->lanes + lane - g->from;
    c->ids[at] = p->ids[place];
    c->next[at] = p->next[place];
    for (size_t i = 0; i < g->predicates; i++) c->truth[i * g->steps * g->lanes + at] = g->truth[i * stride + place];
}

static ur_status label(ur_gathering *g, const ur_passage *p, ur_error *error)
{
    size_t places = p->steps * p->lanes;
    for (size_t m = 0; m < places; m++) {
        size_t lane = m % p->lanes;
        uint64_t step = p->step + m / p->lanes, token = p->begin + lane * p->piece + step;
        UR_TRY(ur_labels_next(g->labels, lane, g->truth + m, places, error));
        g->half[m] = step < g->warm ? UR_TALLY_SKIP : token >= g->reading->middle;
        if (g->reading->cells) keep_place(g, p, lane, step, m, places);
    }
    return UR_OK;
}

static ur_status visit(void *context, ur_probe *probe, const ur_passage *p, ur_error *error)
{
    ur_gathering *g = context;
    if (!g->labels) UR_TRY(begin(g, p, error));
    UR_TRY(label(g, p, error));
    show_layers(g, probe, p->lanes);
    ur_tally_chunk chunk = {p->steps * p->lanes, g->half, g->truth, g->layers, g->layer_count};
    return ur_tally_add(g->reading->tally, &chunk, probe->pool, error);
}

ur_status ur_cells_read(ur_cell_reading *r, ur_error *error)
{
    ur_gathering g = {.reading = r, .layer_count = ur_probe_layers(r->model)};
    g.predicates = UR_BUILT_IN + r->search->own_count;
    ur_status status = ur_probe_text(r->model, &r->how, visit, &g, error);
    ur_labels_close(g.labels);
    free(g.truth);
    free(g.half);
    free(g.layers);
    return status;
}
