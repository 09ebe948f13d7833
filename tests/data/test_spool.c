/* Standard input kept in a file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/corpus.h"
#include "temp_text.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

static size_t count_entries(const char *folder)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    while (readdir(entries)) count++;
    closedir(entries);
    return count - 2; /* . and .. */
}

static int open_file(temp_text *temp, size_t size)
{
    char *text = malloc(size + 1);
    assert_non_null(text);
    for (size_t i = 0; i < size; i++) text[i] = (char)('a' + i % 23);
    int descriptor = open(temp_write(temp, "input", text, size), O_RDONLY);
    free(text);
    assert_true(descriptor >= 0);
    return descriptor;
}

static void copies(void **state)
{
    temp_text *temp = *state;
    ur_spool spool;
    ur_corpus *corpus, *original;
    ur_error error;
    int descriptor = open_file(temp, 200003);
    char input[512];
    snprintf(input, sizeof input, "%s", temp->path);
    const char *from = input, *folder = temp_folder(temp, "spools");
    assert_int_equal(ur_spool_create(&spool, descriptor, folder, &error), UR_OK);
    close(descriptor);
    const char *path = spool.path;
    const ur_corpus_options options = {.unit = UR_UNIT_CHAR};
    assert_int_equal(ur_corpus_open(&corpus, &path, 1, &options, &error), UR_OK);
    assert_int_equal(ur_corpus_open(&original, &from, 1, &options, &error), UR_OK);
    assert_true(ur_corpus_hash(corpus) == ur_corpus_hash(original));
    assert_int_equal(ur_corpus_units(corpus), 200003);
    assert_string_equal(ur_corpus_file_name(corpus, 0), "stdin");
    ur_corpus_close(corpus);
    ur_corpus_close(original);
    assert_int_equal(count_entries(folder), 1);
    ur_spool_free(&spool);
    assert_int_equal(count_entries(folder), 0);
    ur_spool_free(&spool); /* a second time: nothing */
}

static void from_a_pipe(void **state)
{
    temp_text *temp = *state;
    ur_spool spool;
    ur_error error;
    int ends[2];
    struct stat info;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "hello", 5), 5);
    close(ends[1]);
    assert_int_equal(ur_spool_create(&spool, ends[0], temp->folder, &error), UR_OK);
    close(ends[0]);
    assert_int_equal(stat(spool.path, &info), 0);
    assert_int_equal(info.st_size, 5);
    assert_int_equal(info.st_mode & 0777, 0600);
    ur_spool_free(&spool);
}

static void check_failure(temp_text *temp, int descriptor, const char *folder, ur_status status, const char *expected)
{
    ur_spool spool;
    ur_error error = {0};
    assert_int_equal(ur_spool_create(&spool, descriptor, folder, &error), status);
    if (!strstr(error.text, expected)) fail_msg("%s", error.text);
    assert_null(spool.path);
    if (strcmp(folder, temp->path) == 0) assert_int_equal(count_entries(folder), 0);
}

static void refused(void **state)
{
    temp_text *temp = *state;
    int descriptor = open_file(temp, 10);
    check_failure(temp, descriptor, "/nowhere/at/all", UR_ERR_IO,
                  "/nowhere/at/all: standard input cannot be kept: No such file or directory; set TMPDIR to a folder "
                  "with room for it, or give a file");
    close(descriptor);
    temp_folder(temp, "none");
    check_failure(temp, -1, temp->path, UR_ERR_IO, "standard input cannot be read: Bad file descriptor");
}

/* A limit on the size of files stands for a full disk. */
static void full_disk(void **state)
{
    temp_text *temp = *state;
    int descriptor = open_file(temp, 200000);
    struct rlimit before, small = {.rlim_cur = 100000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    temp_folder(temp, "full");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    check_failure(temp, descriptor, temp->path, UR_ERR_IO,
                  "stdin: standard input cannot be kept: File too large; set TMPDIR to a folder with room for it");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    close(descriptor);
}

static void on_alarm(int signal) { (void)signal; }

/* A pipe into which nobody writes, and a signal that comes again and again, so that one finds the read waiting. */
static void interrupted(void **state)
{
    temp_text *temp = *state;
    int ends[2];
    struct sigaction action = {.sa_handler = on_alarm};
    const struct itimerval soon = {{0, 20000}, {0, 20000}}, never = {{0, 0}, {0, 0}};
    assert_int_equal(pipe(ends), 0);
    temp_folder(temp, "interrupted");
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &soon, NULL);
    check_failure(temp, ends[0], temp->path, UR_ERR_INTERRUPTED, "reading standard input was interrupted");
    setitimer(ITIMER_REAL, &never, NULL);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies),    cmocka_unit_test(from_a_pipe), cmocka_unit_test(refused),
        cmocka_unit_test(full_disk), cmocka_unit_test(interrupted),
    };
    return cmocka_run_group_tests(tests, temp_setup, temp_teardown);
}
