/* Scores against their definitions: the area by comparing all pairs, the correlation by the textbook. A network made by hand
 * whose one unit follows a bit is found, with area 1, and is needed. Labels say the same wherever lanes begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "support/numbers.h"

#include "inspect/labels.h"
#include "inspect/letters.h"
#include "inspect/tally.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 600, CELLS = 21, PREDICATES = 3 }; /* often, rarely, a number */

/* ---- Scores ------------------------------------------------------------------------------------------------------- */

typedef struct data {
    real value[PLACES * CELLS];
    float truth[PREDICATES * PLACES];
    unsigned char half[PLACES];
} data;

/* Values on a grid, so that there are ties, and related to what is to be found. */
static data *make_data(void)
{
    data *d = zeros(1, sizeof *d);
    real *x = random_numbers(PLACES * (CELLS + 4), 5, 1), *y = x + PLACES * CELLS;
    for (size_t m = 0; m < PLACES; m++) {
        d->truth[m] = y[4 * m] > -0.3f;
        d->truth[PLACES + m] = y[4 * m + 1] > 0.95f;
        d->truth[2 * PLACES + m] = (float)floor(5 * (double)y[4 * m + 2]);
        d->half[m] = m % 7 == 0 ? UR_TALLY_SKIP : m >= PLACES / 2;
        for (size_t i = 0; i < CELLS; i++) {
            double related = (double)d->truth[m] * 0.2 * (double)i / CELLS + 0.1 * (double)d->truth[2 * PLACES + m];
            d->value[m * CELLS + i] = (real)(floor(8 * ((double)x[m * CELLS + i] + related)) / 8);
        }
    }
    free(x);
    return d;
}

static double area_of(const data *d, int half, size_t predicate, size_t cell)
{
    double above = 0, pairs = 0;
    const float *truth = d->truth + predicate * PLACES;
    for (size_t a = 0; a < PLACES; a++)
        for (size_t b = 0; b < PLACES; b++) {
            if (d->half[a] != half || d->half[b] != half || !(truth[a] > 0) || truth[b] > 0) continue;
            double x = (double)d->value[a * CELLS + cell], y = (double)d->value[b * CELLS + cell];
            above += x > y ? 1 : x == y ? 0.5 : 0;
            pairs++;
        }
    return above / pairs;
}

static double correlation_of(const data *d, int half, size_t cell)
{
    double x[PLACES], y[PLACES], mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;
    size_t n = 0;
    for (size_t m = 0; m < PLACES; m++) {
        if (d->half[m] != half) continue;
        x[n] = (double)d->value[m * CELLS + cell];
        y[n] = (double)d->truth[2 * PLACES + m];
        mean_x += x[n], mean_y += y[n], n++;
    }
    mean_x /= (double)n, mean_y /= (double)n;
    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        yy += (y[i] - mean_y) * (y[i] - mean_y);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return xy / sqrt(xx * yy);
}

static ur_tally *tally_data(const data *d, size_t chunk_places, ur_pool *pool)
{
    static const bool counts[PREDICATES] = {false, false, true};
    ur_error error = {0};
    ur_tally *t;
    ok(ur_tally_create(&t, CELLS, counts, PREDICATES, chunk_places, &error), &error);
    float *truth = zeros(PREDICATES * chunk_places, sizeof *truth);
    for (size_t m = 0; m < PLACES; m += chunk_places) {
        size_t places = PLACES - m < chunk_places ? PLACES - m : chunk_places;
        for (size_t p = 0; p < PREDICATES; p++)
            memcpy(truth + p * places, d->truth + p * PLACES + m, places * sizeof *truth);
        /* as two layers, the first one no multiple of a block */
        ur_tally_layer layers[2] = {{d->value + m * CELLS, CELLS, 18}, {d->value + m * CELLS + 18, CELLS, CELLS - 18}};
        ok(ur_tally_add(t, &(ur_tally_chunk){places, d->half + m, truth, layers, 2}, pool, &error), &error);
    }
    free(truth);
    return t;
}

static void check_scores(const data *d, const ur_tally *t)
{
    for (int half = 0; half < 2; half++)
        for (size_t cell = 0; cell < CELLS; cell++) {
            for (size_t p = 0; p < 2; p++)
                assert_float_equal(ur_tally_score(t, half, p, cell), area_of(d, half, p, cell), 1e-12);
            assert_float_equal(ur_tally_score(t, half, 2, cell), correlation_of(d, half, cell), 1e-12);
        }
}

static void test_scores(void **state)
{
    (void)state;
    static const size_t chunks[] = {PLACES, 128, 33};
    ur_error error = {0};
    data *d = make_data();
    for (size_t i = 0; i < 3; i++)
        for (size_t threads = 1; threads < 4; threads++) {
            ur_pool *pool;
            ok(ur_pool_create(&pool, threads, &error), &error);
            ur_tally *t = tally_data(d, chunks[i], pool);
            check_scores(d, t);
            ur_tally_free(t);
            ur_pool_free(pool);
        }
    free(d);
}

/* A unit that stands still tells nothing apart, and is not taken for one that correlates by rounding. */
static void test_unit_that_stands_still(void **state)
{
    (void)state;
    data *d = make_data();
    for (size_t m = 0; m < PLACES; m++) d->value[m * CELLS + 3] = (real)0.3;
    ur_tally *t = tally_data(d, 100, NULL);
    assert_float_equal(ur_tally_score(t, 1, 0, 3), 0.5, 0);
    assert_true(isnan(ur_tally_score(t, 1, 2, 3)));
    ur_tally_free(t);
    free(d);
}

/* ---- A unit that follows a bit ------------------------------------------------------------------------------------ */

static const char *const TOKENS[] = {"\n", "\"", "a", "b", "c"};
enum { KINDS = 5, HIDDEN = 4, FOLLOWER = 2 };

static ur_parameter parameter(ur_model *model, const char *name)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++)
        if (strstr(p.name, name)) return p;
    fail_msg("no parameter %s", name);
    return p;
}

/*
 * An LSTM whose unit FOLLOWER is about +1 inside quotation marks and −1 outside: at a mark the forget gate shuts and the
 * input gate opens, and g has the sign opposite to h before; elsewhere c stays. All other units rest at 0. Inside, "b" is
 * likely, outside "a".
 */
static ur_model *make_follower(void)
{
    ur_error error = {0};
    ur_model *model;
    ur_sizes sizes = {.symbols = KINDS, .outputs = KINDS};
    ok(ur_model_create(&model, "onehot > lstm 4 > dense", &sizes, 1, 0, NULL, &error), &error);
    ok(ur_model_set_tokens(model, "char", TOKENS, KINDS, false, &error), &error);
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++) memset(p.value, 0, p.size * sizeof *p.value);
    enum { I, F, G, O };
    ur_parameter in = parameter(model, "weight_ih"), again = parameter(model, "weight_hh");
    ur_parameter bias = parameter(model, "bias_ih"), out = parameter(model, "out.weight");
    size_t row = FOLLOWER;
    bias.value[I * HIDDEN + row] = -20, bias.value[F * HIDDEN + row] = 20, bias.value[O * HIDDEN + row] = 20;
    in.value[(I * HIDDEN + row) * KINDS + 1] = 40, in.value[(F * HIDDEN + row) * KINDS + 1] = -40;
    bias.value[G * HIDDEN + row] = 1; /* from zero: inside */
    again.value[(G * HIDDEN + row) * HIDDEN + row] = -20;
    assert_int_equal(out.shape[1], HIDDEN);
    out.value[3 * HIDDEN + FOLLOWER] = 3, out.value[2 * HIDDEN + FOLLOWER] = -3;
    ur_model_changed(model);
    return model;
}

/* Lines "aca"bcb"aa…" with a quotation mark at random places. */
static const char *write_lines(temp_text *temp, size_t length)
{
    char *text = zeros(length + 1, 1);
    int32_t *ids = zeros(length, sizeof *ids);
    fill_ids(ids, length, 3, 24);
    bool inside = false;
    for (size_t i = 0; i < length; i++) {
        bool mark = ids[i] == 0;
        inside = inside != mark;
        text[i] = mark ? '"' : ids[i] < 5 ? 'c' : ids[i] == 5 && !inside ? '\n' : inside ? 'b' : 'a';
        if (i && text[i] == '\n' && text[i - 1] == '\n') text[i] = 'a';
    }
    const char *path = temp_string(temp, "text", text);
    free(text), free(ids);
    return path;
}

static ur_cells *find_on(ur_model *model, const char *path, size_t threads, size_t sample)
{
    ur_error error = {0};
    ur_cells *cells;
    const char *paths[] = {path};
    ur_cell_search search = {.reading = {.paths = paths, .path_count = 1, .threads = threads},
                             .sample = sample,
                             .follow = true,
                             .unit = FOLLOWER};
    ok(ur_cells_find(&cells, model, &search, &error), &error);
    return cells;
}

static ur_cells *find(ur_model *model, const char *path, size_t threads) { return find_on(model, path, threads, 2000); }

static void check_sample(const ur_cells *cells)
{
    ur_cell_sample s = ur_cells_sample(cells);
    const float *truth = ur_cells_truth(cells, 0), *values = ur_cells_values(cells, 0);
    for (size_t i = s.warm * s.lanes; i < s.steps * s.lanes; i++)
        if ((truth[i] > 0) != (values[i] > 0)) fail_msg("place %zu of the sample", i);
    assert_memory_equal(values, ur_cells_values(cells, ur_cells_count(cells)), s.steps * s.lanes * sizeof *values);
}

/* Fewer tokens than lanes: a step of each counts. */
static void test_small_sample(void **state)
{
    ur_model *model = make_follower();
    ur_cells *cells = find_on(model, write_lines(*state, 30000), 1, 1);
    ur_cell_sample s = ur_cells_sample(cells);
    assert_true(s.lanes > 1);
    assert_int_equal(s.steps, s.warm + 1);
    assert_true(isfinite(s.loss) && isfinite(ur_cells_score(cells, 0).rise));
    ur_cells_free(cells);
    ur_model_free(model);
}

/* In one lane the follower knows all; in several, each from a zero state, only lanes that begin outside are right. */
static void test_follower(void **state)
{
    ur_model *model = make_follower();
    const char *path = write_lines(*state, 1000);
    ur_cells *cells = find(model, path, 1);
    ur_cell_score s = ur_cells_score(cells, 0);
    assert_string_equal(s.predicate.name, "quote");
    assert_int_equal(s.verdict, UR_CELL_SCORED);
    assert_int_equal(s.unit, FOLLOWER);
    assert_false(s.falls);
    assert_float_equal(s.score, 1, 0);
    assert_true(s.control < 1);
    assert_true(s.rise > 0.5); /* a and b can no longer be told apart */
    assert_true(s.share > 0.2 && s.share < 0.8);
    assert_int_equal(ur_cells_score(cells, 1).verdict, UR_CELL_NEVER);
    assert_true(isnan(ur_cells_score(cells, 1).score));
    assert_null(ur_cells_values(cells, 1));
    check_sample(cells);
    ur_cells_free(cells);
    ur_model_free(model);
}

static void test_threads_do_not_matter(void **state)
{
    ur_model *model = make_follower();
    const char *path = write_lines(*state, 30000);
    ur_cells *one = find(model, path, 1), *three = find(model, path, 3);
    for (size_t i = 0; i < ur_cells_count(one); i++) {
        ur_cell_score a = ur_cells_score(one, i), b = ur_cells_score(three, i);
        assert_int_equal(a.verdict, b.verdict);
        if (a.verdict != UR_CELL_SCORED) continue;
        assert_memory_equal(&a.score, &b.score, sizeof a.score);
        assert_memory_equal(&a.control, &b.control, sizeof a.control);
        assert_memory_equal(&a.rise, &b.rise, sizeof a.rise);
    }
    ur_cells_free(one), ur_cells_free(three);
    ur_model_free(model);
}

/* ---- Labels ------------------------------------------------------------------------------------------------------- */

static ur_status mark_b(void *context, const char *line, size_t length, unsigned char *mark, ur_error *error)
{
    (void)context, (void)error;
    assert_true(length == 0 || line[length - 1] != '\n');
    for (size_t i = 0; i < length; i++) mark[i] = line[i] == 'b' && line[length - 1] == 'c';
    return UR_OK;
}

enum { TRUTHS = UR_BUILT_IN + 1 };

static float *label(const ur_model *model, const char *path, size_t lanes, uint64_t begin, uint64_t piece)
{
    ur_error error = {0};
    const char *paths[] = {path};
    ur_labels *labels;
    ur_own_predicate own = {"b", mark_b, NULL};
    ur_reading reading = {.paths = paths, .path_count = 1};
    ur_passage passage = {.lanes = lanes, .begin = begin, .piece = piece};
    ok(ur_labels_open(&labels, model, &reading, &passage, &own, 1, &error), &error);
    float *truth = zeros(lanes * piece * TRUTHS, sizeof *truth);
    for (size_t t = 0; t < piece; t++)
        for (size_t b = 0; b < lanes; b++)
            ok(ur_labels_next(labels, b, truth + (b * piece + t) * TRUTHS, 1, &error), &error);
    ur_labels_close(labels);
    return truth;
}

/* Lanes know what was open before they begin, and a predicate of one's own has the whole line. */
static void test_labels_in_lanes(void **state)
{
    ur_model *model = make_follower();
    const char *path = write_lines(*state, 9001);
    float *all = label(model, path, 1, 0, 9000);
    static const size_t cuts[][3] = {{3, 0, 3000}, {7, 100, 1200}, {250, 0, 36}, {1, 8000, 1000}};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        size_t lanes = cuts[i][0], begin = cuts[i][1], piece = cuts[i][2];
        float *some = label(model, path, lanes, begin, piece);
        assert_memory_equal(some, all + begin * TRUTHS, lanes * piece * TRUTHS * sizeof *some);
        free(some);
    }
    free(all);
    ur_model_free(model);
}

/* A line longer than 4096 tokens is taken in parts; the machine goes on. */
static void test_long_line(void **state)
{
    ur_model *model = make_follower();
    char *text = zeros(10001, 1);
    memset(text, 'a', 10000);
    text[5] = '"';
    const char *path = temp_string(*state, "text", text);
    float *truth = label(model, path, 2, 0, 5000);
    for (size_t i = 0; i < 10000; i++) {
        assert_int_equal(truth[i * TRUTHS + UR_IS_QUOTE], i >= 5);
        assert_int_equal(truth[i * TRUTHS + UR_IS_COLUMN], i + 1);
    }
    free(truth), free(text);
    ur_model_free(model);
}

/* ---- Mistakes ----------------------------------------------------------------------------------------------------- */

static void expect_mistake(const ur_model *model, const ur_cell_search *search, ur_status status, const char *text)
{
    ur_error error = {0};
    ur_cells *cells;
    assert_int_equal(ur_cells_find(&cells, model, search, &error), status);
    assert_string_equal(error.text, text);
    assert_null(cells);
}

static void test_mistakes(void **state)
{
    ur_error error = {0};
    ur_model *model = make_follower(), *flat;
    const char *paths[] = {write_lines(*state, 100)};
    ur_cell_search search = {.reading = {.paths = paths, .path_count = 1}, .follow = true, .unit = HIDDEN};
    expect_mistake(model, &search, UR_ERR_USAGE, "no neuron 4 in recurrent layer 0 of \"onehot > lstm 4 > dense\"");
    ur_sizes sizes = {.symbols = KINDS, .outputs = KINDS};
    ok(ur_model_create(&flat, "onehot > dense", &sizes, 1, 0, NULL, &error), &error);
    ok(ur_model_set_tokens(flat, "char", TOKENS, KINDS, false, &error), &error);
    expect_mistake(flat, &search, UR_ERR_USAGE,
                   "the model (\"onehot > dense\") has no recurrent layer, so there are no cells");
    ur_model_free(flat), ur_model_free(model);
}

/* The shortest texts give an answer: that there was too little. */
static void test_short_texts(void **state)
{
    ur_model *model = make_follower();
    static const char *const texts[] = {"ab", "abc", "\"a\"b", "a\nb\nc\n"};
    for (size_t i = 0; i < 4; i++) {
        ur_cells *cells = find(model, temp_string(*state, "text", texts[i]), 1);
        for (size_t p = 0; p < UR_IS_DEPTH; p++) assert_int_not_equal(ur_cells_score(cells, p).verdict, UR_CELL_SCORED);
        ur_cells_free(cells);
    }
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),          cmocka_unit_test(test_unit_that_stands_still),
        cmocka_unit_test(test_follower),        cmocka_unit_test(test_threads_do_not_matter),
        cmocka_unit_test(test_labels_in_lanes), cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_mistakes),        cmocka_unit_test(test_short_texts),
        cmocka_unit_test(test_small_sample),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
