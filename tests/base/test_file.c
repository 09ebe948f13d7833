/* Reading files whole, paths, and messages. A second copy of the source reads through a descriptor that misbehaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/scratch.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

static scratch here;

static void test_reads_a_file_whole(void **state)
{
    (void)state;
    static const size_t SIZES[] = {0, 1, 4095, 65535, 65536, 65537, 300000};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        FILE *file = fopen(in_scratch(&here, "whole"), "w");
        for (size_t k = 0; k < SIZES[i]; k++) fputc((int)(k * 7 % 251), file);
        fclose(file);
        ur_bytes bytes;
        assert_int_equal(ur_file_read(here.path, &bytes, NULL), UR_OK);
        assert_int_equal(bytes.size, SIZES[i]);
        assert_non_null(bytes.data);
        for (size_t k = 0; k < SIZES[i]; k++) assert_int_equal(bytes.data[k], k * 7 % 251);
        ur_bytes_free(&bytes);
        assert_true(bytes.data == NULL && bytes.size == 0);
        ur_bytes_free(&bytes);
    }
}

static void check_refused(const char *path, ur_status status, const char *reason)
{
    ur_bytes bytes = {(unsigned char *)&status, 7};
    ur_error error = {0};
    assert_int_equal(ur_file_read(path, &bytes, &error), status);
    assert_true(bytes.data == NULL && bytes.size == 0);
    assert_int_equal(error.status, status);
    if (!strstr(error.text, path) || !strstr(error.text, reason)) fail_msg("message: %s", error.text);
}

static void test_refuses(void **state)
{
    (void)state;
    check_refused(in_scratch(&here, "missing"), UR_ERR_IO, "cannot open: No such file or directory; check the name");
    check_refused(here.root, UR_ERR_IO, "cannot read: Is a directory; name a file");
    check_refused("/dev/zero", UR_ERR_IO, "neither a file nor a pipe");
    check_refused("", UR_ERR_IO, "No such file");
    put(in_scratch(&here, "plain"), "x");
    check_refused(in_scratch(&here, "plain/below"), UR_ERR_IO, "a part of this path is a file");
}

/* More than the first guess at its size, and in pieces. */
static void test_reads_a_pipe(void **state)
{
    (void)state;
    enum { SIZE = 200000 };
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        for (int i = 0; i < SIZE; i++) {
            char byte = (char)('a' + i % 26);
            if (write(ends[1], &byte, 1) != 1) _exit(1);
        }
        _exit(0);
    }
    close(ends[1]);
    ur_bytes bytes;
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    assert_int_equal(ur_file_read(path, &bytes, NULL), UR_OK);
    assert_int_equal(bytes.size, SIZE);
    for (int i = 0; i < SIZE; i++) assert_int_equal(bytes.data[i], 'a' + i % 26);
    ur_bytes_free(&bytes);
    close(ends[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_reads_files_of_unknown_length(void **state)
{
    (void)state;
    ur_bytes bytes;
    if (!ur_path_exists("/proc/self/status")) {
        print_message("skipped: /proc/self/status\n is missing; it has one line for each frame, with its label");
        skip();
    }
    assert_int_equal(ur_file_read("/proc/self/status", &bytes, NULL), UR_OK);
    assert_true(bytes.size > 5);
    assert_memory_equal(bytes.data, "Name:", 5);
    ur_bytes_free(&bytes);
}

static void test_paths(void **state)
{
    (void)state;
    put(in_scratch(&here, "there"), "");
    assert_true(ur_path_exists(here.path));
    assert_false(ur_path_is_folder(here.path));
    assert_true(ur_path_exists(here.root) && ur_path_is_folder(here.root));
    in_scratch(&here, "not there");
    assert_false(ur_path_exists(here.path) || ur_path_is_folder(here.path));
    static const char *const JOINED[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}, {"a/b", "", "a/b/"}};
    for (size_t i = 0; i < sizeof JOINED / sizeof JOINED[0]; i++) {
        char *path = ur_path_join(JOINED[i][0], JOINED[i][1]);
        assert_string_equal(path, JOINED[i][2]);
        free(path);
    }
}

static void test_messages(void **state)
{
    (void)state;
    ur_error error;
    assert_int_equal(ur_fail_file(&error, "a/b", "write", ENOSPC), UR_ERR_IO);
    assert_string_equal(error.text,
                        "a/b: cannot write: No space left on device; free some space or choose another folder");
    assert_int_equal(ur_fail_file(&error, "a/b", "read", ENOMEM), UR_ERR_MEMORY);
    assert_int_equal(ur_fail_file(&error, "a/b", "open", EACCES), UR_ERR_IO);
    assert_string_equal(error.text,
                        "a/b: cannot open: Permission denied; check the permissions of the file and of its folder");
    assert_int_equal(ur_fail_file(&error, "a/b", "read", EIO), UR_ERR_IO);
    assert_string_equal(error.text, "a/b: cannot read: Input/output error");
    assert_int_equal(ur_fail_file(NULL, "a/b", "read", EIO), UR_ERR_IO);
}

/* Both ends of the path and the reason must be there, and no character be cut. */
static void test_message_for_a_long_path(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 3; lead++) {
        char path[2000] = {0};
        memset(path, 'x', lead);
        for (int i = 0; i < 400; i++) strcat(path, "\xe2\x82\xac");
        strcat(path, "/end");
        ur_error error;
        ur_fail_file(&error, path, "open", ENOENT);
        assert_non_null(strstr(error.text, "/end: cannot open: No such file or directory; check"));
        assert_memory_equal(error.text, path, 150);
        assert_non_null(strstr(error.text, "\xe2\x82\xac\xe2\x80\xa6\xe2\x82\xac"));
    }
}

/* ---- The same source, with read and realloc that do as they are told. ---- */

static int read_calls, fail_read_at, fail_with, end_at, grow_at, fail_alloc_at, alloc_calls;

static ssize_t odd_read(int fd, void *buffer, size_t size)
{
    read_calls++;
    if (read_calls == fail_read_at) {
        errno = fail_with;
        return -1;
    }
    if (read_calls == end_at) return 0;
    if (read_calls == grow_at) put(here.path, "ten bytes and then many more");
    return read(fd, buffer, size < 4 ? size : 4);
}

void odd_bytes_free(ur_bytes *bytes);

static void *odd_realloc(void *block, size_t size)
{
    alloc_calls++;
    return alloc_calls == fail_alloc_at ? NULL : realloc(block, size);
}

static void *odd_block_raw(size_t bytes)
{
    alloc_calls++;
    return alloc_calls == fail_alloc_at ? NULL : ur_block_raw(bytes);
}

#define ur_block_raw      odd_block_raw
#define read              odd_read
#define realloc           odd_realloc
#define ur_file_read      odd_file_read
#define ur_bytes_free     odd_bytes_free
#define ur_path_exists    odd_path_exists
#define ur_path_is_folder odd_path_is_folder
#define ur_path_join      odd_path_join
#include "base/file.c"
#undef read
#undef realloc
#undef ur_block_raw

static ur_status read_oddly(ur_bytes *bytes, ur_error *error)
{
    read_calls = 0;
    alloc_calls = 0;
    put(in_scratch(&here, "odd"), "ten bytes.");
    ur_status status = odd_file_read(here.path, bytes, error);
    fail_read_at = end_at = grow_at = fail_alloc_at = 0;
    if (status != UR_OK) {
        assert_null(bytes->data);
        assert_non_null(strstr(error->text, here.path));
    }
    return status;
}

static void test_short_and_interrupted_reads(void **state)
{
    (void)state;
    ur_bytes bytes;
    ur_error error;
    fail_read_at = 2;
    fail_with = EINTR;
    assert_int_equal(read_oddly(&bytes, &error), UR_OK);
    assert_int_equal(bytes.size, 10);
    assert_memory_equal(bytes.data, "ten bytes.", 10);
    odd_bytes_free(&bytes);
}

static void test_failing_reads(void **state)
{
    (void)state;
    ur_bytes bytes;
    ur_error error;
    fail_with = EIO;
    for (int n = 1; n <= 4; n++) {
        fail_read_at = n;
        assert_int_equal(read_oddly(&bytes, &error), UR_ERR_IO);
        assert_non_null(strstr(error.text, "cannot read: Input/output error"));
    }
    fail_alloc_at = 1;
    assert_int_equal(read_oddly(&bytes, &error), UR_ERR_MEMORY);
    assert_non_null(strstr(error.text, "not enough memory"));
}

static void test_file_that_changes_while_it_is_read(void **state)
{
    (void)state;
    ur_bytes bytes;
    ur_error error;
    end_at = 2;
    assert_int_equal(read_oddly(&bytes, &error), UR_ERR_IO);
    assert_non_null(strstr(error.text, "no longer has the 10 bytes"));
    grow_at = 2;
    assert_int_equal(read_oddly(&bytes, &error), UR_ERR_IO);
    assert_non_null(strstr(error.text, "no longer has the 10 bytes"));
}

static int begin(void **state)
{
    (void)state;
    make_scratch(&here);
    return 0;
}

static int end(void **state)
{
    (void)state;
    remove_scratch(&here);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_a_file_whole),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_reads_a_pipe),
        cmocka_unit_test(test_reads_files_of_unknown_length),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_message_for_a_long_path),
        cmocka_unit_test(test_short_and_interrupted_reads),
        cmocka_unit_test(test_failing_reads),
        cmocka_unit_test(test_file_that_changes_while_it_is_read),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
