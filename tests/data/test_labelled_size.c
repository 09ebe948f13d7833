/* Labelled examples with little memory, without memory, and from files that change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "labelled_open.h"
#include "support/failing_memory.h"
#include "wav_write.h"

#include <sys/resource.h>

/* ---- Much data ---------------------------------------------------------------------------------------------------- */

enum { ROWS = 200000, WIDTH = 340 };

static size_t peak_memory(void)
{
    struct rusage usage;
    assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
    return (size_t)usage.ru_maxrss * 1024;
}

static void write_large(const char *path)
{
    char row[WIDTH + 16];
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    memset(row, 'x', sizeof row);
    for (int i = 0; i < ROWS; i++) {
        int length = snprintf(row, 32, "%d,\"a text, number %d ", i % 5, i);
        row[length] = 'x';
        memcpy(row + WIDTH - 2, "\"\n", 2);
        assert_int_equal(fwrite(row, 1, WIDTH, file), WIDTH);
    }
    assert_int_equal(fclose(file), 0);
}

/* 68 MB of rows may take 16 bytes per row, twice that while the list grows, and buffers. */
static void little_memory(void **state)
{
    temp_text *temp = *state;
    const char *path = temp_path(temp, "large.csv");
    write_large(path);
    size_t before = peak_memory();
    ur_labelled *set = open_labelled(path, NULL);
    size_t used = peak_memory() - before;
    assert_int_equal(ur_labelled_count(set), ROWS);
    ur_example read = {0};
    ur_error error;
    for (size_t i = ROWS; i-- > 0; i -= i < 6 ? i : 6) {
        char begin[64];
        snprintf(begin, sizeof begin, "a text, number %zu x", i);
        assert_int_equal(ur_labelled_read(set, i, &read, &error), UR_OK);
        assert_memory_equal(read.text, begin, strlen(begin));
    }
    print_message("%zu bytes for %d examples\n", used, ROWS);
#ifndef FAILING_MEMORY_ASAN
    assert_in_range(used, 0, 16000000);
#endif
    ur_example_free(&read);
    ur_labelled_close(set);
    unlink(path);
}

/* ---- Files that change -------------------------------------------------------------------------------------------- */

static void changed(void **state)
{
    temp_text *temp = *state;
    ur_labelled *set = open_labelled(temp_string(temp, "c.tsv", "one\t1\ntwo\t0\nthree\t1\n"), NULL);
    ur_example read = {0};
    ur_error error = {0};
    char expected[600];
    assert_int_equal(ur_labelled_read(set, 2, &read, &error), UR_OK);
    temp_string(temp, "c.tsv", "one\t1\ntwo\t0\n");
    assert_int_equal(ur_labelled_read(set, 2, &read, &error), UR_ERR_IO);
    snprintf(
        expected, sizeof expected,
        "%s/c.tsv: shrank from 20 to 12 bytes since it was opened; leave the text alone while it is read, or work on "
        "a copy",
        temp->folder);
    assert_string_equal(error.text, expected);
    assert_null(read.text);
    unlink(temp->path);
    assert_int_equal(ur_labelled_read(set, 0, &read, &error), UR_ERR_IO);
    snprintf(expected, sizeof expected, "%s/c.tsv: is gone since it was opened: No such file or directory",
             temp->folder);
    assert_string_equal(error.text, expected);
    ur_example_free(&read);
    ur_labelled_close(set);
}

static void long_rows(void **state)
{
    temp_text *temp = *state;
    size_t size = (size_t)17 << 20;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, 'x', size);
    memcpy(text, "a,1\n\"", 5);
    check_refused(temp, temp_write(temp, "long.csv", text, size), NULL, UR_ERR_FORMAT,
                  "long.csv: line 2: a row of more than 16 MB; is there a quote that is never closed?");
    unlink(temp->path);
    free(text);
}

/* ---- Without memory ----------------------------------------------------------------------------------------------- */

#ifdef FAILING_MEMORY_REAL

static ur_status open_and_read(const char *const *paths, size_t count, const ur_labelled_options *options,
                               ur_error *error)
{
    ur_labelled *set;
    ur_example read = {0};
    ur_status status = ur_labelled_open(&set, paths, count, options, error);
    for (size_t i = 0; status == UR_OK && i < ur_labelled_count(set); i++)
        status = ur_labelled_read(set, i, &read, error);
    ur_example_free(&read);
    ur_labelled_close(set);
    return status;
}

static void fail_at_each(const char *const *paths, size_t count, const ur_labelled_options *options)
{
    long calls = 1;
    ur_status status = UR_OK;
    ur_error error = {0};
    for (long n = 1; calls + 1 >= n; n++) { /* until no call is left to fail */
        error = (ur_error){0};
        long before = atomic_load(&memory_live);
        memory_arm(n, false);
        status = open_and_read(paths, count, options, &error);
        calls = memory_disarm();
        assert_int_equal(atomic_load(&memory_live), before);
        if (status != UR_OK && status != UR_ERR_MEMORY) fail_msg("call %ld: %d, %s", n, status, error.text);
    }
    if (status != UR_OK) fail_msg("%s: %s", paths[0], error.text);
    assert_true(calls > 5);
}

static void fail_at_each_of(const char *path, const ur_labelled_options *options) { fail_at_each(&path, 1, options); }

static void without_memory(void **state)
{
    temp_text *temp = *state;
    static const char *const LABELS[] = {"0", "1"};
    const ur_labelled_options none = {0}, phrases = {.phrases = true}, known = {.labels = LABELS, .label_count = 2};
    unsigned char wav[128];
    fail_at_each_of(temp_string(temp, "m.tsv", "one \"x\"\t1\n\"two\" y\t0\nthree\t1\n"), &none);
    fail_at_each_of(temp_string(temp, "m.csv", "text,label\n\"one\n,\",1\ntwo,0\n"), &known);
    fail_at_each_of(temp_string(temp, "m.txt", "(3 (2 It) (4 works))\n(1 (2 It) (1 bores))\n"), &phrases);
    temp_folder(temp, "m");
    temp_folder(temp, "m/a");
    temp_folder(temp, "m/b");
    temp_string(temp, "m/a/1.txt", "one");
    temp_string(temp, "m/b/1.txt", "two");
    fail_at_each_of(temp_path(temp, "m"), &none);
    temp_folder(temp, "w");
    temp_write(temp, "w/1_a.wav", wav, write_wav(wav, 1, 8000, 1, 16, "abcd", 4));
    temp_write(temp, "w/2_a.wav", wav, write_wav(wav, 1, 16000, 1, 16, "abcd", 4));
    fail_at_each_of(temp_path(temp, "w"), &none);
    char images[600];
    snprintf(images, sizeof images, "%s", temp_write(temp, "i", "\0\0\x08\x03\0\0\0\2\0\0\0\1\0\0\0\1ab", 18));
    const char *const pair[] = {images, temp_write(temp, "l", "\0\0\x08\x01\0\0\0\2\0\1", 10)};
    fail_at_each(pair, 2, &none);
}

#else
static void without_memory(void **state)
{
    (void)state;
    print_message("skipped: allocations cannot be made to fail in this build\n");
    skip();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(little_memory), cmocka_unit_test(changed),
                                       cmocka_unit_test(long_rows), cmocka_unit_test(without_memory)};
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
