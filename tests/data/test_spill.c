/* Blocks that go on in a temporary file: nothing is lost on the way, and a disk that is full is an error. */
#include "temp_text.h"

#include "data/spill.h"

#include <signal.h>
#include <sys/resource.h>

static ur_status fill(ur_spill *s, size_t count, ur_error *error)
{
    for (size_t i = 0; i < count; i++) {
        UR_TRY(ur_spill_grow(s, i + 1, sizeof(size_t), error));
        ((size_t *)s->bytes)[i] = i * i;
    }
    return UR_OK;
}

static void holds(const ur_spill *s, size_t count)
{
    for (size_t i = 0; i < count; i++) assert_true(((const size_t *)s->bytes)[i] == i * i);
}

static void from_memory_to_file(void **state)
{
    ur_error error;
    ur_spill s = {.folder = ((temp_text *)*state)->folder, .least = 4096};
    for (size_t count = 1; count <= 100000; count *= 10) {
        assert_int_equal(fill(&s, count, &error), UR_OK);
        assert_true(s.mapped == (count > 512));
        holds(&s, count);
    }
    ur_spill_free(&s);
    assert_true(!s.bytes && !s.room && s.least == 4096);
    assert_int_equal(fill(&s, 10, &error), UR_OK); /* empty again */
    ur_spill_free(&s);
}

/* What is there stays; a limit on the size of files stands for the end of the space. */
static void full_disk(void **state)
{
    temp_text *temp = *state;
    ur_error error;
    struct rlimit before, small;
    char expected[600];
    ur_spill s = {.folder = temp->folder, .least = 4096};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 100000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ur_status status = fill(&s, 100000, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, handler);
    assert_int_equal(status, UR_ERR_IO);
    snprintf(expected, sizeof expected,
             "%s: cannot write a table of more than 0 MB to a temporary file: File too large; ", temp->folder);
    assert_memory_equal(error.text, expected, strlen(expected));
    assert_true(s.mapped && s.room <= 100000);
    holds(&s, s.room / sizeof(size_t) / 2);
    ur_spill_free(&s);
}

static void too_much(void **state)
{
    (void)state;
    ur_error error;
    ur_spill s = {.least = 64};
    assert_int_equal(ur_spill_grow(&s, SIZE_MAX / 2, 8, &error), UR_ERR_MEMORY);
    assert_int_equal(ur_spill_grow(&s, SIZE_MAX / 8, 1, &error), UR_ERR_IO); /* no disk has so much */
    assert_true(!s.bytes && !s.mapped);
    s.folder = "/nowhere";
    assert_int_equal(ur_spill_grow(&s, 65, 1, &error), UR_ERR_IO);
    assert_true(!s.bytes && !s.mapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(from_memory_to_file), cmocka_unit_test(full_disk),
                                       cmocka_unit_test(too_much)};
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
