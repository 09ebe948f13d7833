/*
 * Initial biases for remembering, for every cell of cell.inc. Biases of gates that keep the state are uniform in 0 …
 * log steps. Biases of the gate that admits new input are their negatives. Nothing else changes. Layers and seeds
 * differ. Gates do what their roles say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/two_layers.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { H = 90, STEPS = 200 };

/* Draws from U(0, log STEPS), or their negatives. Their mean has a standard deviation of log STEPS/√(12·H); four of these are
 * allowed. */
static void check_drawn(const ur_real *bias, int sign)
{
    double sum = 0, most = log(STEPS);
    for (size_t u = 0; u < H; u++) {
        double drawn = sign * (double)bias[u];
        assert_true(drawn >= 0 && drawn < most + 1e-6);
        sum += drawn;
    }
    assert_true(fabs(sum / H - most / 2) < 4 * most / sqrt(12.0 * H));
}

static void check_biases(const char *cell, const ur_parameter *was, const ur_parameter *is)
{
    long keep = biases_of(cell, UR_KEEPS, H), enter = biases_of(cell, UR_ENTERS, H);
    if (keep != NONE) check_drawn(is->value + keep, 1);
    if (enter != NONE) check_drawn(is->value + enter, -1);
    for (long u = 0; u < H && keep != NONE && enter != NONE; u++)
        assert_true(is->value[enter + u] == -is->value[keep + u]);
    for (long block = 0; block < (long)is->size; block += H)
        if (block != keep && block != enter)
            assert_memory_equal(is->value + block, was->value + block, H * sizeof(ur_real));
}

static void test_every_cell(void **unused)
{
    (void)unused;
    for (size_t c = 0; ur_cell_name(c); c++) {
        const char *cell = ur_cell_name(c);
        ur_model *before = two_layers(cell, H), *model = two_layers(cell, H);
        ur_parameter was, is;
        ur_model_remember(model, STEPS, 7);
        for (size_t i = 0; ur_model_parameter(model, i, &is); i++) {
            assert_true(ur_model_parameter(before, i, &was));
            if (strstr(is.name, "bias_ih"))
                check_biases(cell, &was, &is);
            else
                assert_memory_equal(is.value, was.value, is.size * sizeof *is.value);
        }
        ur_model_free(before);
        ur_model_free(model);
    }
}

enum { UNITS = 3 };

/* Biases so large that the gates of a role are open (1) or shut (−1). */
static void set_gates(ur_hand *hand, const char *cell, ur_gate_role role, int sign)
{
    long at = biases_of(cell, role, UNITS);
    for (long u = 0; u < UNITS && at != NONE; u++) ur_hand_parameter(hand, 2).value[at + u] = (ur_real)(40 * sign);
}

/* The largest change of the memory in a step; `shown`: the largest h. */
static double step(ur_hand *hand, const char *cell, double *shown)
{
    const ur_real x = 1, h[UNITS] = {0.9f, -0.8f, 0.7f}, c[UNITS] = {-0.9f, 0.8f, 0.5f};
    ur_real h_next[UNITS], c_next[UNITS];
    bool memory = ur_cell_find(cell, 0)->states > 1;
    ur_error error = {0};
    double moved = *shown = 0;
    ok(ur_hand_forward(hand, &x, h, memory ? c : NULL, h_next, memory ? c_next : NULL, &error), &error);
    for (size_t u = 0; u < UNITS; u++) {
        moved = fmax(moved, fabs((double)(memory ? c_next[u] - c[u] : h_next[u] - h[u])));
        *shown = fmax(*shown, fabs((double)h_next[u]));
    }
    return moved;
}

static void check_roles(const char *cell)
{
    ur_error error = {0};
    ur_hand *hand;
    double shown;
    ok(ur_hand_create(&hand, cell, 1, UNITS, 1, 1, &error), &error);
    set_gates(hand, cell, UR_KEEPS, 1);
    set_gates(hand, cell, UR_ENTERS, -1);
    assert_true(step(hand, cell, &shown) < 1e-6 && shown > 0.1);
    set_gates(hand, cell, UR_KEEPS, -1);
    set_gates(hand, cell, UR_ENTERS, 1);
    assert_true(step(hand, cell, &shown) > 0.1);
    set_gates(hand, cell, UR_SHOWS, -1);
    step(hand, cell, &shown);
    assert_true(biases_of(cell, UR_SHOWS, UNITS) == NONE || shown < 1e-6);
    ur_hand_free(hand);
}

static void test_roles(void **unused)
{
    (void)unused;
    size_t gated = 0;
    for (size_t c = 0; ur_cell_name(c); c++) {
        const char *cell = ur_cell_name(c);
        if (biases_of(cell, UR_KEEPS, H) == NONE && biases_of(cell, UR_ENTERS, H) == NONE) continue;
        check_roles(cell);
        gated++;
    }
    assert_true(gated >= 4);
}

static const ur_real *biases(ur_model *model, const char *name, double steps, uint64_t seed)
{
    ur_parameter p;
    ur_model_remember(model, steps, seed);
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++)
        if (strstr(p.name, name)) return p.value;
    fail_msg("there is no %s", name);
    return NULL;
}

static void test_seeds(void **unused)
{
    (void)unused;
    ur_model *a = two_layers("lstm", H), *b = two_layers("lstm", H);
    size_t bytes = 2 * (size_t)H * sizeof(ur_real);
    assert_memory_equal(biases(a, "bias_ih_l0", STEPS, 1), biases(b, "bias_ih_l0", STEPS, 1), bytes);
    assert_memory_not_equal(biases(a, "bias_ih_l0", STEPS, 1), biases(b, "bias_ih_l0", STEPS, 2), bytes);
    assert_memory_not_equal(biases(a, "bias_ih_l0", STEPS, 1), biases(a, "bias_ih_l1", STEPS, 1), bytes);
    assert_memory_equal(biases(b, "bias_ih_l0", STEPS, 1), biases(b, "bias_ih_l0", 1, 2), bytes); /* no change */
    ur_model_free(a);
    ur_model_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_cell), cmocka_unit_test(test_roles),
                                       cmocka_unit_test(test_seeds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
