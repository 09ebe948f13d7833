/*
 * Folders: a folder has one holder at a time, whatever happens to the holder. Leftovers of killed writers are swept,
 * and nothing else is.
 */
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
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

static scratch here;

static void test_lock_makes_the_folder(void **state)
{
    (void)state;
    ur_folder_lock lock;
    in_scratch(&here, "run");
    assert_int_equal(ur_folder_lock_take(&lock, here.path, NULL), UR_OK);
    assert_true(lock.fd > 0);
    assert_true(ur_path_is_folder(here.path));
    assert_int_equal(entries_in(here.path), 0); /* the folder holds nothing but files of the run */
    ur_folder_lock_give(&lock);
    assert_int_equal(lock.fd, -1);
    ur_folder_lock_give(&lock);
    assert_int_equal(ur_folder_lock_take(&lock, in_scratch(&here, "run/"), NULL), UR_OK);
    ur_folder_lock_give(&lock);
}

static void test_two_descriptors_of_one_process(void **state)
{
    (void)state;
    ur_folder_lock first, second, other;
    ur_error error = {0};
    in_scratch(&here, "run");
    assert_int_equal(ur_folder_lock_take(&first, here.path, NULL), UR_OK);
    assert_int_equal(ur_folder_lock_take(&second, here.path, &error), UR_ERR_BUSY);
    assert_int_equal(second.fd, -1);
    assert_int_equal(error.status, UR_ERR_BUSY);
    assert_memory_equal(error.text, here.path, strlen(here.path));
    assert_non_null(strstr(error.text, "in use by another process; wait until it ends or choose another folder"));
    assert_int_equal(ur_folder_lock_take(&other, in_scratch(&here, "run2"), NULL), UR_OK);
    ur_folder_lock_give(&other);
    ur_folder_lock_give(&second); /* a lock that was never taken gives nothing away */
    assert_int_equal(ur_folder_lock_take(&second, in_scratch(&here, "run"), NULL), UR_ERR_BUSY);
    ur_folder_lock_give(&first);
    assert_int_equal(ur_folder_lock_take(&second, here.path, NULL), UR_OK);
    ur_folder_lock_give(&second);
}

/* A lock of zeros, as in a cleared struct, must not close standard input (descriptor 0). */
static void test_zero_lock_holds_nothing(void **state)
{
    (void)state;
    ur_folder_lock zero = {0};
    int copy = dup(0);
    bool was_open = copy >= 0;
    if (!was_open) assert_int_equal(open("/dev/null", O_RDONLY), 0);
    ur_folder_lock_give(&zero);
    assert_true(fcntl(0, F_GETFD) >= 0);
    close(0); /* so that the folder would get descriptor 0 */
    ur_folder_lock lock;
    ur_status status = ur_folder_lock_take(&lock, in_scratch(&here, "run"), NULL);
    bool moved = lock.fd > 0 && fcntl(0, F_GETFD) < 0;
    ur_folder_lock_give(&lock);
    if (was_open) {
        dup2(copy, 0);
        close(copy);
    }
    assert_int_equal(status, UR_OK);
    assert_true(moved);
}

static void check_refused(const char *folder, const char *message)
{
    ur_folder_lock lock;
    ur_error error = {0};
    assert_int_equal(ur_folder_lock_take(&lock, folder, &error), UR_ERR_IO);
    assert_int_equal(lock.fd, -1);
    if (!strstr(error.text, folder) || !strstr(error.text, message)) fail_msg("message: %s", error.text);
}

static void test_refuses(void **state)
{
    (void)state;
    check_refused(in_scratch(&here, "no/run"), "cannot make the folder: No such file or directory; check the name");
    put(in_scratch(&here, "file"), "x");
    check_refused(here.path, "cannot open the folder: Not a directory; a part of this path is a file");
    check_refused(in_scratch(&here, "file/run"), "cannot make the folder: Not a directory");
    unlink(in_scratch(&here, "file"));
}

/* Starts a process that calls `body`, reports its result, and then waits to be killed. */
static pid_t start(bool (*body)(void))
{
    int ends[2];
    char told = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        told = body() ? 'y' : 'n';
        if (write(ends[1], &told, 1) != 1) _exit(1);
        for (;;) pause();
    }
    close(ends[1]);
    ssize_t got = read(ends[0], &told, 1);
    close(ends[0]);
    if (got != 1 || told != 'y') kill(child, SIGKILL);
    assert_int_equal(got, 1);
    assert_int_equal(told, 'y');
    return child;
}

static void end_by_kill(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static bool take_lock(void)
{
    ur_folder_lock lock;
    return ur_folder_lock_take(&lock, here.path, NULL) == UR_OK;
}

static void test_lock_ends_with_a_killed_process(void **state)
{
    (void)state;
    ur_folder_lock lock;
    in_scratch(&here, "run");
    pid_t child = start(take_lock);
    ur_status held = ur_folder_lock_take(&lock, here.path, NULL);
    end_by_kill(child);
    assert_int_equal(held, UR_ERR_BUSY);
    assert_int_equal(ur_folder_lock_take(&lock, here.path, NULL), UR_OK);
    ur_folder_lock_give(&lock);
}

static void test_parent(void **state)
{
    (void)state;
    static const char *const PATHS[] = {"run/x", "run/x/", "run//x", "./run/x//"};
    struct stat run, parent;
    int before = open(".", O_RDONLY);
    assert_int_equal(chdir(here.root), 0);
    assert_int_equal(stat("run", &run), 0);
    int found = 0;
    for (size_t i = 0; i < sizeof PATHS / sizeof PATHS[0]; i++) {
        int fd = ur_folder_open_parent(PATHS[i]);
        if (fd >= 0 && fstat(fd, &parent) == 0 && parent.st_ino == run.st_ino) found++;
        close(fd);
    }
    int fd = ur_folder_open_parent("run");
    bool is_here = fd >= 0 && fstat(fd, &parent) == 0 && stat(".", &run) == 0 && parent.st_ino == run.st_ino;
    close(fd);
    fd = ur_folder_open_parent("/run");
    bool is_root = fd >= 0 && fstat(fd, &parent) == 0 && stat("/", &run) == 0 && parent.st_ino == run.st_ino;
    close(fd);
    assert_int_equal(ur_folder_open_parent("no/x"), -1);
    assert_int_equal(fchdir(before), 0);
    close(before);
    assert_int_equal(found, sizeof PATHS / sizeof PATHS[0]);
    assert_true(is_here && is_root);
}

/* ---- Sweeping ---- */

static bool write_half(void)
{
    ur_writer writer;
    return ur_writer_open(&writer, here.path, NULL) == UR_OK && ur_writer_add(&writer, "half", 4, NULL) == UR_OK;
}

static void test_sweep_takes_what_a_killed_writer_left(void **state)
{
    (void)state;
    char folder[128];
    snprintf(folder, sizeof folder, "%s/run", here.root);
    put(in_scratch(&here, "run/model.safetensors"), "whole");
    pid_t child = start(write_half);
    assert_int_equal(entries_in(folder), 2);
    ur_folder_sweep(folder);
    int while_it_lives = entries_in(folder);
    end_by_kill(child);
    assert_int_equal(while_it_lives, 2);
    assert_int_equal(entries_in(folder), 2);
    ur_folder_sweep(folder);
    assert_int_equal(entries_in(folder), 1);
    assert_holds(here.path, "whole");
    unlink(here.path);
}

static void test_sweep_leaves_a_writer_of_this_process(void **state)
{
    (void)state;
    ur_writer writer;
    in_scratch(&here, "last.safetensors");
    assert_int_equal(ur_writer_open(&writer, here.path, NULL), UR_OK);
    ur_folder_sweep(here.root);
    assert_int_equal(ur_writer_add(&writer, "kept", 4, NULL), UR_OK);
    assert_int_equal(ur_writer_commit(&writer, NULL), UR_OK);
    assert_holds(here.path, "kept");
    unlink(here.path);
}

/* A leftover with this process's own number in its name does not stop the writer. */
static void test_names_taken_by_leftovers(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "a.unroll-tmp-%ld-0", (long)getpid());
    put(in_scratch(&here, name), "left");
    ur_writer writer;
    assert_int_equal(ur_writer_open(&writer, in_scratch(&here, "a"), NULL), UR_OK);
    assert_int_equal(ur_writer_commit(&writer, NULL), UR_OK);
    assert_holds(here.path, "");
    assert_holds(in_scratch(&here, name), "left");
    ur_folder_sweep(here.root);
    assert_false(ur_path_exists(here.path));
    unlink(in_scratch(&here, "a"));
}

static void test_sweep_touches_nothing_else(void **state)
{
    (void)state;
    static const char *const KEPT[] = {"model.safetensors", "a.tmp-1-0",          ".unroll-tmp-1-0",
                                       "a.unroll-tmp-",     "a.unroll-tmp-1",     "a.unroll-tmp-1-",
                                       "a.unroll-tmp--1",   "a.unroll-tmp-x-0",   "a.unroll-tmp-1-0.bak",
                                       "a.unroll-tmp-1-0 ", "a.unroll-tmp-1-0-0", "unroll-tmp-1-0"};
    enum { COUNT = sizeof KEPT / sizeof KEPT[0] };
    char folder[128];
    snprintf(folder, sizeof folder, "%s/mixed", here.root);
    assert_int_equal(mkdir(folder, 0700), 0);
    for (size_t i = 0; i < COUNT; i++) {
        char name[96];
        snprintf(name, sizeof name, "mixed/%s", KEPT[i]);
        put(in_scratch(&here, name), "kept");
    }
    assert_int_equal(mkdir(in_scratch(&here, "mixed/folder.unroll-tmp-1-0"), 0700), 0);
    assert_int_equal(symlink("model.safetensors", in_scratch(&here, "mixed/link.unroll-tmp-1-0")), 0);
    assert_int_equal(mkfifo(in_scratch(&here, "mixed/pipe.unroll-tmp-1-0"), 0600), 0);
    ur_folder_sweep(folder);
    assert_int_equal(entries_in(folder), COUNT + 3);
    put(in_scratch(&here, "mixed/b.unroll-tmp-12345-6"), "left");
    ur_folder_sweep(folder);
    assert_int_equal(entries_in(folder), COUNT + 3);
    assert_false(ur_path_exists(here.path));
    rmdir(in_scratch(&here, "mixed/folder.unroll-tmp-1-0"));
}

static void test_sweep_of_no_folder(void **state)
{
    (void)state;
    ur_folder_sweep(in_scratch(&here, "not there"));
    assert_false(ur_path_exists(here.path));
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
        cmocka_unit_test(test_lock_makes_the_folder),
        cmocka_unit_test(test_two_descriptors_of_one_process),
        cmocka_unit_test(test_zero_lock_holds_nothing),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_lock_ends_with_a_killed_process),
        cmocka_unit_test(test_parent),
        cmocka_unit_test(test_sweep_takes_what_a_killed_writer_left),
        cmocka_unit_test(test_sweep_leaves_a_writer_of_this_process),
        cmocka_unit_test(test_names_taken_by_leftovers),
        cmocka_unit_test(test_sweep_touches_nothing_else),
        cmocka_unit_test(test_sweep_of_no_folder),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
