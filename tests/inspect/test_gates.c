/*
 * The shares of gates over a text against the definition: every step's numbers are read one by one, in single steps of
 * the same pieces of the text. Models without a recurrent layer are refused, and a failing allocator is an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "inspect/letters.h"
#include "support/failing_memory.h"
#include "support/numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const TEXTS[] = {" ", "a", "b", "c", "d", "e", "f"};
enum { KINDS = 7, LENGTH = 1700, HIDDEN = 19, LANES = 3, PIECE = LENGTH / LANES };

static void make_text(char text[LENGTH + 1], int32_t ids[LENGTH])
{
    fill_ids(ids, LENGTH, 9, KINDS);
    for (size_t i = 0; i < LENGTH; i++) text[i] = TEXTS[ids[i]][0];
    text[LENGTH] = 0;
}

/* Adds one number of a signal. */
static void add(ur_unit_use *use, double x)
{
    use->mean += x;
    use->deviation += x * x;
    use->least = fmin(use->least, x);
    use->most = fmax(use->most, x);
    use->open += x > 0.9;
    use->shut += x < 0.1;
}

/* Sums a signal of layer 1 from runs of one step, each lane alone. */
static void by_definition(const ur_model *model, const int32_t *ids, size_t signal, ur_unit_use use[HIDDEN])
{
    ur_error error = {0};
    ur_probe *probe;
    ur_real values[HIDDEN];
    for (size_t u = 0; u < HIDDEN; u++) use[u] = (ur_unit_use){.least = INFINITY, .most = -INFINITY};
    ok(ur_probe_create(&probe, model, 1, &error), &error);
    for (size_t i = 0; i < (size_t)LANES * PIECE; i++) {
        ur_batch batch = {.input = {{.steps = 1, .lanes = 1, .ids = ids + i}}, .carry = i % PIECE > 0};
        ok(ur_probe_run(probe, &batch, &error), &error);
        ur_probe_read(probe, 1, signal, 0, 0, values);
        for (size_t u = 0; u < HIDDEN; u++) add(&use[u], (double)values[u]);
    }
    for (size_t u = 0; u < HIDDEN; u++) {
        double n = (double)LANES * PIECE;
        use[u].mean /= n, use[u].open /= n, use[u].shut /= n;
        use[u].deviation = sqrt(use[u].deviation / n - use[u].mean * use[u].mean);
    }
    ur_probe_free(probe);
}

static void test_against_definition(void **state)
{
    ur_error error = {0};
    char text[LENGTH + 1];
    int32_t ids[LENGTH];
    ur_model *model = letters_model("embed 6 > lstm 8 > lstm 19 > dense", TEXTS, KINDS, 1.5);
    ur_gate_table *table;
    make_text(text, ids);
    const char *paths[] = {temp_string(*state, "text", text)};
    ur_reading reading = {.paths = paths, .path_count = 1, .lanes = LANES, .window = 50};
    ok(ur_gate_table_create(&table, model, &reading, &error), &error);
    assert_int_equal(ur_gate_table_steps(table, 1), LANES * PIECE);
    double open = 0, shut = 0;
    for (size_t signal = 0; signal < 6; signal++) {
        ur_unit_use want[HIDDEN], use;
        by_definition(model, ids, signal, want);
        for (size_t u = 0; u < HIDDEN; u++) {
            assert_true(ur_gate_table_unit(table, 1, signal, u, &use));
            assert_true(use.open == want[u].open && use.shut == want[u].shut);
            assert_true(use.least == want[u].least && use.most == want[u].most);
            assert_true(fabs(use.mean - want[u].mean) < 1e-12 && fabs(use.deviation - want[u].deviation) < 1e-9);
            if (signal < 2) open += use.open, shut += use.shut;
        }
        assert_false(ur_gate_table_unit(table, 1, signal, HIDDEN, &use));
    }
    assert_true(open > 0 && shut > 0); /* some gates must be open and some shut, or the test would show nothing */
    ur_gate_table_free(table);
    ur_model_free(model);
}

static void test_no_cells(void **state)
{
    ur_error error = {0};
    ur_gate_table *table;
    ur_model *model = letters_model("embed 6 > dense", TEXTS, KINDS, 1.5);
    const char *paths[] = {temp_string(*state, "text", "abcabc")};
    ur_reading reading = {.paths = paths, .path_count = 1};
    assert_int_equal(ur_gate_table_create(&table, model, &reading, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, "\"embed 6 > dense\" has no recurrent layer, so it has no gates");
    assert_null(table);
    ur_model_free(model);
}

#ifdef FAILING_MEMORY_REAL
static void test_failing_memory(void **state)
{
    char text[LENGTH + 1];
    int32_t ids[LENGTH];
    ur_model *model = letters_model("embed 6 > lstm 8 > gru 5 > dense", TEXTS, KINDS, 1.5);
    make_text(text, ids);
    const char *paths[] = {temp_string(*state, "text", text)};
    ur_reading reading = {.paths = paths, .path_count = 1, .threads = FAILING_MEMORY_THREADS};
    long calls = 0;
    for (long n = 0; n <= calls; n++) { /* in the first run no call fails, and the calls are counted */
        ur_error error = {0};
        ur_gate_table *table = NULL;
        long before = atomic_load(&memory_live);
        memory_arm(n, n % 2 == 0);
        ur_status status = ur_gate_table_create(&table, model, &reading, &error);
        long made = memory_disarm();
        if (n == 0) calls = made;
        if (n == 0) assert_int_equal(status, UR_OK);
        if (status == UR_OK) ur_gate_table_free(table);
        if (status != UR_OK) assert_true(table == NULL && error.status == status && *error.text);
        assert_int_equal(atomic_load(&memory_live), before);
    }
    assert_true(calls > 20);
    ur_model_free(model);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_definition),
        cmocka_unit_test(test_no_cells),
#ifdef FAILING_MEMORY_REAL
        cmocka_unit_test(test_failing_memory),
#endif
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
