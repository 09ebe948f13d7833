/*
 * A line that is stepped in a loop of plain C. Outputs and final states equal those of a run over all steps, bit for
 * bit, also with dropout. Gradients of parameters, first states and inputs equal finite differences. They also equal
 * those of the run, bit for bit, except for tables and for lines that others read, where numbers are added in another
 * order. Lines that cannot be stepped are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "model/graph.h"
#include "support/gradcheck.h"
#include "support/lab.h"
#include "support/numbers.h"
#include "support/ok.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 5, LANES_MAX = 18, SYMBOLS = 6, FEATURES = 3, UNITS_MAX = 21, CELLS_MAX = 2, NUMBERS_MAX = 1 << 15 };

/* The last line is stepped. %s is a cell. */
static const char *const ALONE[] = {
    "%s 5 > dense 3 tanh", "embed 4 > %s 5 x2 drop=0.3 > dense 4 > dropout 0.2 same > dense 3",
    "onehot > %s 19 > dropout 0.3 > %s 21 nobias > dense 3 sigmoid", "embed 5 > dense 5 > %s 5 > dense tied"};
static const char *const WITH_OTHERS[] = {"a: embed 3 > %s 4; embed 3 > %s 4 from a > dense",
                                          "a: embed 3 > %s 2 > %s 3; embed 3 > %s 4 x2 drop=0.3 from a > dense",
                                          "a: embed 3 > %s 4 bi; embed like a > %s 5 from a > dense",
                                          "a: dense 4 tanh; embed 3 > %s 5 from a > dense",
                                          "a: gru 3 bi > max; embed 4 > join a > %s 5 > dense",
                                          "a: gru 3 > last; join a > %s 5 > dense",
                                          "a: gru 2 bi; embed 3 > %s 5 > attend a > dense",
                                          "a: gru 3; embed 3 > %s 5 x2 drop=0.3 > attend a 4 additive feed > dense"};

typedef struct setting {
    const char *line;
    ur_model *model;
    lab lab;
    bool given; /* the line begins with given states */
    size_t lanes;
    int32_t ids[STEPS * LANES_MAX];
    real values[STEPS * LANES_MAX * FEATURES], begin[CELLS_MAX * UR_STATES_MAX][LANES_MAX * UNITS_MAX];
    real weights[STEPS * LANES_MAX * UNITS_MAX]; /* the loss is Σ weight·output, plus the same sum over the states */
} setting;

/* Numbers without padding: outputs and final states; then gradients of parameters, first states and inputs. */
typedef struct outcome {
    real number[NUMBERS_MAX];
    size_t count, forward;
} outcome;

static const ur_line *last_line(const setting *s) { return &s->model->lines[s->model->line_count - 1]; }

static void set_up(setting *s, const char *line, size_t lanes, size_t threads, bool given)
{
    ur_error error = {0};
    ur_sizes sizes = {.symbols = SYMBOLS, .features = FEATURES, .outputs = SYMBOLS};
    *s = (setting){.line = line, .lanes = lanes, .given = given};
    lab_open(&s->lab, NULL, threads);
    ok(ur_model_create(&s->model, line, &sizes, 3, 0, NULL, &error), &error);
    ok(ur_model_prepare_training(s->model, &error), &error);
    fill_random(s->model->values, s->model->numbers, 1, 0.7);
    ur_model_changed(s->model);
    fill_ids(s->ids, STEPS * LANES_MAX, 2, SYMBOLS);
    for (int32_t k = 0; k < SYMBOLS; k++) s->ids[(size_t)k % STEPS * lanes + (lanes > 1 && k >= STEPS)] = k;
    fill_random(s->values, STEPS * LANES_MAX * FEATURES, 3, 1);
    fill_random(s->weights, STEPS * LANES_MAX * UNITS_MAX, 4, 1);
    for (uint32_t i = 0; i < CELLS_MAX * UR_STATES_MAX; i++)
        fill_random(s->begin[i], LANES_MAX * UNITS_MAX, 10 + i, 0.7);
}

static void tear_down(setting *s)
{
    ur_model_free(s->model);
    lab_close(&s->lab);
}

static void add_numbers(outcome *o, const real *padded, size_t rows, size_t width)
{
    assert_non_null(padded);
    assert_true(o->count + rows * width <= NUMBERS_MAX);
    for (size_t r = 0; r < rows; r++, o->count += width)
        memcpy(o->number + o->count, padded + r * ur_padded(width), width * sizeof(real));
}

/* Adds Σ weight·number of a tensor to the loss, and the weights to the tensor's gradient. */
static double add_loss(setting *s, ur_tensor *t, const real *weights)
{
    double loss = 0;
    add_gradient(&s->lab, t, weights);
    for (size_t i = 0; i < t->steps * t->lanes * t->width; i++)
        loss += (double)(weights[i] * t->value[i / t->width * t->row + i % t->width]);
    return loss;
}

typedef struct passing {
    ur_line_states begin;
    ur_tensor *x[STEPS], *y[STEPS];
    ur_value values[UR_LINES_MAX];
} passing;

static void begin_states(setting *s, passing *p)
{
    const ur_layer *l = &s->model->layers[last_line(s)->first];
    for (size_t k = 0; s->given && l; l = l->behind) {
        if (!ur_is_recurrent(l)) continue;
        for (size_t i = 0; i < l->states; i++)
            p->begin.of[k][i] =
                ur_tensor_from(&s->lab.tape, s->begin[k * UR_STATES_MAX + i], 1, s->lanes, l->units, true);
        k++;
    }
}

/* Runs the lines before the last as a whole, and the last line in `pieces` pieces. */
static void run_lines(setting *s, passing *p, size_t pieces)
{
    size_t last = s->model->line_count - 1, steps = STEPS / pieces, piece = steps * s->lanes;
    ur_tape *tape = &s->lab.tape;
    ur_error error = {0};
    const ur_sequences in = {.steps = STEPS, .lanes = s->lanes, .ids = s->ids, .values = s->values};
    for (size_t i = 0; i < last; i++) ur_line_run(s->model, tape, i, &(ur_line_call){.in = in}, p->values);
    for (size_t n = 0; n < pieces; n++) {
        const real *values = s->values + n * piece * FEATURES;
        ur_line_call call = {.in = {.steps = steps, .lanes = s->lanes, .ids = s->ids + n * piece}};
        if (last_line(s)->features) call.x = p->x[n] = ur_tensor_from(tape, values, steps, s->lanes, FEATURES, true);
        call.states = n ? &p->values[last].states : s->given ? &p->begin : NULL;
        (pieces > 1 ? ur_line_step : ur_line_run)(s->model, tape, last, &call, p->values);
        p->y[n] = p->values[last].y;
    }
    ok(ur_tape_status(tape, &error), &error);
}

/* Runs and returns the loss. If o is not NULL, also goes backward and collects all numbers. */
static double run(setting *s, size_t pieces, outcome *o)
{
    passing p = {.begin = {.steps = 0}};
    double loss = 0;
    lab_begin(&s->lab, true);
    s->lab.tape.seed = 3;
    s->lab.tape.step = 5;
    begin_states(s, &p);
    run_lines(s, &p, pieces);
    for (size_t n = 0; n < pieces; n++) {
        size_t rows = p.y[n]->steps * s->lanes, width = p.y[n]->width;
        if (o) add_numbers(o, p.y[n]->value, rows, width);
        loss += add_loss(s, p.y[n], s->weights + n * rows * width);
    }
    const ur_line_states *ends = &p.values[s->model->line_count - 1].states;
    assert_int_equal(ends->steps, STEPS);
    for (size_t k = 0; k < CELLS_MAX; k++)
        for (size_t i = 0; i < UR_STATES_MAX && ends->of[k][i]; i++) {
            if (o) add_numbers(o, ends->of[k][i]->value, s->lanes, ends->of[k][i]->width);
            loss += add_loss(s, ends->of[k][i], s->weights + 7 * i);
        }
    if (!o) return loss;
    o->forward = o->count;
    memset(s->model->gradients, 0, s->model->numbers * sizeof(real));
    lab_backward(&s->lab);
    assert_true(o->count + s->model->numbers <= NUMBERS_MAX);
    memcpy(o->number + o->count, s->model->gradients, s->model->numbers * sizeof(real));
    o->count += s->model->numbers;
    for (size_t k = 0; k < CELLS_MAX; k++)
        for (size_t i = 0; i < UR_STATES_MAX && p.begin.of[k][i]; i++)
            add_numbers(o, p.begin.of[k][i]->gradient, s->lanes, p.begin.of[k][i]->width);
    for (size_t n = 0; n < pieces && p.x[n]; n++) add_numbers(o, p.x[n]->gradient, p.x[n]->steps * s->lanes, FEATURES);
    return loss;
}

static void assert_close(const setting *s, const outcome *a, const outcome *b)
{
    double off = 0, size = 0;
    for (size_t i = a->forward; i < a->count; i++) {
        off += pow((double)(a->number[i] - b->number[i]), 2);
        size += pow((double)b->number[i], 2);
    }
    assert_true(size > 0);
    if (!(sqrt(off) <= 1e-6 * sqrt(size))) fail_msg("%s: gradients are off by %g", s->line, sqrt(off / size));
}

#ifdef UR_REAL_DOUBLE
enum { NUMBERS_FEW = 1000 }; /* limit of parameters, because a network is run at least twice for each of them */

static double stepped_loss(void *context)
{
    setting *s = context;
    ur_model_changed(s->model);
    return run(s, STEPS, NULL);
}

static void check_differences(setting *s, const outcome *stepped)
{
    ur_parameter p;
    const real *gradient = stepped->number + stepped->forward;
    for (size_t i = 0; ur_model_parameter(s->model, i, &p); i++) {
        char what[256];
        snprintf(what, sizeof what, "%s: %s", s->line, p.name);
        check_gradient(what, p.value, gradient + (p.value - s->model->values), p.size, stepped_loss, s);
    }
    gradient += s->model->numbers;
    const ur_layer *l = &s->model->layers[last_line(s)->first];
    for (size_t k = 0; s->given && l; l = l->behind) {
        size_t size = s->lanes * l->units;
        if (!ur_is_recurrent(l)) continue;
        for (size_t i = 0; i < l->states; i++, gradient += size)
            check_gradient(s->line, s->begin[k * UR_STATES_MAX + i], gradient, size, stepped_loss, s);
        k++;
    }
    if (last_line(s)->features)
        check_gradient(s->line, s->values, gradient, STEPS * s->lanes * FEATURES, stepped_loss, s);
}
#endif

/*
 * Feeding outputs back makes a whole run a loop as well, so the gradients of the last line's weights have the same bits
 * as in the steps.
 */
static void check_fed(const setting *s, const outcome *stepped, const outcome *whole)
{
    ur_parameter p;
    size_t compared = 0;
    for (size_t i = 0; ur_model_parameter(s->model, i, &p); i++) {
        size_t at = whole->forward + (size_t)(p.value - s->model->values);
        if (strncmp(p.name, "a.", 2) == 0 || strstr(p.name, "embed")) continue;
        assert_same(p.name, stepped->number + at, whole->number + at, p.size);
        compared++;
    }
    assert_true(compared > 4);
}

static void check_line(const char *line, size_t lanes, size_t threads, bool given)
{
    outcome *whole = zeros(1, sizeof *whole), *stepped = zeros(1, sizeof *stepped);
    setting s;
    set_up(&s, line, lanes, threads, given);
    double loss = run(&s, 1, whole);
    run(&s, STEPS, stepped);
    assert_true(isfinite(loss) && whole->forward > 0 && whole->count > whole->forward);
    assert_int_equal(whole->count, stepped->count);
    assert_same(line, stepped->number, whole->number, whole->forward);
    assert_close(&s, stepped, whole);
    if (!strstr(line, "embed") && !strstr(line, "onehot") && !strstr(line, ";"))
        assert_same(line, stepped->number + whole->forward, whole->number + whole->forward,
                    whole->count - whole->forward);
    if (strstr(line, "feed")) check_fed(&s, stepped, whole);
#ifdef UR_REAL_DOUBLE
    if (lanes == 2 && s.model->numbers < NUMBERS_FEW) check_differences(&s, stepped);
#endif
    tear_down(&s);
    free(whole);
    free(stepped);
}

static void check_cells(const char *const *lines, size_t count, bool given)
{
    const ur_cell *cell;
    for (size_t i = 0; (cell = ur_cell_at(i, 0)) != NULL; i++)
        for (size_t n = 0; n < count; n++) {
            char line[160];
            snprintf(line, sizeof line, lines[n], cell->name, cell->name, cell->name);
            check_line(line, 2, 0, given);
            check_line(line, 1, 0, false);
            check_line(line, LANES_MAX, 2, given);
        }
}

static void steps_are_a_run(void **state)
{
    (void)state;
    check_cells(ALONE, sizeof ALONE / sizeof *ALONE, true);
}

static void steps_behind_other_lines_are_a_run(void **state)
{
    (void)state;
    check_cells(WITH_OTHERS, sizeof WITH_OTHERS / sizeof *WITH_OTHERS, false);
}

/* ---- lines that are refused ------------------------------------------------------------------------------------ */

static void assert_refused(setting *s, size_t i, const ur_line_call *call, ur_value *values, ur_status expected,
                           const char *said)
{
    ur_error error = {0};
    lab_begin(&s->lab, false);
    assert_false(ur_line_step(s->model, &s->lab.tape, i, call, values));
    ur_status status = ur_tape_status(&s->lab.tape, &error);
    if (status != expected || !strstr(error.text, said)) fail_msg("%s: %d %s", s->line, (int)status, error.text);
}

static void whole_sequences_are_not_stepped(void **state)
{
    (void)state;
    static const char *const LINES[][2] = {{"gru 4 bi > dense 3", "\"bi\" in line 1 of \"gru 4 bi > dense 3\""},
                                           {"gru 4 > mean > dense 3", "\"mean\" in line 1"},
                                           {"gru 4 > max", "\"max\" in line 1"}};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        ur_value values[UR_LINES_MAX] = {{.y = NULL}};
        setting s;
        set_up(&s, LINES[i][0], 2, 0, false);
        const ur_line_call call = {.in = {.steps = 1, .lanes = 2, .values = s.values}};
        assert_refused(&s, 0, &call, values, UR_ERR_UNSUPPORTED, LINES[i][1]);
        tear_down(&s);
    }
}

static void wrong_calls_are_refused(void **state)
{
    (void)state;
    ur_value values[UR_LINES_MAX] = {{.y = NULL}};
    real number[LANES_MAX * UNITS_MAX] = {0};
    ur_tensor wide = {.steps = 1, .lanes = 2, .width = 4, .row = 16, .value = number};
    ur_line_states states = {.of = {{&wide}}};
    setting s;
    set_up(&s, "a: embed 3 > gru 4; gru 5 > join a > dense 3", 2, 0, false);
    ur_line_call call = {.in = {.steps = 2, .lanes = 2, .ids = s.ids, .values = s.values}};
    assert_refused(&s, 0, &call, values, UR_ERR_USAGE, "\" is to be stepped, but its input has 2 steps");
    call.in.steps = 1;
    assert_refused(&s, 1, &call, values, UR_ERR_USAGE, "reads line 1, which has not run");
    assert_refused(&s, 0, &(ur_line_call){.x = &wide}, values, UR_ERR_USAGE, "an input of width 4 enters line 1");
    int32_t ids[2] = {0, SYMBOLS};
    assert_refused(&s, 0, &(ur_line_call){.in = {.steps = 1, .lanes = 2, .ids = ids}}, values, UR_ERR_DATA, "id 6");
    call.states = &states;
    values[0] = (ur_value){.y = &wide, .shape = {.steps = 1, .lanes = 2}, .states = {.steps = 1}};
    assert_refused(&s, 1, &call, values, UR_ERR_USAGE, "\" cannot begin from state 1 of 2 lanes and 4 numbers");
    values[0].shape.steps = 2;
    assert_refused(&s, 1, &call, values, UR_ERR_USAGE, "\": that line has 2 steps of 2 lanes, this one 1 of 2");
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_a_run),
        cmocka_unit_test(steps_behind_other_lines_are_a_run),
        cmocka_unit_test(whole_sequences_are_not_stepped),
        cmocka_unit_test(wrong_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
