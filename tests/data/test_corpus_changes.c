/* Files that change while they are read, and a file beyond 4 GiB. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "corpus_open.h"
#include "data/cursor.h"

#include <fcntl.h>

typedef void harm(const char *path);

static void shrink(const char *path) { assert_int_equal(truncate(path, 30000), 0); }
static void grow(const char *path) { assert_int_equal(truncate(path, 50001), 0); }
static void vanish(const char *path) { assert_int_equal(unlink(path), 0); }

static void touch(const char *path, time_t seconds, long nanoseconds)
{
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    struct timespec times[2] = {info.st_atim, info.st_mtim};
    times[1].tv_sec += seconds;
    times[1].tv_nsec = (times[1].tv_nsec + nanoseconds) % 1000000000;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void age(const char *path) { touch(path, -1, 0); }
static void age_little(const char *path) { touch(path, 0, 1000000); }

static void become_folder(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void become_pipe(const char *path)
{
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
}

/*
 * The file is changed after the reader has filled its first buffer. The buffer can still be read; going on and going
 * back fail.
 */
static void check_harm(temp_text *temp, const char *name, harm *harmed, const char *expected)
{
    static char text[50000];
    ur_error error = {0};
    ur_reader *reader;
    const char *token;
    size_t length;
    memset(text, 'x', sizeof text);
    ur_corpus *corpus = open_good(UR_TOKEN_CHAR, false, 0, temp_write(temp, name, text, sizeof text));
    assert_int_equal(ur_reader_open(&reader, corpus, NULL, &error), UR_OK);
    assert_int_equal(ur_reader_next_text(reader, &token, &length, &error), UR_OK);
    harmed(temp->path);
    assert_int_equal(ur_reader_next_text(reader, &token, &length, &error), UR_OK);
    assert_int_equal(ur_reader_seek(reader, 40000, &error), UR_ERR_IO);
    check_message(temp, &error, expected);
    error = (ur_error){0};
    assert_int_equal(ur_reader_seek(reader, 0, &error), UR_OK);
    assert_int_equal(ur_reader_next_text(reader, &token, &length, &error), UR_ERR_IO);
    check_message(temp, &error, expected);
    ur_reader_close(reader);
    ur_corpus_close(corpus);
}

static void changed_files(void **state)
{
    temp_text *temp = *state;
    check_harm(temp, "shrink", shrink,
               "shrink: shrank from 50000 to 30000 bytes since it was opened; leave the text alone while it is read, "
               "or work on a copy");
    check_harm(temp, "grow", grow,
               "grow: grew from 50000 to 50001 bytes since it was opened; leave the text alone while it is read, or "
               "work on a copy");
    check_harm(temp, "age", age,
               "age: changed since it was opened; leave the text alone while it is read, or work on a copy");
    check_harm(temp, "age2", age_little,
               "age2: changed since it was opened; leave the text alone while it is read, or work on a copy");
    check_harm(temp, "vanish", vanish, "vanish: is gone since it was opened: No such file or directory");
    check_harm(temp, "folder", become_folder,
               "folder: no longer a regular file; leave the text alone while it is read, or work on a copy");
    check_harm(temp, "fifo", become_pipe,
               "fifo: no longer a regular file; leave the text alone while it is read, or work on a copy");
}

/* A file of more than 4 GiB that takes hardly any disk: a hole with a few bytes on either side. */
static void large_offsets(void **state)
{
    temp_text *temp = *state;
    const char *path = temp_string(temp, "large", "begin");
    const off_t size = ((off_t)1 << 32) + 10;
    int descriptor = open(path, O_WRONLY);
    assert_int_equal(pwrite(descriptor, "end", 3, size), 3);
    assert_int_equal(close(descriptor), 0);
    ur_file_list list;
    ur_error error = {0};
    ur_cursor cursor;
    const unsigned char *text;
    size_t length;
    assert_int_equal(ur_file_list_make(&list, &path, 1, UR_BINARY_NAMED, &error), UR_OK);
    assert_int_equal(ur_cursor_open(&cursor, &list, UR_TOKEN_WORD, false, UR_CURSOR_SMALL, &error), UR_OK);
    ur_cursor_place(&cursor, 0, (uint64_t)size - 1);
    assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
    assert_int_equal(length, 1);
    assert_int_equal(ur_cursor_next(&cursor, &text, &length, &error), UR_OK);
    assert_int_equal(length, 3);
    assert_memory_equal(text, "end", 3);
    assert_true(cursor.mark == (uint64_t)size);
    ur_cursor_close(&cursor);
    ur_file_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changed_files),
        cmocka_unit_test(large_offsets),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
