/* Untrained networks for unroll inspect gradient: every cell at every gain, each reading random symbols. */
#include "cli/inspect/gradient.h"

#include "cli/args/value.h"
#include "cli/args/verb.h"

#include "base/error.h"
#include "base/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 64, GAINS_MOST = 16, CELLS_MOST = 16, NAME_MOST = 64, TOGETHER = 1 << 14 };

/* ---- lists on the command line ------------------------------------------------------------------------------------ */

static ur_status check_cell(const char *cell, ur_error *error)
{
    char have[256] = "";
    for (size_t i = 0; ur_cell_name(i); i++) {
        if (strcmp(ur_cell_name(i), cell) == 0) return UR_OK;
        size_t used = strlen(have);
        snprintf(have + used, sizeof have - used, "%s%s", i ? ", " : "", ur_cell_name(i));
    }
    return ur_fail(error, UR_ERR_USAGE, "--fresh: there is no cell \"%s\"; there are %s", cell, have);
}

static ur_status read_cells(const char *list, char cells[][NAME_MOST], size_t *count, ur_error *error)
{
    for (*count = 0; *count < CELLS_MOST && ur_cli_next_word(&list, cells[*count], NAME_MOST); (*count)++)
        UR_TRY(check_cell(cells[*count], error));
    return list ? ur_fail(error, UR_ERR_USAGE, "--fresh: at most %d cells", (int)CELLS_MOST) : UR_OK;
}

static ur_status read_gains(const char *list, double *gains, size_t *count, ur_error *error)
{
    char word[NAME_MOST];
    for (*count = 0; *count < GAINS_MOST && ur_cli_next_word(&list, word, sizeof word); (*count)++) {
        if (!ur_read_number(word, &gains[*count]) || !(gains[*count] > 0 && gains[*count] <= 1000))
            return ur_fail(error, UR_ERR_USAGE,
                           "--gain: '%s' is not allowed; give numbers above 0, at most 1000, with commas between",
                           word);
    }
    return list ? ur_fail(error, UR_ERR_USAGE, "--gain: at most %d gains", (int)GAINS_MOST) : UR_OK;
}

/* ---- the run ------------------------------------------------------------------------------------------------------ */

/* Follows random symbols in `lanes` lanes. `place` is the index of the first lane among all places. */
static ur_status follow_some(ur_cli_subject *s, const ur_flow_settings *how, uint64_t seed, size_t place, size_t lanes,
                             ur_error *error)
{
    size_t steps = how->warm + how->steps + 1;
    int32_t *ids = calloc((steps + 1) * lanes, sizeof *ids);
    if (!ids) return ur_fail_memory(error, "the symbols");
    for (size_t b = 0; b < lanes; b++)
        for (size_t t = 0; t <= steps; t++)
            ids[t * lanes + b] =
                (int32_t)(SYMBOLS * ur_random_uniform(seed, UR_USE_SAMPLE, (place + b) * (steps + 1) + t));
    ur_status status = ur_flow_ids(s->flow, ids, ids + steps * lanes, lanes, error);
    free(ids);
    return status;
}

static ur_status follow(ur_cli_subject *s, const ur_cli_fresh *f, const ur_flow_settings *how, ur_error *error)
{
    size_t together = TOGETHER / f->hidden;
    together = together ? together : 1;
    for (size_t place = 0; place < how->places; place += together) {
        size_t lanes = how->places - place < together ? how->places - place : together;
        UR_TRY(follow_some(s, how, f->seed, place, lanes, error));
    }
    return ur_cli_subject_finish(s, error);
}

static ur_status make(ur_cli_subject *s, const ur_cli_fresh *f, const char *cell, double gain,
                      const ur_flow_settings *how, ur_error *error)
{
    char net[128], name[128];
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    snprintf(net, sizeof net, "onehot > %s %zu > dense", cell, f->hidden);
    snprintf(name, sizeof name, "%s, gain %g", cell, gain);
    s->gain = gain;
    s->name = strdup(name);
    if (!s->name) return ur_fail_memory(error, "a name");
    UR_TRY(ur_model_create(&s->model, net, &sizes, f->seed, 0, ur_cli_isa(), error));
    UR_TRY(ur_model_set_gain(s->model, &(ur_gain){gain, f->orthogonal, f->keep_bias, f->seed}, error));
    UR_TRY(ur_flow_create(&s->flow, s->model, how, error));
    return follow(s, f, how, error);
}

ur_status ur_cli_fresh_subjects(ur_cli_subjects *all, const ur_cli_fresh *f, const ur_flow_settings *how,
                                ur_error *error)
{
    char cells[CELLS_MOST][NAME_MOST];
    double gains[GAINS_MOST];
    size_t count;
    UR_TRY(read_cells(f->cells, cells, &count, error));
    UR_TRY(read_gains(f->gains, gains, &all->gains, error));
    all->fresh = f;
    all->list = calloc(count * all->gains, sizeof *all->list);
    if (!all->list) return ur_fail_memory(error, "the networks");
    for (size_t i = 0; i < count * all->gains; i++) {
        all->count++;
        UR_TRY(make(&all->list[i], f, cells[i / all->gains], gains[i % all->gains], how, error));
    }
    return UR_OK;
}
