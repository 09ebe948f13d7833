/*
 * Kills and resumes. The program trains, is killed at random moments (again and again, each time after a new
 * checkpoint), and goes on with --resume. At the end model.safetensors and last.safetensors are byte for byte those of
 * a run that was never stopped, and log.jsonl and the event file have the same lines and records, except for the times.
 *
 * Every update is followed by a checkpoint, and every second kill waits for a write to begin. So many kills interrupt a
 * write, which a left temporary file shows. The other moments are random; the seed is printed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

enum { ARGUMENTS = 40, PATIENCE_SECONDS = 60, EARLY_KILLS = 3, ROUNDS = 20 };

/* One kind of training, with its options except DATA, RUN and --resume. */
typedef struct job {
    const char *name;
    const char *options[ARGUMENTS];
    int signals[2]; /* sent in turn */
    int kills;
} job;

typedef struct tally {
    int kills, within_a_write, early, rounds;
} tally;

static int kills_in_all, within_a_write_in_all;

static scratch place;
static const char *program;
static uint64_t dice;

/* ---- Small things ------------------------------------------------------------------------------------------------ */

static uint64_t draw(uint64_t below)
{
    dice = dice * 6364136223846793005u + 1442695040888963407u;
    return (dice >> 33) % below;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void wait_microseconds(uint64_t n)
{
    struct timespec t = {(time_t)(n / 1000000), (long)(n % 1000000) * 1000};
    nanosleep(&t, NULL);
}

static char *path_of(const char *run, const char *name)
{
    char both[256];
    snprintf(both, sizeof both, "%s/%s", run, name);
    return strdup(in_scratch(&place, both));
}

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about) != 0) fail_msg("%s is not there", path);
    char *bytes = calloc((size_t)about.st_size + 1, 1);
    assert_non_null(bytes);
    *size = fread(bytes, 1, (size_t)about.st_size, file);
    assert_int_equal(*size, about.st_size);
    fclose(file);
    return bytes;
}

/* Writes words that follow rules, so that there is something to learn. */
static void write_text(const char *name, size_t size)
{
    static const char *const words[] = {"the", "cat", "sat", "on", "a", "mat", "and", "ate", "fish", "with", "green"};
    FILE *file = fopen(in_scratch(&place, name), "w");
    assert_non_null(file);
    for (size_t word = 0, written = 0; written < size; word = (word * 5 + 3 + written % 7) % 11)
        written += (size_t)fprintf(file, "%s%s", words[word], written % 13 == 0 ? ".\n" : " ");
    assert_int_equal(fclose(file), 0);
}

/* ---- The program ------------------------------------------------------------------------------------------------- */

static pid_t start(const job *j, const char *run, bool resume)
{
    const char *arguments[ARGUMENTS + 12] = {program, "train", "lm"};
    size_t count = 3;
    char *folder = strdup(in_scratch(&place, run)), *text = strdup(in_scratch(&place, "text.txt"));
    char *said = strdup(in_scratch(&place, "said.txt"));
    const char *const more[] = {text, "-o", folder, "--quiet", "--threads", "1", resume ? "--resume" : "--overwrite"};
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) arguments[count++] = more[i];
    for (size_t i = 0; j->options[i]; i++) arguments[count++] = j->options[i];
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int output = open(said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(output, 1);
        dup2(output, 2);
        execv(program, (char *const *)(uintptr_t)arguments);
        _exit(127);
    }
    free(folder);
    free(text);
    free(said);
    return child;
}

static void must_end_well(int status)
{
    size_t size;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    char *said = read_file(in_scratch(&place, "said.txt"), &size);
    fail_msg("the program ended with status %x: %s", (unsigned)status, said);
}

static double run_to_the_end(const job *j, const char *run, bool resume)
{
    int status;
    double began = now();
    pid_t child = start(j, run, resume);
    assert_int_equal(waitpid(child, &status, 0), child);
    must_end_well(status);
    return now() - began;
}

/* ---- Kills ------------------------------------------------------------------------------------------------------- */

static int left_over(const char *run)
{
    int count = 0;
    DIR *entries = opendir(in_scratch(&place, run));
    if (!entries) return 0;
    for (struct dirent *e = readdir(entries); e; e = readdir(entries)) count += strstr(e->d_name, "unroll-tmp") != NULL;
    closedir(entries);
    return count;
}

/* Identifies the current checkpoint: a new checkpoint is a new file. */
static struct stat checkpoint(const char *run)
{
    struct stat about = {0};
    char *path = path_of(run, "last.safetensors");
    if (stat(path, &about) != 0) about.st_ino = 0;
    free(path);
    return about;
}

static bool moved(const struct stat *before, const char *run)
{
    struct stat after = checkpoint(run);
    return after.st_ino != 0 && (after.st_ino != before->st_ino || after.st_mtim.tv_sec != before->st_mtim.tv_sec ||
                                 after.st_mtim.tv_nsec != before->st_mtim.tv_nsec);
}

static bool has_ended(pid_t child)
{
    siginfo_t ended = {0};
    return waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == child;
}

/* Waits for a new checkpoint. Returns false if the run has ended instead. */
static bool wait_for_progress(pid_t child, const struct stat *before, const char *run)
{
    double began = now();
    while (!moved(before, run)) {
        if (has_ended(child)) return false;
        if (now() - began > PATIENCE_SECONDS) fail_msg("no checkpoint within %d seconds", PATIENCE_SECONDS);
        wait_microseconds(100);
    }
    return true;
}

/* Waits until a file is being written, or the run has ended. */
static void wait_for_write(pid_t child, const char *run)
{
    while (left_over(run) == 0 && !has_ended(child)) {
    }
}

/* Whether the signal ended the run, and not its last step. */
static bool was_stopped(int status, int signal_sent, const char *run)
{
    size_t size;
    if (WIFSIGNALED(status) && WTERMSIG(status) == signal_sent) return true;
    must_end_well(status);
    if (signal_sent == SIGKILL) return false;
    assert_int_equal(left_over(run), 0);
    char *said = read_file(in_scratch(&place, "said.txt"), &size);
    bool interrupted = strstr(said, "Interrupted") != NULL;
    free(said);
    return interrupted;
}

/*
 * Starts the run, waits for a new checkpoint, then for a moment within three updates or, every second time, for a
 * write, and kills the run. Returns false if the run had ended.
 */
static bool kill_once(const job *j, const char *run, double step_seconds, tally *t)
{
    int status, signal_sent = j->signals[t->kills % 2];
    struct stat before = checkpoint(run);
    pid_t child = start(j, run, true);
    if (wait_for_progress(child, &before, run)) {
        if (t->kills % 2)
            wait_for_write(child, run);
        else
            wait_microseconds(draw((uint64_t)(3e6 * step_seconds) + 1));
        kill(child, signal_sent);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!was_stopped(status, signal_sent, run)) return false;
    t->kills++;
    t->within_a_write += left_over(run) > 0;
    return true;
}

/* Kills the run before its first update. There need not be a checkpoint. */
static void kill_early(const job *j, const char *run, tally *t)
{
    int status;
    pid_t child = start(j, run, true);
    wait_microseconds(draw(20000));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    t->early++;
}

static void kill_many(const job *j, const char *run, double step_seconds, tally *t)
{
    for (int i = 0; i < EARLY_KILLS; i++) kill_early(j, run, t);
    while (t->kills < j->kills && kill_once(j, run, step_seconds, t))
        if (draw(10) == 0) kill_early(j, run, t);
    run_to_the_end(j, run, true);
    assert_int_equal(left_over(run), 0);
    t->rounds++;
}

/* ---- What must be equal ------------------------------------------------------------------------------------------ */

static void must_be_same_bytes(const char *a, const char *b, const char *name)
{
    char *paths[2] = {path_of(a, name), path_of(b, name)};
    size_t sizes[2];
    char *bytes[2] = {read_file(paths[0], &sizes[0]), read_file(paths[1], &sizes[1])};
    if (sizes[0] != sizes[1] || memcmp(bytes[0], bytes[1], sizes[0]) != 0)
        fail_msg("%s of the resumed run differs from that of the run that was never stopped", name);
    for (int i = 0; i < 2; i++) {
        free(paths[i]);
        free(bytes[i]);
    }
}

/* Returns the log without the seconds in its lines. */
static char *log_of(const char *run)
{
    size_t size;
    char *path = path_of(run, "log.jsonl"), *text = read_file(path, &size);
    for (char *at; (at = strstr(text, ",\"seconds\":"));) {
        size_t length = strcspn(at + 1, ",}") + 1;
        memmove(at, at + length, strlen(at + length) + 1);
    }
    free(path);
    return text;
}

static void must_be_same_log(const char *a, const char *b)
{
    char *first = log_of(a), *second = log_of(b);
    assert_string_equal(first, second);
    assert_true(strlen(first) > 0 && first[strlen(first) - 1] == '\n');
    free(first);
    free(second);
}

/* Returns the event file without the times (which events begin with) and checksums of its records. */
static char *events_of(const char *run, size_t *size)
{
    enum { HEAD = 12, FOOT = 4, KEY = 1, TIME = 8 };
    char *path = path_of(run, "events.out.tfevents.0000000001.unroll"), *bytes = read_file(path, size);
    size_t at = 0;
    while (at + HEAD + KEY + TIME + FOOT <= *size) {
        uint32_t length;
        memcpy(&length, bytes + at, sizeof length);
        assert_true(length >= KEY + TIME && length <= *size - at - HEAD - FOOT);
        assert_int_equal(bytes[at + HEAD], 1 << 3 | 1);
        memset(bytes + at + HEAD + KEY, 0, TIME);
        memset(bytes + at + HEAD + length, 0, FOOT);
        at += HEAD + length + FOOT;
    }
    assert_int_equal(at, *size);
    free(path);
    return bytes;
}

static void must_be_same_events(const char *a, const char *b)
{
    size_t sizes[2];
    char *bytes[2] = {events_of(a, &sizes[0]), events_of(b, &sizes[1])};
    assert_true(sizes[0] > 1000);
    if (sizes[0] != sizes[1] || memcmp(bytes[0], bytes[1], sizes[0]) != 0)
        fail_msg("the event file of the resumed run differs from that of the run that was never stopped");
    for (int i = 0; i < 2; i++) free(bytes[i]);
}

static long steps_of(const job *j)
{
    for (size_t i = 0; j->options[i]; i++)
        if (strcmp(j->options[i], "--steps") == 0) return atol(j->options[i + 1]);
    fail_msg("the job has no --steps");
    return 1;
}

static void try_job(const job *j)
{
    tally t = {0};
    double seconds = run_to_the_end(j, "whole", false);
    run_to_the_end(j, "killed", false); /* an older run, of which no trace may remain */
    while (t.kills < j->kills && t.rounds < ROUNDS) {
        remove_tree(in_scratch(&place, "killed"), 1);
        kill_many(j, "killed", seconds / (double)steps_of(j), &t);
        must_be_same_bytes("whole", "killed", "model.safetensors");
        must_be_same_bytes("whole", "killed", "last.safetensors");
        must_be_same_log("whole", "killed");
        must_be_same_events("whole", "killed");
    }
    print_message("%s: stopped %d times (and %d times early), %d times within a write, in %d runs\n", j->name, t.kills,
                  t.early, t.within_a_write, t.rounds);
    assert_int_equal(t.kills, j->kills);
    if (j->signals[0] == SIGKILL) kills_in_all += t.kills;
    within_a_write_in_all += t.within_a_write;
}

/* ---- Jobs -------------------------------------------------------------------------------------------------------- */

static void overlapping_windows(void **state)
{
    (void)state;
    try_job(&(job){.name = "LSTM, dropout, averaged weights, windows that overlap",
                   .options = {"--net",
                               "embed 12 > lstm 24 x2 drop=0.3 > dropout 0.2 > dense",
                               "--batch",
                               "4",
                               "--bptt",
                               "20",
                               "--bptt-step",
                               "7",
                               "--steps",
                               "120",
                               "--average",
                               "0.99",
                               "--warmup",
                               "10",
                               "--eval-every",
                               "9",
                               "--sample-every",
                               "7",
                               "--save-every",
                               "1",
                               NULL},
                   .signals = {SIGKILL, SIGKILL},
                   .kills = 40});
}

static void min_char_rnn(void **state)
{
    (void)state;
    try_job(&(job){.name = "min-char-rnn",
                   .options = {"--preset", "min-char-rnn", "--steps", "400", "--save-every", "1", NULL},
                   .signals = {SIGKILL, SIGKILL},
                   .kills = 32});
}

static void plateau(void **state)
{
    (void)state;
    try_job(&(job){.name = "GRU, plateau schedule, momentum",
                   .options = {"--net",
                               "onehot > gru 16 > dense",
                               "--batch",
                               "3",
                               "--bptt",
                               "15",
                               "--steps",
                               "100",
                               "--optimizer",
                               "sgd",
                               "--lr",
                               "6",
                               "--momentum",
                               "0.9",
                               "--schedule",
                               "plateau",
                               "--lr-every",
                               "1",
                               "--eval-every",
                               "4",
                               "--save-every",
                               "1",
                               NULL},
                   .signals = {SIGKILL, SIGKILL},
                   .kills = 32});
}

static void asked_to_stop(void **state)
{
    (void)state;
    try_job(&(job){.name = "words, RMSprop, SIGINT and SIGTERM",
                   .options = {"--net", "embed 8 > rnn 20 relu > gru-before 10 > dense", "--unit", "word", "--batch",
                               "2", "--bptt", "9", "--steps", "90", "--optimizer", "rmsprop", "--average", "0.9",
                               "--eval-every", "7", "--save-every", "5", NULL},
                   .signals = {SIGINT, SIGTERM},
                   .kills = 20});
}

static void enough_kills(void **state)
{
    (void)state;
    assert_true(kills_in_all >= 100);
    assert_true(within_a_write_in_all >= 10);
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&place);
    write_text("text.txt", 4000);
    dice = (uint64_t)time(NULL) * 2654435761u + (uint64_t)getpid();
    print_message("moments drawn from seed %llu\n", (unsigned long long)dice);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&place);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(overlapping_windows), cmocka_unit_test(min_char_rnn),
                                       cmocka_unit_test(plateau), cmocka_unit_test(asked_to_stop),
                                       cmocka_unit_test(enough_kills)};
    program = getenv("UNROLL");
    if (!program || access(program, X_OK) != 0) {
        printf("UNROLL names no program\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
