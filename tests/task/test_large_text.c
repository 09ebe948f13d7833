/*
 * Memory does not grow with the text: a training on 256 MB (UNROLL_TEST_MEGABYTES chooses another size) takes at most
 * 64 MB more than a training on 4 MB. A text that shrinks, grows or vanishes during training gives an error that names
 * the file.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* for wait4 */
#endif
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"
#include "support/run.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { SMALL_MEGABYTES = 4, LARGE_MEGABYTES = 256, MORE_MEGABYTES = 64 };

/*
 * Writes text at the beginning and the end of a file. The hole between them reads as zero bytes, which are characters
 * like others.
 */
static void make_text(const char *path, size_t megabytes)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 200; i++) fprintf(file, "At first there is text, line %d of it, with \xED\x95\x9C.\n", i);
    assert_int_equal(fseeko(file, (off_t)megabytes << 20, SEEK_SET), 0);
    fprintf(file, "and at last some more.\n");
    assert_int_equal(fclose(file), 0);
}

static ur_settings *training_on(const char *path, const char *token)
{
    ur_settings *settings = lm_settings(
        path, "--net 'embed 8 > gru 16 > dense' --val-fraction 0 --batch 32 --bptt 40 --steps 20 --threads 1");
    set_one(settings, "token", token);
    return settings;
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

/* Trains in a process of its own, which exits with status 0 on success. */
static void train_child(const char *path, const char *token)
{
    ur_settings *training = training_on(path, token);
    ur_trainer *trainer;
    ur_error error;
    bool done = ur_trainer_create(&trainer, training, &error) == UR_OK && train_to_end(trainer, &error) == UR_OK;
    if (!done) fprintf(stderr, "%s\n", error.text);
    _exit(done ? 0 : 1);
}

/* Returns the peak memory of a training on this text, in megabytes. */
static long peak_of(const char *path, const char *token)
{
    int status;
    struct rusage used;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) train_child(path, token);
    assert_int_equal(wait4(child, &status, 0, &used), child);
    assert_int_equal(status, 0);
    return used.ru_maxrss / 1024;
}

static void memory_does_not_grow(void **state)
{
    const char *token = *state, *asked = getenv("UNROLL_TEST_MEGABYTES");
    size_t megabytes = asked ? (size_t)atol(asked) : LARGE_MEGABYTES;
    char *small = strdup(in_scratch(&place, "small")), *large = strdup(in_scratch(&place, "large"));
    make_text(small, SMALL_MEGABYTES);
    make_text(large, megabytes);
    long with_small = peak_of(small, token), with_large = peak_of(large, token);
    print_message("%s: %ld MB with a text of %d MB, %ld MB with one of %zu MB\n", token, with_small, SMALL_MEGABYTES,
                  with_large, megabytes);
    assert_true(with_large <= with_small + MORE_MEGABYTES);
    free(small);
    free(large);
}

/* ---- Changes meanwhile ------------------------------------------------------------------------------------------- */

static void shrink(const char *path) { assert_int_equal(truncate(path, 1 << 19), 0); }

static void grow(const char *path) { assert_int_equal(truncate(path, 1 << 23), 0); }

static void vanish(const char *path) { assert_int_equal(unlink(path), 0); }

/* Replaces the file by another file of the same length with other bytes. */
static void replace(const char *path)
{
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(unlink(path), 0);
    put(path, "something else\n");
    assert_int_equal(truncate(path, about.st_size), 0);
}

typedef struct change {
    void (*make)(const char *path);
    const char *said;
} change;

static void change_is_an_error(void **state)
{
    const change *c = *state;
    ur_trainer *trainer;
    ur_event event;
    ur_error error = {0};
    char path[512];
    strcpy(path, in_scratch(&place, "text"));
    make_text(path, 1);
    ur_settings *training = training_on(path, "char");
    set_more(training, "--steps 100000");
    if (ur_trainer_create(&trainer, training, &error) != UR_OK) fail_msg("%s", error.text);
    ur_settings_free(training);
    assert_int_equal(ur_train_next(trainer, &event, &error), UR_OK);
    c->make(path);
    assert_int_equal(train_to_end(trainer, &error), UR_ERR_IO);
    if (strncmp(error.text, path, strlen(path)) != 0 || !strstr(error.text, c->said))
        fail_msg("expected \"%s: … %s\", found: %s", path, c->said, error.text);
    ur_trainer_free(trainer);
}

int main(void)
{
    static change changes[] = {{shrink, "shrank from 1048599 to 524288 bytes"},
                               {grow, "grew from 1048599 to 8388608 bytes"},
                               {vanish, "is gone since it was opened"},
                               {replace, "changed since it was opened"}};
    static char bytes[] = "byte", chars[] = "char";
    struct CMUnitTest tests[6] = {
        cmocka_unit_test_prestate_setup_teardown(memory_does_not_grow, set_up, tear_down, bytes),
        cmocka_unit_test_prestate_setup_teardown(memory_does_not_grow, set_up, tear_down, chars)};
    for (size_t i = 0; i < 4; i++)
        tests[2 + i] = (struct CMUnitTest){"a change meanwhile", change_is_an_error, set_up, tear_down, &changes[i]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
