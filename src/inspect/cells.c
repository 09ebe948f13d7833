/* Section 3 of unroll_inspect.h. The text is read once for the scores. A part of it is read again by a network with
 * random weights, and a sample of it once more for each of the best units. */
#include "inspect/cells.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Cells by index -------------------------------------------------------------------------------------------- */

size_t ur_cell_total(const ur_model *model)
{
    size_t total = 0, units;
    for (size_t l = 0; ur_probe_layer(model, l, &units, NULL); l++) total += units;
    return total;
}

ur_cell_place ur_cell_at_number(const ur_model *model, size_t cell)
{
    ur_cell_place place = {0, cell};
    size_t units;
    while (ur_probe_layer(model, place.layer, &units, NULL) && place.unit >= units) {
        place.unit -= units;
        place.layer++;
    }
    return place;
}

/* ---- Predicates --------------------------------------------------------------------------------------------------- */

bool ur_predicate_at(size_t i, ur_predicate *predicate)
{
    if (i >= UR_BUILT_IN) return false;
    *predicate = (ur_predicate){ur_predicate_name(i), ur_predicate_meaning(i), ur_predicate_counts(i)};
    return true;
}

void ur_cells_name_own(ur_cells *c, const ur_cell_search *search, size_t first)
{
    for (size_t i = 0; i < search->own_count; i++) {
        snprintf(c->own_name[i], sizeof c->own_name[i], "%s", search->own[i].name);
        c->predicate[first + i] = (ur_predicate){c->own_name[i], "one's own", false};
    }
}

static void name_predicates(ur_cells *c, const ur_cell_search *search)
{
    for (size_t i = 0; ur_predicate_at(i, &c->predicate[i]); i++) continue;
    ur_cells_name_own(c, search, UR_BUILT_IN);
}

/* ---- The search --------------------------------------------------------------------------------------------------- */

ur_status ur_cells_check(const ur_model *model, const ur_cell_search *search, ur_error *error)
{
    size_t units;
    if (!ur_probe_layers(model))
        return ur_fail(error, UR_ERR_USAGE, "the model (\"%s\") has no recurrent layer, so there are no cells",
                       ur_model_net(model));
    if (search->own_count > UR_OWN_MOST)
        return ur_fail(error, UR_ERR_USAGE, "%zu predicates of your own; the limit is %d", search->own_count,
                       UR_OWN_MOST);
    if (!search->follow || (ur_probe_layer(model, search->layer, &units, NULL) && search->unit < units)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "no neuron %zu in recurrent layer %zu of \"%s\"", search->unit, search->layer,
                   ur_model_net(model));
}

static double share_of(const ur_tally *t, size_t p)
{
    double places = (double)ur_tally_places(t, 0) + (double)ur_tally_places(t, 1);
    return places > 0 ? (ur_tally_total(t, 0, p) + ur_tally_total(t, 1, p)) / places : 0;
}

static void conclude(ur_cells *c, const ur_model *model, const ur_tally *t, size_t p)
{
    ur_cell_score *s = &c->score[p];
    s->predicate = c->predicate[p];
    s->share = share_of(t, p);
    s->verdict = ur_cells_verdict(t, p, c->predicate[p].number);
    s->score = s->fit = s->control = s->mean = s->rise = NAN;
    if (s->verdict != UR_CELL_SCORED) return;
    c->ranks[p] = ur_cells_choose(t, ur_cell_total(model), p, c->predicate[p].number, c->rank[p]);
    if (!c->ranks[p]) {
        s->verdict = UR_CELL_NEVER; /* no unit changes its value */
        return;
    }
    for (size_t i = 0; i < c->ranks[p]; i++) c->rank[p][i].place = ur_cell_at_number(model, c->rank[p][i].cell);
    const ur_cell_rank *best = &c->rank[p][0];
    s->layer = best->place.layer;
    s->unit = best->place.unit;
    s->falls = best->falls;
    s->score = best->score;
    s->fit = best->fit;
    c->watched[p] = true;
    c->watch[p] = best->place;
}

void ur_cells_conclude(ur_cells *c, const ur_model *model, const ur_tally *t)
{
    for (size_t p = 0; p < c->predicates; p++) conclude(c, model, t, p);
}

static ur_status read_text(ur_cells *c, ur_cell_reading *r, const ur_cell_search *search, ur_error *error)
{
    ur_status status = ur_cells_read(r, error);
    if (status == UR_OK) name_predicates(c, search);
    if (status == UR_OK) ur_cells_conclude(c, r->model, r->tally);
    ur_tally_free(r->tally);
    r->tally = NULL;
    return status;
}

/* ---- The control -------------------------------------------------------------------------------------------------- */

ur_status ur_cells_make_random(ur_model **random, const ur_model *model, ur_error *error)
{
    ur_sizes sizes = model->sizes, lines[UR_LINES_MAX] = {{0}};
    for (size_t i = 0; i < model->line_count; i++) lines[i] = model->lines[i].given;
    sizes.lines = lines;
    UR_TRY(
        ur_model_create(random, ur_model_net(model), &sizes, 1, 0, ur_isa_name(ur_isa_index(model->kernels)), error));
    (*random)->vocabulary = model->vocabulary;
    return UR_OK;
}

void ur_cells_free_random(ur_model *random)
{
    random->vocabulary = NULL;
    ur_model_free(random);
}

void ur_cells_conclude_control(ur_cells *c, const ur_model *random, const ur_tally *t)
{
    ur_cell_rank rank[UR_CELL_RANKS];
    for (size_t p = 0; p < c->predicates; p++) {
        bool number = c->predicate[p].number, scored = ur_cells_verdict(t, p, number) == UR_CELL_SCORED;
        if (scored && ur_cells_choose(t, ur_cell_total(random), p, number, rank)) c->score[p].control = rank[0].score;
    }
}

/* Chooses a part of the text that is long enough for the control and has the same middle. */
static void choose_part(ur_cell_reading *r, uint64_t tokens)
{
    double half = UR_CONTROL_TOKENS / 2.0 / (double)tokens, middle = (double)r->middle / (double)tokens;
    bool all = r->how.begin == 0 && r->how.end == 0;
    double begin = r->how.begin, end = all ? 1 : r->how.end;
    r->how.begin = middle - half > begin ? middle - half : begin;
    r->how.end = middle + half < end ? middle + half : end;
}

static ur_status score_control(ur_cells *c, ur_cell_reading *r, ur_error *error)
{
    r->cells = NULL;
    choose_part(r, r->tokens);
    ur_status status = ur_cells_read(r, error);
    if (status == UR_OK) ur_cells_conclude_control(c, r->model, r->tally);
    ur_tally_free(r->tally);
    return status;
}

static ur_status run_control(ur_cells *c, ur_cell_reading *r, ur_error *error)
{
    ur_model *random;
    UR_TRY(ur_cells_make_random(&random, r->model, error));
    r->model = random;
    ur_status status = score_control(c, r, error);
    ur_cells_free_random(random);
    return status;
}

static ur_status find(ur_cells *c, const ur_model *model, const ur_cell_search *search, ur_error *error)
{
    ur_cell_reading r = {.model = model, .search = search, .cells = c, .how = search->reading};
    UR_TRY(read_text(c, &r, search, error));
    c->watched[c->predicates] = search->follow;
    c->watch[c->predicates] = (ur_cell_place){search->layer, search->unit};
    UR_TRY(ur_cells_hold_text(c, model, search->reading.threads, error));
    return run_control(c, &r, error);
}

ur_status ur_cells_find(ur_cells **cells, const ur_model *model, const ur_cell_search *search, ur_error *error)
{
    *cells = NULL;
    UR_TRY(ur_cells_check(model, search, error));
    ur_cells *c = *cells = calloc(1, sizeof *c);
    if (!c) return ur_fail_memory(error, "the search for cells");
    c->predicates = UR_BUILT_IN + search->own_count;
    ur_status status = find(c, model, search, error);
    if (status == UR_OK) return UR_OK;
    ur_cells_free(c);
    *cells = NULL;
    return status;
}

void ur_cells_free(ur_cells *c)
{
    if (!c) return;
    free(c->ids);
    free(c->next);
    free(c->text);
    free(c->end);
    free(c->truth);
    free(c->values);
    free(c);
}

/* ---- Results --------------------------------------------------------------------------------------------------- */

size_t ur_cells_count(const ur_cells *c) { return c->predicates; }

ur_cell_score ur_cells_score(const ur_cells *c, size_t predicate) { return c->score[predicate]; }

bool ur_cells_rank(const ur_cells *c, size_t predicate, size_t rank, size_t *layer, size_t *unit, double *score)
{
    if (predicate >= c->predicates || rank >= c->ranks[predicate]) return false;
    const ur_cell_rank *r = &c->rank[predicate][rank];
    *layer = r->place.layer;
    *unit = r->place.unit;
    *score = r->score;
    return true;
}

ur_cell_sample ur_cells_sample(const ur_cells *c)
{
    return (ur_cell_sample){c->steps, c->lanes, c->warm, c->loss, c->ids};
}

const char *ur_cells_text(const ur_cells *c, const ur_model *model, size_t place, size_t *length)
{
    size_t begin = !c->ids && place ? c->end[place - 1] : 0;
    if (!c->ids) *length = c->end[place] - begin;
    return c->ids ? ur_labels_text(model, c->ids[place], length) : c->text + begin;
}

const float *ur_cells_truth(const ur_cells *c, size_t predicate)
{
    return predicate < c->predicates ? c->truth + predicate * c->steps * c->lanes : NULL;
}

const float *ur_cells_values(const ur_cells *c, size_t predicate)
{
    bool there = predicate <= c->predicates && c->watched[predicate];
    return there ? c->values + predicate * c->steps * c->lanes : NULL;
}
