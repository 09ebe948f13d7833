/*
 * Lets every call of the allocator fail, one after another, in a search for cells. The result is an error with a
 * message, or the same answer, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "support/failing_memory.h"

#include "unroll_inspect.h"

#include <limits.h>

#ifdef FAILING_MEMORY_REAL

static const char *const TOKENS[] = {"\n", " ", "\"", "a", "b"};
enum { KINDS = 5 };

static ur_status mark(void *context, const char *line, size_t length, unsigned char *marks, ur_error *error)
{
    (void)context, (void)error;
    for (size_t i = 0; i < length; i++) marks[i] = line[i] == 'b';
    return UR_OK;
}

static ur_model *make_model(void)
{
    ur_model *model;
    ur_sizes sizes = {.symbols = KINDS, .outputs = KINDS};
    assert_int_equal(ur_model_create(&model, "embed 3 > lstm 5 > gru 3 > dense", &sizes, 1, 0, NULL, NULL), UR_OK);
    assert_int_equal(ur_model_set_tokens(model, "char", TOKENS, KINDS, false, NULL), UR_OK);
    return model;
}

/* Returns the score of the test's own predicate, or −1 if the search failed. */
static double search(const ur_model *model, const char *path, ur_error *error)
{
    ur_cells *cells;
    const char *paths[] = {path};
    ur_own_predicate own = {"b", mark, NULL};
    ur_cell_search how = {.reading = {.paths = paths, .path_count = 1, .threads = 1}, .own = &own, .own_count = 1};
    ur_status status = ur_cells_find(&cells, model, &how, error);
    if (status != UR_OK) {
        assert_int_equal(status, UR_ERR_MEMORY);
        assert_non_null(strstr(error->text, "memory"));
        assert_null(cells);
        return -1;
    }
    double score = ur_cells_score(cells, ur_cells_count(cells) - 1).score;
    ur_cells_free(cells);
    return score;
}

static void test_every_call(void **state)
{
    ur_model *model = make_model();
    char text[1500];
    for (size_t i = 0; i < sizeof text; i++) text[i] = TOKENS[i * i % 31 % KINDS][0];
    text[sizeof text - 1] = 0;
    const char *path = temp_string(*state, "text", text);
    ur_error error = {0};
    double want = search(model, path, &error);
    assert_true(want >= 0);
    for (int on = 0; on < 2; on++) {
        long calls = LONG_MAX, failures = 0;
        for (long n = 1; n <= calls; n++) { /* until no call fails any more */
            long live = atomic_load(&memory_live);
            memory_arm(n, on);
            double got = search(model, path, &error);
            long made = memory_disarm();
            if (made < n) calls = made;
            assert_int_equal(atomic_load(&memory_live), live);
            assert_true(got < 0 || got == want);
            failures += got < 0;
        }
        assert_true(failures > 40);
    }
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_call)};
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}

#else
int main(void) { return memory_skips(); }
#endif
