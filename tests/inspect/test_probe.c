/*
 * What the probe shows is what happened: states are those of single steps, bit for bit; the states follow from the gates by
 * the equations; a held unit stays where it is held, and what others do changes. For every cell of cell.inc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "cell/cell.h"
#include "inspect/letters.h"
#include "support/numbers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 7, LANES = 3, SYMBOLS = 11, UNITS = 21 };

typedef struct setting {
    ur_model *model;
    ur_probe *probe;
    int32_t ids[STEPS * LANES];
    ur_batch batch;
} setting;

static void set_up(setting *s, const char *cell, size_t threads)
{
    char line[64];
    ur_error error = {0};
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    *s = (setting){0};
    snprintf(line, sizeof line, "embed 5 > %s %d > %s 17 > dense", cell, UNITS, cell);
    ok(ur_model_create(&s->model, line, &sizes, 3, 0.6, NULL, &error), &error);
    ok(ur_probe_create(&s->probe, s->model, threads, &error), &error);
    fill_ids(s->ids, STEPS * LANES, 4, SYMBOLS);
    s->batch = (ur_batch){.input = {{.steps = STEPS, .lanes = LANES, .ids = s->ids}}};
}

static void run(setting *s)
{
    ur_error error = {0};
    ok(ur_probe_run(s->probe, &s->batch, &error), &error);
}

static void tear_down(setting *s)
{
    ur_probe_free(s->probe);
    ur_model_free(s->model);
}

/* A signal by name. */
static void look(const setting *s, const char *name, size_t layer, size_t step, size_t lane, ur_real *out)
{
    size_t signal = ur_probe_find(s->model, layer, name);
    assert_true(signal != SIZE_MAX);
    ur_probe_read(s->probe, layer, signal, step, lane, out);
}

/* Each state that the cell has, and the outputs, step by step. */
static void compare_with_steps(const setting *s)
{
    static const char *const names[UR_STATES_MAX] = {"h", "c"};
    ur_error error = {0};
    ur_state *state;
    ur_real out[LANES * SYMBOLS], seen[UNITS];
    ok(ur_state_create(&state, s->model, LANES, &error), &error);
    for (size_t t = 0; t < STEPS; t++) {
        ur_step(s->model, state, s->ids + t * LANES, out);
        for (size_t b = 0; b < LANES; b++)
            assert_memory_equal(ur_probe_output(s->probe, t, b), out + b * SYMBOLS, SYMBOLS * sizeof *out);
        for (size_t i = 0; i < 2 * LANES * UR_STATES_MAX; i++) {
            size_t width, layer = i % 2, b = i / 2 % LANES, which = i / 2 / LANES;
            const ur_real *want = ur_state_values(s->model, state, layer, (int)which, b, &width);
            if (!want) continue;
            look(s, names[which], layer, t, b, seen);
            assert_memory_equal(seen, want, width * sizeof *want);
        }
    }
    ur_state_free(state);
}

static void test_states_are_those_of_steps(void **unused)
{
    (void)unused;
    for (size_t i = 0; ur_cell_name(i); i++)
        for (size_t threads = 1; threads <= 2; threads++) {
            setting s;
            set_up(&s, ur_cell_name(i), threads);
            run(&s);
            compare_with_steps(&s);
            tear_down(&s);
        }
}

static double sigma(double x) { return 1 / (1 + exp(-x)); }

/* c' = f c + i g, h' = o tanh c'; and i, f, o are within 0 and 1 without being all alike. */
static void test_lstm_gates(void **unused)
{
    (void)unused;
    setting s;
    ur_real i[UNITS], f[UNITS], g[UNITS], o[UNITS], c[UNITS], h[UNITS], before[UNITS] = {0};
    set_up(&s, "lstm", 1);
    run(&s);
    for (size_t t = 0; t < STEPS; t++) {
        look(&s, "i", 0, t, 1, i), look(&s, "f", 0, t, 1, f), look(&s, "g", 0, t, 1, g), look(&s, "o", 0, t, 1, o);
        look(&s, "c", 0, t, 1, c), look(&s, "h", 0, t, 1, h);
        for (size_t u = 0; u < UNITS; u++) {
            assert_true(i[u] > 0 && i[u] < 1 && f[u] > 0 && f[u] < 1 && o[u] > 0 && o[u] < 1);
            assert_true(i[u] != f[u] && f[u] != o[u]);
            assert_true(fabs((double)c[u] - ((double)f[u] * before[u] + (double)i[u] * g[u])) < 1e-6);
            assert_true(fabs((double)h[u] - (double)o[u] * tanh((double)c[u])) < 1e-6);
        }
        memcpy(before, c, sizeof c);
    }
    tear_down(&s);
}

/* c' = f c + (1 − f) g, h' = o tanh c'. */
static void test_coupled_gates(void **unused)
{
    (void)unused;
    setting s;
    ur_real f[UNITS], g[UNITS], o[UNITS], c[UNITS], h[UNITS], before[UNITS] = {0};
    set_up(&s, "lstm-coupled", 1);
    run(&s);
    assert_true(ur_probe_find(s.model, 0, "i") == SIZE_MAX);
    for (size_t t = 0; t < STEPS; t++) {
        look(&s, "f", 0, t, 1, f), look(&s, "g", 0, t, 1, g), look(&s, "o", 0, t, 1, o);
        look(&s, "c", 0, t, 1, c), look(&s, "h", 0, t, 1, h);
        for (size_t u = 0; u < UNITS; u++) {
            assert_true(f[u] > 0 && f[u] < 1 && o[u] > 0 && o[u] < 1 && f[u] != o[u]);
            assert_true(fabs((double)c[u] - ((double)f[u] * before[u] + (1 - (double)f[u]) * g[u])) < 1e-6);
            assert_true(fabs((double)h[u] - (double)o[u] * tanh((double)c[u])) < 1e-6);
        }
        memcpy(before, c, sizeof c);
    }
    tear_down(&s);
}

/* h' = (1 − z) n + z h in both forms; r is what PyTorch's first block of rows makes of x and h at the first step. */
static void check_gru(const char *cell)
{
    setting s;
    ur_real r[UNITS], z[UNITS], n[UNITS], h[UNITS], before[UNITS] = {0};
    ur_parameter embed, w_ih, b_ih, b_hh;
    set_up(&s, cell, 1);
    run(&s);
    assert_true(ur_model_parameter(s.model, 0, &embed) && ur_model_parameter(s.model, 1, &w_ih));
    assert_true(ur_model_parameter(s.model, 3, &b_ih) && ur_model_parameter(s.model, 4, &b_hh));
    look(&s, "r", 0, 0, 2, r);
    for (size_t u = 0; u < UNITS; u++) {
        double a = (double)b_ih.value[u] + (double)b_hh.value[u];
        for (size_t k = 0; k < 5; k++)
            a += (double)w_ih.value[u * 5 + k] * (double)embed.value[(size_t)s.ids[2] * 5 + k];
        assert_true(fabs((double)r[u] - sigma(a)) < 1e-6);
    }
    for (size_t t = 0; t < STEPS; t++) {
        look(&s, "z", 0, t, 2, z), look(&s, "n", 0, t, 2, n), look(&s, "h", 0, t, 2, h);
        for (size_t u = 0; u < UNITS; u++)
            assert_true(fabs((double)h[u] - ((1 - (double)z[u]) * n[u] + (double)z[u] * before[u])) < 1e-6);
        memcpy(before, h, sizeof h);
    }
    tear_down(&s);
}

static void test_gru_gates(void **unused)
{
    (void)unused;
    check_gru("gru");
    check_gru("gru-before");
}

/* Two runs that carry are one long one. */
static void test_carry(void **unused)
{
    (void)unused;
    setting s;
    ur_real whole[UNITS], parts[UNITS];
    set_up(&s, "lstm", 1);
    run(&s);
    look(&s, "c", 0, STEPS - 1, 0, whole);
    s.batch.input[0].steps = 3;
    run(&s);
    s.batch.input[0] = (ur_sequences){.steps = STEPS - 3, .lanes = LANES, .ids = s.ids + (size_t)3 * LANES};
    s.batch.carry = true;
    run(&s);
    look(&s, "c", 0, STEPS - 4, 0, parts);
    assert_memory_equal(whole, parts, sizeof whole);
    tear_down(&s);
}

static void test_hold(void **unused)
{
    (void)unused;
    const ur_real values[UR_STATES_MAX] = {(ur_real)0.25, (ur_real)-0.5};
    for (size_t i = 0; ur_cell_name(i); i++)
        for (size_t threads = 1; threads <= 2; threads++) {
            setting s;
            ur_error error = {0};
            ur_real free_h[UNITS], held_h[UNITS], above[UNITS], below[UNITS];
            set_up(&s, ur_cell_name(i), threads);
            run(&s);
            look(&s, "h", 0, STEPS - 1, 1, free_h);
            look(&s, "h", 1, STEPS - 1, 1, above);
            ok(ur_probe_hold(s.probe, 0, 18, values, &error), &error);
            run(&s);
            look(&s, "h", 0, 0, 1, held_h);
            assert_true(held_h[18] == values[0]);
            look(&s, "h", 0, STEPS - 1, 1, held_h);
            assert_true(held_h[18] == values[0] && held_h[17] != free_h[17]);
            if (ur_probe_find(s.model, 0, "c") != SIZE_MAX) {
                look(&s, "c", 0, 2, 0, held_h);
                assert_true(held_h[18] == values[1]);
            }
            look(&s, "h", 1, STEPS - 1, 1, below);
            assert_memory_not_equal(above, below, 17 * sizeof *above);
            ok(ur_probe_hold(s.probe, 0, 0, NULL, &error), &error);
            run(&s);
            look(&s, "h", 0, STEPS - 1, 1, held_h);
            assert_memory_equal(free_h, held_h, sizeof free_h);
            tear_down(&s);
        }
}

static void test_what_there_is(void **unused)
{
    (void)unused;
    setting s;
    ur_signal signal;
    size_t units;
    const char *cell, *want[] = {"i", "f", "g", "o", "c", "h"};
    ur_error error = {0};
    set_up(&s, "lstm", 1);
    assert_int_equal(ur_probe_layers(s.model), 2);
    assert_true(ur_probe_layer(s.model, 1, &units, &cell) && units == 17 && strcmp(cell, "lstm") == 0);
    assert_false(ur_probe_layer(s.model, 2, &units, &cell));
    for (size_t i = 0; i < 6; i++) {
        assert_true(ur_probe_signal(s.model, 0, i, &signal));
        assert_string_equal(signal.name, want[i]);
        assert_int_equal(signal.kind, i == 2 ? UR_SIGNAL_VALUE : i < 4 ? UR_SIGNAL_GATE : UR_SIGNAL_STATE);
    }
    assert_false(ur_probe_signal(s.model, 0, 6, &signal));
    assert_true(ur_probe_find(s.model, 0, "z") == SIZE_MAX);
    const ur_real values[2] = {0};
    assert_int_equal(ur_probe_hold(s.probe, 0, UNITS, values, &error), UR_ERR_USAGE);
    assert_non_null(strstr(error.text, "no neuron 21 in recurrent layer 0"));
    assert_int_equal(ur_probe_hold(s.probe, 2, 0, values, &error), UR_ERR_USAGE);
    const ur_real endless[2] = {0, (ur_real)INFINITY};
    assert_int_equal(ur_probe_hold(s.probe, 0, 0, endless, &error), UR_ERR_NUMERIC);
    tear_down(&s);
}

/* Lines that differ in lanes and steps, one of which runs step by step: each layer shows its own run. h = o tanh c, and what
 * the last line gives is its h through its dense layer. */
static void check_lines(const setting *s, size_t layer, size_t lanes, const size_t *steps)
{
    ur_real o[UNITS], c[UNITS], h[UNITS], before[UNITS] = {0};
    size_t units;
    assert_true(ur_probe_layer(s->model, layer, &units, NULL));
    assert_int_equal(ur_probe_lanes(s->probe, layer), lanes);
    for (size_t b = 0; b < lanes; b++) {
        assert_int_equal(ur_probe_steps(s->probe, layer, b), steps[b]);
        for (size_t t = 0; t < steps[b]; t++) {
            look(s, "o", layer, t, b, o), look(s, "c", layer, t, b, c), look(s, "h", layer, t, b, h);
            for (size_t u = 0; u < units; u++)
                assert_true(fabs((double)h[u] - (double)o[u] * tanh((double)c[u])) < 1e-6);
            assert_memory_not_equal(h, before, units * sizeof *h);
            memcpy(before, h, sizeof h);
        }
    }
    assert_int_equal(ur_probe_steps(s->probe, layer, lanes), 0);
    assert_false(ur_probe_read(s->probe, layer, 0, STEPS, 0, h));
}

/* The dense layer's weights are the last parameter. */
static void check_output(const setting *s, size_t layer, size_t step, size_t lane)
{
    ur_real h[UNITS];
    ur_parameter w;
    look(s, "h", layer, step, lane, h);
    for (size_t i = 0; ur_model_parameter(s->model, i, &w);) i++;
    const ur_real *y = ur_probe_output(s->probe, step, lane);
    for (size_t i = 0; i < w.shape[0]; i++) {
        double sum = 0;
        for (size_t u = 0; u < w.shape[1]; u++) sum += (double)w.value[i * w.shape[1] + u] * (double)h[u];
        assert_true(fabs(sum - (double)y[i]) < 1e-5);
    }
}

static void test_lines(void **unused)
{
    (void)unused;
    static const int32_t lengths[LANES] = {STEPS, 2, 5}, lane_of[STEPS * LANES] = {1, 0, 2, 3, 1};
    const size_t letters[] = {3, 3, 3, 3}, read[] = {STEPS, 2, 5}, written[] = {4, 4, 4};
    const ur_sizes lines[] = {{.symbols = SYMBOLS}, {.symbols = SYMBOLS}, {.symbols = SYMBOLS, .outputs = 6}};
    const ur_sizes sizes = {.lines = lines};
    ur_error error = {0};
    setting s = {.model = NULL};
    fill_ids(s.ids, STEPS * LANES, 4, SYMBOLS);
    ok(ur_model_create(&s.model,
                       "chars: embed 4 > lstm 9 bi > last; read: embed 5 > join chars > lstm 7; "
                       "embed 5 > lstm 7 > attend read 8 feed > lstm 21 > dense nobias",
                       &sizes, 3, 0.6, NULL, &error),
       &error);
    ok(ur_probe_create(&s.probe, s.model, 1, &error), &error);
    s.batch =
        (ur_batch){.input = {{.steps = 3, .lanes = 4, .ids = s.ids},
                             {.steps = STEPS, .lanes = LANES, .ids = s.ids, .lengths = lengths, .lane_of = lane_of},
                             {.steps = 4, .lanes = LANES, .ids = s.ids}}};
    run(&s);
    assert_string_equal(ur_probe_line(s.model, 1), "chars");
    assert_string_equal(ur_probe_line(s.model, 2), "read");
    assert_string_equal(ur_probe_line(s.model, 3), "");
    assert_null(ur_probe_line(s.model, 5));
    check_lines(&s, 0, 4, letters);
    check_lines(&s, 1, 4, letters);
    check_lines(&s, 2, LANES, read);
    check_lines(&s, 3, LANES, written);
    check_lines(&s, 4, LANES, written);
    for (size_t i = 0; i < 4 * LANES; i++) check_output(&s, 4, i / LANES, i % LANES);
    s.batch.carry = true;
    assert_int_equal(ur_probe_run(s.probe, &s.batch, &error), UR_ERR_UNSUPPORTED);
    tear_down(&s);
}

/* Places that are not there are refused; what is there adds up to one. */
static void test_places(void **unused)
{
    (void)unused;
    setting s;
    ur_real out[UNITS];
    double sum = 0;
    set_up(&s, "gru", 1);
    assert_false(ur_probe_read(s.probe, 0, 0, 0, 0, out));
    assert_null(ur_probe_output(s.probe, 0, 0));
    run(&s);
    assert_true(ur_probe_read(s.probe, 1, 3, STEPS - 1, LANES - 1, out));
    assert_false(ur_probe_read(s.probe, 2, 0, 0, 0, out) || ur_probe_read(s.probe, 0, 4, 0, 0, out));
    assert_false(ur_probe_read(s.probe, 0, ur_probe_find(s.model, 0, "f"), 0, 0, out));
    assert_false(ur_probe_read(s.probe, 0, 0, STEPS, 0, out) || ur_probe_read(s.probe, 0, 0, 0, LANES, out));
    assert_true(!ur_probe_output(s.probe, STEPS, 0) && !ur_probe_output(s.probe, 0, LANES));
    for (int32_t id = 0; id < SYMBOLS; id++) sum += exp(ur_probe_log_probability(s.probe, 3, 2, id));
    assert_true(fabs(sum - 1) < 1e-6);
    assert_true(isnan(ur_probe_log_probability(s.probe, 3, 2, SYMBOLS)));
    tear_down(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_what_there_is),
        cmocka_unit_test(test_states_are_those_of_steps),
        cmocka_unit_test(test_lstm_gates),
        cmocka_unit_test(test_coupled_gates),
        cmocka_unit_test(test_gru_gates),
        cmocka_unit_test(test_carry),
        cmocka_unit_test(test_hold),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
