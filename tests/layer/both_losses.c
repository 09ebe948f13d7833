/*
 * Every loss in loss.inc; a new loss is tested without a change here, and fails until tests/golden has its file. The
 * loss and its gradients are PyTorch's, with every instruction set. The bits are the same for a lane alone and among
 * others.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "layer/crf.h"
#include "loss_run.h"
#include "support/golden.h"
#include "support/numbers.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARAMS = 3, LEVELS_MOST = 8 };

static const char *const PARAM_NAMES[PARAMS] = {"transitions", "start_transitions", "end_transitions"};

/* The inputs that a golden file has; what it lacks is NULL. */
typedef struct sample {
    golden g;
    const ur_loss_kind *kind;
    size_t steps, lanes, width; /* of the outputs */
    size_t given, numbers;      /* steps of the targets; numbers in one of them */
    real *x, *values, *weights;
    int32_t *ids, *lengths, *ends; /* lengths: of the targets; ends: of the outputs */
    double levels[LEVELS_MOST];
    size_t level_count;
    ur_param *param[PARAMS];
    ur_crf crf;
} sample;

static real *values_or_null(const golden *g, const char *name)
{
    return golden_has(g, name) ? golden_values(g, name, NULL) : NULL;
}

static ur_param *param_or_null(const golden *g, const char *name)
{
    if (!golden_has(g, name)) return NULL;
    const ur_tensor_entry *entry = golden_entry(g, name);
    ur_param *param = new_param(name, entry->shape[0], entry->rank == 2 ? entry->shape[1] : 0);
    free(param->value);
    param->value = golden_values(g, name, NULL);
    return param;
}

static void load_targets(sample *s)
{
    const ur_tensor_entry *entry = golden_entry(&s->g, "targets");
    s->given = entry->shape[0];
    s->numbers = entry->rank == 3 ? entry->shape[2] : 1;
    if (entry->dtype == UR_I64)
        s->ids = golden_ids(&s->g, "targets", NULL);
    else
        s->values = golden_values(&s->g, "targets", NULL);
    s->weights = values_or_null(&s->g, "weights");
    s->lengths = golden_ids(&s->g, "lengths", NULL);
    s->ends = golden_ids(&s->g, s->kind->own_steps ? "ends" : "lengths", NULL);
    if (!golden_has(&s->g, "levels")) return;
    real *levels = golden_values(&s->g, "levels", &s->level_count);
    assert_true(s->level_count <= LEVELS_MOST);
    for (size_t i = 0; i < s->level_count; i++) s->levels[i] = (double)levels[i];
    free(levels);
}

static sample load(const ur_loss_kind *kind)
{
    char name[64];
    snprintf(name, sizeof name, "loss-%s", kind->word);
    sample s = {.g = golden_open(name), .kind = kind};
    const size_t *shape = golden_entry(&s.g, "x")->shape;
    s.steps = shape[0], s.lanes = shape[1], s.width = shape[2];
    s.x = golden_values(&s.g, "x", NULL);
    load_targets(&s);
    for (size_t i = 0; i < PARAMS; i++) s.param[i] = param_or_null(&s.g, PARAM_NAMES[i]);
    s.crf = (ur_crf){s.width, s.param[0], s.param[1], s.param[2]};
    return s;
}

static void unload(sample *s)
{
    void *all[] = {s->x, s->values, s->weights, s->ids, s->lengths, s->ends};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    for (size_t i = 0; i < PARAMS; i++) free_param(s->param[i]);
    golden_close(&s->g);
}

/* The targets of all lanes. */
static ur_targets targets_of(const sample *s)
{
    return (ur_targets){.steps = s->steps,
                        .lanes = s->lanes,
                        .width = s->width,
                        .given = s->given,
                        .ids = s->ids,
                        .values = s->values,
                        .lengths = s->lengths,
                        .ends = s->ends,
                        .weights = s->weights,
                        .smoothing = golden_number(&s->g, "smoothing", 0),
                        .crf = s->param[0] ? &s->crf : NULL,
                        .levels = s->levels,
                        .level_count = s->level_count};
}

static loss_run run_all(const sample *s, const char *isa)
{
    for (size_t i = 0; i < PARAMS; i++)
        if (s->param[i]) memset(s->param[i]->gradient, 0, s->param[i]->size * sizeof(real));
    return run_loss(s->kind, isa, 2, s->x, targets_of(s));
}

/* ---- PyTorch ------------------------------------------------------------------------------------------------------ */

static void check_values(const sample *s, const char *isa)
{
    loss_run r = run_all(s, isa);
    real sum = (real)r.sum;
    assert_golden(&s->g, "loss", &sum, 1);
    assert_golden(&s->g, "grad.x", r.d, s->steps * s->lanes * s->width);
    assert_true((double)r.count == golden_number(&s->g, "count", NAN));
    for (size_t i = 0; i < PARAMS; i++) {
        char name[64];
        snprintf(name, sizeof name, "grad.%s", PARAM_NAMES[i]);
        if (s->param[i]) assert_golden(&s->g, name, s->param[i]->gradient, s->param[i]->size);
    }
    free(r.d);
}

static void test_pytorch(void **state)
{
    (void)state;
    for (size_t i = 0; ur_loss_at(i); i++) {
        sample s = load(ur_loss_at(i));
        for (size_t isa = 0; ur_isa_name(isa); isa++) check_values(&s, ur_isa_name(isa));
        unload(&s);
    }
}

/* ---- a lane alone ------------------------------------------------------------------------------------------------- */

/* Copies one lane of (rows, B) pieces of `size` bytes. The caller frees the copy; NULL gives NULL. */
static void *lane_of(const sample *s, const void *all, size_t lane, size_t rows, size_t size)
{
    char *one = all ? zeros(rows, size) : NULL;
    for (size_t t = 0; one && t < rows; t++)
        memcpy(one + t * size, (const char *)all + (t * s->lanes + lane) * size, size);
    return one;
}

/* Adds the lane's loss and count to *sum and *count. */
static void check_lane(const sample *s, const real *d, size_t lane, double *sum, size_t *count)
{
    size_t steps = (size_t)s->ends[lane], given = (size_t)s->lengths[lane];
    real *x = lane_of(s, s->x, lane, steps, s->width * sizeof(real)),
         *values = lane_of(s, s->values, lane, given, s->numbers * sizeof(real)),
         *weights = lane_of(s, s->weights, lane, given, sizeof(real));
    int32_t *ids = lane_of(s, s->ids, lane, given, sizeof(int32_t));
    ur_targets one = targets_of(s);
    one.steps = steps, one.lanes = 1, one.given = given;
    one.ids = ids, one.values = values, one.weights = weights;
    one.lengths = one.ends = NULL;
    loss_run r = run_loss(s->kind, NULL, 0, x, one);
    for (size_t t = 0; t < steps; t++)
        assert_same(s->g.name, r.d + t * s->width, d + (t * s->lanes + lane) * s->width, s->width);
    *sum += r.sum;
    *count += r.count;
    void *all[] = {r.d, x, values, weights, ids};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

/*
 * The gradients of a lane alone have the bits that they have among others. The losses are not negative and are added in
 * another order, so the two sums differ by less than n roundings of the whole, n being the number of rows.
 */
static void test_a_lane_alone(void **state)
{
    (void)state;
    for (size_t i = 0; ur_loss_at(i); i++) {
        sample s = load(ur_loss_at(i));
        loss_run all = run_all(&s, NULL);
        double sum = 0;
        size_t count = 0;
        assert_true(s.lanes > UR_SHARD);
        for (size_t lane = 0; lane < s.lanes; lane++) check_lane(&s, all.d, lane, &sum, &count);
        assert_int_equal(count, all.count);
        assert_true(fabs(sum - all.sum) <= (double)(s.steps * s.lanes) * DBL_EPSILON * all.sum);
        free(all.d);
        unload(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pytorch), cmocka_unit_test(test_a_lane_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
