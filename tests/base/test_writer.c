/*
 * Files are written whole or not at all. Whatever fails, the old file stays, the temporary file is removed, and the
 * message names the file, the reason and a remedy.
 */
#define _GNU_SOURCE /* for unshare, which lets the test mount a small file system of its own */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/file.h"
#include "base/folder.h"
#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

static scratch here;

static void assert_gone(const ur_writer *writer)
{
    assert_true(writer->fd == -1 && !writer->path && !writer->temporary && !writer->buffer);
}

static void test_new_file(void **state)
{
    (void)state;
    ur_writer writer;
    in_scratch(&here, "new");
    assert_int_equal(ur_writer_open(&writer, here.path, NULL), UR_OK);
    assert_int_equal(ur_writer_add(&writer, "one ", 4, NULL), UR_OK);
    assert_int_equal(ur_writer_add(&writer, NULL, 0, NULL), UR_OK);
    assert_int_equal(ur_writer_add(&writer, "two", 3, NULL), UR_OK);
    assert_int_equal(writer.written, 7);
    assert_false(ur_path_exists(here.path));
    assert_int_equal(ur_writer_commit(&writer, NULL), UR_OK);
    assert_holds(here.path, "one two");
    assert_int_equal(entries_in(here.root), 1);
    assert_gone(&writer);
    ur_writer_abandon(&writer);
    ur_error error;
    assert_int_equal(ur_writer_add(&writer, "x", 1, &error), UR_ERR_USAGE);
    assert_int_equal(ur_writer_commit(&writer, &error), UR_ERR_USAGE);
    unlink(here.path);
}

static void test_old_file_stands_until_commit(void **state)
{
    (void)state;
    ur_writer writer;
    put(in_scratch(&here, "old"), "old");
    assert_int_equal(chmod(here.path, 0640), 0);
    for (int commit = 0; commit < 2; commit++) {
        assert_int_equal(ur_writer_open(&writer, here.path, NULL), UR_OK);
        assert_int_equal(entries_in(here.root), 2);
        assert_int_equal(ur_writer_add(&writer, "new", 3, NULL), UR_OK);
        assert_holds(here.path, "old");
        if (commit)
            assert_int_equal(ur_writer_commit(&writer, NULL), UR_OK);
        else
            ur_writer_abandon(&writer);
        assert_gone(&writer);
        assert_holds(here.path, commit ? "new" : "old");
        assert_int_equal(entries_in(here.root), 1);
    }
    struct stat about;
    assert_int_equal(stat(here.path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    unlink(here.path);
}

static unsigned char pattern(size_t i) { return (unsigned char)(i * 31 % 251); }

/* Pieces smaller than the buffer, as large as the buffer and larger, in all orders. */
static void test_large_file(void **state)
{
    (void)state;
    static const size_t PIECES[] = {1, 262143, 262144, 1, 262145, 100, 262044, 1000000, 3, 262144, 524288, 7};
    static unsigned char source[1000000];
    ur_writer writer;
    in_scratch(&here, "large");
    size_t total = 0;
    assert_int_equal(ur_writer_open(&writer, here.path, NULL), UR_OK);
    for (size_t i = 0; i < sizeof PIECES / sizeof PIECES[0]; i++) {
        for (size_t k = 0; k < PIECES[i]; k++) source[k] = pattern(total + k);
        assert_int_equal(ur_writer_add(&writer, source, PIECES[i], NULL), UR_OK);
        total += PIECES[i];
        assert_int_equal(writer.written, total);
    }
    assert_int_equal(ur_writer_commit(&writer, NULL), UR_OK);
    ur_bytes bytes;
    assert_int_equal(ur_file_read(here.path, &bytes, NULL), UR_OK);
    assert_int_equal(bytes.size, total);
    for (size_t i = 0; i < total; i++)
        if (bytes.data[i] != pattern(i)) fail_msg("byte %zu of %zu", i, total);
    ur_bytes_free(&bytes);
    unlink(here.path);
}

static void test_two_writers_of_one_file(void **state)
{
    (void)state;
    ur_writer a, b;
    in_scratch(&here, "shared");
    assert_int_equal(ur_writer_open(&a, here.path, NULL), UR_OK);
    assert_int_equal(ur_writer_open(&b, here.path, NULL), UR_OK);
    assert_int_equal(ur_writer_add(&a, "a", 1, NULL), UR_OK);
    assert_int_equal(ur_writer_add(&b, "b", 1, NULL), UR_OK);
    assert_int_equal(ur_writer_commit(&a, NULL), UR_OK);
    assert_holds(here.path, "a");
    assert_int_equal(ur_writer_commit(&b, NULL), UR_OK);
    assert_holds(here.path, "b");
    assert_int_equal(entries_in(here.root), 1);
    unlink(here.path);
}

/* A name without a folder is a file of the working directory. */
static void test_relative_name(void **state)
{
    (void)state;
    int before = open(".", O_RDONLY);
    assert_int_equal(chdir(here.root), 0);
    ur_writer writer;
    ur_status opened = ur_writer_open(&writer, "relative", NULL);
    ur_status committed = ur_writer_commit(&writer, NULL);
    assert_int_equal(fchdir(before), 0);
    close(before);
    assert_int_equal(opened, UR_OK);
    assert_int_equal(committed, UR_OK);
    assert_holds(in_scratch(&here, "relative"), "");
    unlink(here.path);
}

static void check_refused(const char *path, const char *reason)
{
    ur_writer writer;
    ur_error error = {0};
    assert_int_equal(ur_writer_open(&writer, path, &error), UR_ERR_IO);
    assert_int_equal(error.status, UR_ERR_IO);
    if (!strstr(error.text, reason)) fail_msg("message: %s", error.text);
    assert_gone(&writer);
    ur_writer_abandon(&writer);
}

static void test_refuses(void **state)
{
    (void)state;
    check_refused(in_scratch(&here, "no/file"), "no/file: cannot create: No such file or directory; check the name");
    check_refused(here.root, "cannot write: Is a directory; name a file");
    check_refused("/dev/null", "/dev/null: cannot write: not a regular file; choose another name");
    check_refused("", ": cannot create: No such file or directory");
    char name[300] = {0};
    memset(name, 'n', 250);
    check_refused(in_scratch(&here, name), "cannot create: File name too long; choose a shorter name");
    put(in_scratch(&here, "plain"), "x");
    check_refused(in_scratch(&here, "plain/x"), "a part of this path is a file");
    unlink(in_scratch(&here, "plain"));
    assert_int_equal(entries_in(here.root), 0);
}

/* Runs `body` in a child process, which may give up rights and mount file systems. Returns the child's exit status. */
static int in_child(int (*body)(void))
{
    pid_t child = fork();
    if (child == 0) _exit(body());
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

enum { CHILD_SKIPS = 77 };

static int write_without_permission(void)
{
    ur_writer writer;
    ur_error error = {0};
    if (geteuid() == 0 && setuid(65534) != 0) return CHILD_SKIPS;
    if (ur_writer_open(&writer, here.path, &error) != UR_ERR_IO) return 1;
    return strstr(error.text, "cannot create: Permission denied; check the permissions") ? 0 : 2;
}

static void test_no_permission(void **state)
{
    (void)state;
    assert_int_equal(chmod(here.root, 0555), 0);
    in_scratch(&here, "forbidden");
    int result = in_child(write_without_permission);
    assert_int_equal(chmod(here.root, 0700), 0);
    if (result == CHILD_SKIPS) {
        print_message("skipped: the user cannot be changed\n");
        skip();
    }
    assert_int_equal(result, 0);
}

/* Adds `size` bytes in pieces and commits. Returns the status of the first failure. */
static ur_status write_much(const char *path, size_t size, ur_error *error)
{
    static const char PIECE[10000] = {'p'};
    ur_writer writer;
    UR_TRY(ur_writer_open(&writer, path, error));
    for (size_t done = 0; done < size; done += sizeof PIECE) UR_TRY(ur_writer_add(&writer, PIECE, sizeof PIECE, error));
    return ur_writer_commit(&writer, error);
}

/* A limit on the file size plays a full disk. A large file meets the limit in add, a small file only in commit. */
static void test_limit_on_the_size(void **state)
{
    (void)state;
    struct rlimit before, small;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 50000;
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    put(in_scratch(&here, "limited"), "old");
    for (size_t size = 60000; size <= 3000000; size *= 50) {
        ur_error error = {0};
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        ur_status status = write_much(here.path, size, &error);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(status, UR_ERR_IO);
        assert_non_null(strstr(error.text, "limited: cannot write: File too large; raise the limit"));
        assert_holds(here.path, "old");
        assert_int_equal(entries_in(here.root), 1);
    }
    signal(SIGXFSZ, handler);
    unlink(here.path);
}

/* Mounts a file system of 64 KB that only this process sees. */
static int fill_a_small_disk(void)
{
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return CHILD_SKIPS;
    if (mount("none", here.root, "tmpfs", 0, "size=64k") != 0) return CHILD_SKIPS;
    ur_error error = {0};
    put(in_scratch(&here, "full"), "old");
    for (size_t size = 100000; size <= 1000000; size *= 10) {
        if (write_much(here.path, size, &error) != UR_ERR_IO) return 1;
        if (!strstr(error.text, "full: cannot write: No space left on device; free some space")) return 2;
        char got[4] = {0};
        FILE *file = fopen(here.path, "r");
        if (!file || fread(got, 1, 4, file) != 3 || strcmp(got, "old") != 0) return 3;
        fclose(file);
        if (entries_in(here.root) != 1) return 4;
    }
    return write_much(here.path, 20000, &error) == UR_OK ? 0 : 5; /* the failed files have left nothing behind */
}

static void test_full_disk(void **state)
{
    (void)state;
    int result = in_child(fill_a_small_disk);
    if (result == CHILD_SKIPS) {
        print_message("skipped: a small disk cannot be mounted\n");
        skip();
    }
    assert_int_equal(result, 0);
}

/* ---- The same source, on a system where each call fails on demand. ---- */

typedef enum call { NO_CALL, WRITE, FSYNC_FILE, FSYNC_FOLDER, RENAME, OPEN_PARENT, MALLOC } call;

static call failing;
static int why, countdown; /* the countdown-th call of its kind fails with errno `why`, or writes too little if 0 */
static int renames;

static bool fails_now(call which) { return which == failing && --countdown == 0; }

static ssize_t odd_write(int fd, const void *bytes, size_t size)
{
    bool now = fails_now(WRITE);
    errno = why;
    if (now && why) return -1;
    if (now) return 0;
    return write(fd, bytes, size > 5 ? 5 : size); /* every write is short */
}

static int odd_fsync(int fd)
{
    struct stat about;
    fstat(fd, &about);
    bool now = fails_now(S_ISDIR(about.st_mode) ? FSYNC_FOLDER : FSYNC_FILE);
    if (now) errno = why;
    return now ? -1 : fsync(fd);
}

static int odd_rename(const char *from, const char *to)
{
    renames++;
    bool now = fails_now(RENAME);
    if (now) errno = why;
    return now ? -1 : rename(from, to);
}

static int odd_open_parent(const char *path)
{
    bool now = fails_now(OPEN_PARENT);
    if (now) errno = why;
    return now ? -1 : ur_folder_open_parent(path);
}

static void *odd_malloc(size_t size) { return fails_now(MALLOC) ? NULL : malloc(size); }

#define write                 odd_write
#define fsync                 odd_fsync
#define rename                odd_rename
#define malloc                odd_malloc
#define ur_folder_open_parent odd_open_parent
#define ur_writer_open        odd_writer_open
#define ur_writer_add         odd_writer_add
#define ur_writer_commit      odd_writer_commit
#define ur_writer_abandon     odd_writer_abandon
#include "base/writer.c"

static const char TEXT[] = "what is written in the end";

static ur_status write_oddly(call which, int n, int reason, ur_error *error)
{
    failing = which;
    countdown = n;
    why = reason;
    renames = 0;
    put(in_scratch(&here, "odd"), "old");
    ur_writer writer;
    ur_status status = odd_writer_open(&writer, here.path, error);
    if (status == UR_OK) status = odd_writer_add(&writer, TEXT, 10, error);
    if (status == UR_OK) status = odd_writer_add(&writer, TEXT + 10, sizeof TEXT - 1 - 10, error);
    if (status == UR_OK) status = odd_writer_commit(&writer, error);
    failing = NO_CALL;
    assert_gone(&writer);
    odd_writer_abandon(&writer);
    assert_int_equal(entries_in(here.root), 1);
    return status;
}

static void check_failure(call which, int n, int reason, const char *message)
{
    ur_error error = {0};
    ur_status status = write_oddly(which, n, reason, &error);
    assert_int_equal(status, which == MALLOC ? UR_ERR_MEMORY : UR_ERR_IO);
    assert_true(countdown <= 0);
    assert_memory_equal(error.text, here.path, strlen(here.path));
    if (!strstr(error.text, message)) fail_msg("message: %s", error.text);
    if (which != FSYNC_FOLDER) assert_holds(here.path, "old");
    unlink(here.path);
}

static void test_each_call_fails(void **state)
{
    (void)state;
    for (int n = 1; n <= 6; n++) check_failure(WRITE, n, ENOSPC, "cannot write: No space left on device; free some");
    check_failure(WRITE, 2, 0, "cannot write: Input/output error");
    check_failure(FSYNC_FILE, 1, EIO, "cannot write: Input/output error");
    check_failure(FSYNC_FILE, 1, EDQUOT, "cannot write: Disk quota exceeded; free some space");
    check_failure(RENAME, 1, EACCES, "cannot replace: Permission denied; check the permissions");
    check_failure(OPEN_PARENT, 1, EMFILE, "cannot open the folder: Too many open files; close some");
    assert_int_equal(renames, 0);
    for (int n = 1; n <= 3; n++) check_failure(MALLOC, n, 0, "not enough memory to write it");
}

/* It is too late to go back: the new file is in place and complete, and the caller gets an error. */
static void test_folder_that_cannot_be_synced(void **state)
{
    (void)state;
    check_failure(FSYNC_FOLDER, 1, EIO, "cannot make its new name durable: Input/output error");
    assert_int_equal(renames, 1);
}

static void test_calls_that_are_tried_again_or_do_not_matter(void **state)
{
    (void)state;
    static const struct {
        call which;
        int cause;
    } HARMLESS[] = {{NO_CALL, 0},          {WRITE, EINTR},         {FSYNC_FILE, EINTR},
                    {FSYNC_FOLDER, EINTR}, {FSYNC_FOLDER, EINVAL}, {FSYNC_FOLDER, ENOTSUP}};
    for (size_t i = 0; i < sizeof HARMLESS / sizeof HARMLESS[0]; i++) {
        ur_error error;
        ur_status status = write_oddly(HARMLESS[i].which, 1, HARMLESS[i].cause, &error);
        if (status != UR_OK) fail_msg("%zu: %s", i, error.text);
        assert_int_equal(countdown > 0, HARMLESS[i].which == NO_CALL);
        assert_holds(here.path, TEXT);
        unlink(here.path);
    }
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
        cmocka_unit_test(test_new_file),
        cmocka_unit_test(test_old_file_stands_until_commit),
        cmocka_unit_test(test_large_file),
        cmocka_unit_test(test_two_writers_of_one_file),
        cmocka_unit_test(test_relative_name),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_no_permission),
        cmocka_unit_test(test_limit_on_the_size),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_each_call_fails),
        cmocka_unit_test(test_folder_that_cannot_be_synced),
        cmocka_unit_test(test_calls_that_are_tried_again_or_do_not_matter),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
