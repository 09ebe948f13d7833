/*
 * Lets every call of the allocator fail, one after another, in a recall training. Each failure gives an error with a
 * message, and nothing leaks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/failing_memory.h"

#include "unroll_inspect.h"

#ifdef FAILING_MEMORY_REAL

static ur_recall tiny(ur_recall_task task)
{
    ur_recall recall = ur_recall_default(task, "lstm", 12);
    recall.hidden = 3;
    recall.lanes = 2;
    recall.window = 5;
    recall.updates = 2;
    recall.evaluate_every = 1;
    return recall;
}

/* Returns the number of calls. *survived: the work went on without the failing call. */
static long try_call(ur_recall_task task, long n, bool *survived)
{
    ur_error error = {0};
    ur_recall_result result;
    ur_recall recall = tiny(task);
    long before = atomic_load(&memory_live);
    memory_arm(n, false);
    ur_status status = ur_recall_train(&recall, &result, &error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (status != UR_OK && (status != error.status || !error.text[0])) fail_msg("call %ld: no message", n);
    if (n && after != before) fail_msg("call %ld: %ld blocks leak (%s)", n, after - before, error.text);
    if (status != UR_OK && calls < n) fail_msg("call %ld did not fail: %s", n, error.text);
    *survived = status == UR_OK;
    return calls;
}

static void every_call_may_fail(void **state)
{
    (void)state;
    for (int task = 0; task < UR_RECALL_TASKS; task++) {
        bool survived;
        long failed = 0, n = 1;
        for (int i = 0; i < 2; i++) try_call((ur_recall_task)task, 0, &survived); /* what the C library keeps */
        assert_true(survived);
        for (; try_call((ur_recall_task)task, n, &survived) >= n; n++) failed += !survived;
        print_message("task %d: %ld of %ld failing calls are errors\n", task, failed, n - 1);
        assert_true(failed > 10);
    }
}

/* Without memory, the text is empty. */
static void showing_may_fail(void **state)
{
    (void)state;
    char text[200] = "x";
    memory_arm(1, true);
    size_t length = ur_recall_show(UR_RECALL_COPY, 5, 1, 0, text, sizeof text);
    memory_disarm();
    assert_int_equal(length, 0);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_call_may_fail), cmocka_unit_test(showing_may_fail)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else
int main(void) { return memory_skips(); }
#endif
