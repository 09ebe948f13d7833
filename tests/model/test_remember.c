/*
 * Initial biases for remembering, for every cell of cell.inc. Biases of gates that keep the state are uniform in 0 …
 * log steps. Biases of the gate that admits new input are their negatives. Nothing else changes. Layers and seeds
 * differ.
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

/*
 * The draws are from U(0, log STEPS). Their mean has a standard deviation of log STEPS/√(12·H); four of these are
 * allowed.
 */
static void check_keeps(const ur_real *bias)
{
    double sum = 0, most = log(STEPS);
    for (size_t u = 0; u < H; u++) {
        assert_true(bias[u] >= 0 && (double)bias[u] < most + 1e-6);
        sum += (double)bias[u];
    }
    assert_true(fabs(sum / H - most / 2) < 4 * most / sqrt(12.0 * H));
}

/* The gate that keeps is f of i f g o and of f g o, and z of r z n. */
static void check_biases(const char *cell, const ur_parameter *was, const ur_parameter *is)
{
    bool lstm = strcmp(cell, "lstm") == 0;
    size_t keep = strcmp(cell, "lstm-coupled") == 0 ? 0 : H, behind = keep + H;
    check_keeps(is->value + keep);
    for (size_t u = 0; u < H && lstm; u++) assert_true(is->value[u] == -is->value[H + u]);
    if (!lstm) assert_memory_equal(is->value, was->value, keep * sizeof(ur_real));
    assert_memory_equal(is->value + behind, was->value + behind, (is->size - behind) * sizeof(ur_real));
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
            if (strstr(is.name, "bias_ih") && strcmp(cell, "rnn") != 0)
                check_biases(cell, &was, &is);
            else
                assert_memory_equal(is.value, was.value, is.size * sizeof *is.value);
        }
        ur_model_free(before);
        ur_model_free(model);
    }
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_cell), cmocka_unit_test(test_seeds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
