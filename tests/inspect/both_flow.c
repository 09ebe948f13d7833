/*
 * How large a gradient is k steps back, compared with automatic differentiation in double precision
 * (tests/golden/make_flow.py).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kernel/kernels.h"
#include "support/golden.h"
#include "support/numbers.h"

#include "inspect/letters.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYMBOLS = 7 };

/* Limit of the error of a logarithm, and so relative to the gradient, however small the gradient is. */
#ifdef UR_REAL_DOUBLE
#define LIMIT 1e-9
#else
#define LIMIT 1e-4
#endif
#define SPECTRUM_LIMIT 1e-10 /* in both builds: the weights are exact in f32 */

typedef struct lab {
    golden file;
    ur_model *model;
    ur_flow *flow;
    int32_t *ids, *next;
    size_t steps, lanes;
} lab;

static void load_weights(lab *l)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(l->model, i, &p); i++) {
        size_t count;
        real *values = golden_values(&l->file, p.name, &count);
        assert_int_equal(count, p.size);
        memcpy(p.value, values, count * sizeof(real));
        free(values);
    }
    ur_model_changed(l->model);
}

static void load(lab *l, const char *name, const char *isa, size_t threads)
{
    ur_error error = {0};
    *l = (lab){.file = golden_open(name)};
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    ok(ur_model_create(&l->model, golden_told(&l->file, "net"), &sizes, 1, 0, isa, &error), &error);
    load_weights(l);
    l->steps = (size_t)golden_number(&l->file, "steps", 0);
    ur_flow_settings settings = {
        .steps = l->steps, .warm = (size_t)golden_number(&l->file, "warm", 0), .threads = threads};
    ok(ur_flow_create(&l->flow, l->model, &settings, &error), &error);
    l->ids = golden_ids(&l->file, "ids", NULL);
    l->next = golden_ids(&l->file, "next", &l->lanes);
}

static void unload(lab *l)
{
    ur_flow_free(l->flow);
    ur_model_free(l->model);
    golden_close(&l->file);
    free(l->ids);
    free(l->next);
}

/* Returns the file's numbers in double, in both builds. */
static const double *told(const lab *l, const char *what, size_t layer, size_t *count)
{
    char name[32];
    snprintf(name, sizeof name, "%s.%zu", what, layer);
    const ur_tensor_entry *entry = golden_entry(&l->file, name);
    *count = 1;
    for (size_t i = 0; i < entry->rank; i++) *count *= entry->shape[i];
    return (const double *)entry->data; /* aligned, because the file pads its header */
}

static void compare(const lab *l, const char *what, size_t layer, const double *got, double limit)
{
    size_t count;
    const double *want = told(l, what, layer, &count);
    assert_non_null(got);
    for (size_t i = 0; i < count; i++)
        if (!(fabs(got[i] - want[i]) <= limit))
            fail_msg("%s: %s of layer %zu, number %zu: %.9g instead of %.9g", l->file.name, what, layer, i, got[i],
                     want[i]);
}

static void compare_layer(const lab *l, size_t layer)
{
    ur_flow_layer shown;
    assert_true(ur_flow_layer_at(l->flow, layer, &shown));
    assert_int_equal(shown.steps, l->steps);
    compare(l, "h", layer, shown.h, LIMIT);
    compare(l, "jacobian", layer, shown.jacobian, LIMIT);
    compare(l, "slopes", layer, shown.slopes, LIMIT);
    compare(l, "recurrent", layer, shown.recurrent, LIMIT);
    if (strcmp(shown.cell, "rnn") == 0)
        assert_null(shown.kept);
    else
        compare(l, "kept", layer, shown.kept, LIMIT);
    compare(l, "h_moves", layer, &shown.h_moves, LIMIT);
    for (size_t k = 0; k <= l->steps; k++) assert_true(shown.alive[k] == 1);
    if (strncmp(shown.cell, "lstm", 4) != 0) {
        assert_null(shown.c);
        assert_null(shown.plus);
        return;
    }
    compare(l, "c", layer, shown.c, LIMIT);
    compare(l, "plus", layer, shown.plus, LIMIT);
    compare(l, "c_moves", layer, &shown.c_moves, LIMIT);
}

static void follow(lab *l)
{
    ur_error error = {0};
    ok(ur_flow_ids(l->flow, l->ids, l->next, l->lanes, &error), &error);
}

static void flow(void **state)
{
    for (size_t i = 0; ur_isa_name(i); i++) {
        lab l;
        ur_flow_layer unseen;
        load(&l, *state, ur_isa_name(i), 1);
        assert_false(ur_flow_layer_at(l.flow, 0, &unseen));
        follow(&l);
        for (size_t k = 0; k < ur_probe_layers(l.model); k++) compare_layer(&l, k);
        assert_int_equal(ur_flow_places(l.flow), l.lanes);
        unload(&l);
    }
}

/* In an RNN, a step back is exactly the product of two parts: the slopes, and W_hh. */
static void parts(void **state)
{
    lab l;
    ur_flow_layer shown;
    load(&l, *state, NULL, 1);
    follow(&l);
    assert_true(ur_flow_layer_at(l.flow, 0, &shown));
    assert_null(shown.kept);
    for (size_t k = 0; k < l.steps; k++) {
        double step = shown.slopes[k] + shown.recurrent[k];
        if (fabs(shown.h[k] + step - shown.h[k + 1]) > 1e-5)
            fail_msg("k = %zu: %g and %g do not make %g of %g", k, shown.slopes[k], shown.recurrent[k], shown.h[k + 1],
                     shown.h[k]);
    }
    unload(&l);
}

/*
 * Curves are means over places: lanes in two calls give the same as lanes in one call. The number of threads changes no
 * bit.
 */
static void lanes_and_threads(void **state)
{
    lab l, apart;
    ur_error error = {0};
    ur_flow_layer one, other;
    load(&l, *state, NULL, 1);
    load(&apart, *state, NULL, 3);
    follow(&l);
    follow(&apart);
    assert_true(ur_flow_layer_at(l.flow, 0, &one) && ur_flow_layer_at(apart.flow, 0, &other));
    assert_memory_equal(one.h, other.h, (l.steps + 1) * sizeof *one.h);
    assert_memory_equal(one.jacobian, other.jacobian, (l.steps + 1) * sizeof *one.h);
    ok(ur_flow_ids(apart.flow, l.ids, l.next, l.lanes, &error), &error);
    assert_int_equal(ur_flow_places(apart.flow), 2 * l.lanes);
    assert_true(ur_flow_layer_at(apart.flow, 0, &other));
    for (size_t k = 0; k <= l.steps; k++) assert_true(fabs(one.h[k] - other.h[k]) < 1e-9);
    unload(&apart);
    unload(&l);
}

static void compare_spectrum(const lab *l, size_t layer, const ur_spectra *spectra, size_t i)
{
    size_t count;
    ur_spectrum s;
    assert_true(ur_spectrum_at(spectra, i, &s));
    const double *singular = told(l, "singular", layer, &count) + i * s.count;
    double radius = told(l, "radius", layer, &count)[i];
    assert_true(fabs(s.largest - singular[0]) <= (s.singular ? SPECTRUM_LIMIT : 1e-5));
    if (!s.singular) return;
    for (size_t k = 0; k < s.count; k++) assert_true(fabs(s.singular[k] - singular[k]) <= SPECTRUM_LIMIT);
    if (radius < 0)
        assert_true(isnan(s.radius));
    else
        assert_true(fabs(s.radius - radius) <= SPECTRUM_LIMIT);
}

static void spectrum(void **state)
{
    lab l;
    ur_error error = {0};
    load(&l, *state, NULL, 1);
    for (size_t layer = 0; layer < ur_probe_layers(l.model); layer++) {
        ur_spectra *spectra;
        ur_spectrum s;
        size_t count, matrices;
        ok(ur_spectra_create(&spectra, l.model, layer, &error), &error);
        told(&l, "radius", layer, &matrices);
        for (size_t i = 0; i < matrices; i++) compare_spectrum(&l, layer, spectra, i);
        assert_false(ur_spectrum_at(spectra, matrices, &s));
        assert_true(ur_spectrum_at(spectra, 0, &s));
        assert_string_equal(s.gate, "");
        told(&l, "singular", layer, &count);
        assert_int_equal(count, matrices * s.count);
        ur_spectra_free(spectra);
    }
    unload(&l);
}

#define CASE(name)                                                                                                     \
    {name, flow, NULL, NULL, (char[]){name}},                                                                          \
    {                                                                                                                  \
        name " spectrum", spectrum, NULL, NULL, (char[]) { name }                                                      \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE("flow-rnn"),
        CASE("flow-lstm"),
        CASE("flow-gru"),
        CASE("flow-gru-before"),
        CASE("flow-lstm-coupled"),
        CASE("flow-lstm-stack"),
        CASE("flow-mixed"),
        CASE("flow-vanishing"),
        CASE("flow-vanishing-lstm"),
        CASE("flow-exploding"),
        {"parts of a step", parts, NULL, NULL, (char[]){"flow-rnn"}},
        {"lanes and threads", lanes_and_threads, NULL, NULL, (char[]){"flow-lstm"}},
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
