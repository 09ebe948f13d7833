/* The works on which speed is compared, and any others that a name can describe. */
#include "cli/bench/bench.h"

#include "cli/args/nearest.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* Numbers that the name does not give. 0: the default, 64 lanes and 128 steps. */
typedef struct listed {
    const char *name;
    size_t lanes, steps;
} listed;

static const listed WORKS[] = {
    {"train-lstm-2x512", 0, 0},
    {"train-lstm-2x128", 50, 50},
    {"train-lstm-1x1024", 64, 64},
    {"train-gru-2x512", 0, 0},
    {"train-rnn-2x512", 0, 0},
    {"train-lstm-2x512-v50k", 64, 32},
    {"train-lstm-2x512-v50k-sampled", 64, 32},
    {"infer-lstm-2x512", 0, 0},
    {"infer-gru-2x512", 0, 0},
    {"infer-rnn-2x512", 0, 0},
    {"step-lstm-16", 0, 0},
    {"step-lstm-32", 0, 0},
    {"step-lstm-64", 0, 0},
    {"step-lstm-128", 0, 0},
    {"step-lstm-2x512", 0, 0},
    {"step-gru-16", 0, 0},
    {"step-gru-32", 0, 0},
    {"step-gru-64", 0, 0},
    {"step-gru-128", 0, 0},
    {"step-gru-2x512", 0, 0},
};

enum { WORK_COUNT = sizeof WORKS / sizeof WORKS[0], LANES = 64, STEPS = 128, SYMBOLS = 65, SAMPLED = 8192 };

/* ---- A name, read from left to right: KIND-CELL-[Lx]H[-bB][-tT][-vV[-sampled]] --------------------------------- */

static bool take(const char **at, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(*at, word, length) != 0) return false;
    *at += length;
    return true;
}

/* Reads a decimal number without leading zeros and of at most `most`. */
static bool take_number(const char **at, size_t most, size_t *value)
{
    const char *begin = *at;
    if (*begin == '0') return false;
    for (*value = 0; **at >= '0' && **at <= '9' && *value <= most; ++*at) *value = 10 * *value + (size_t)(**at - '0');
    return *at > begin && *value <= most;
}

static bool take_kind(const char **at, ur_bench_kind *kind)
{
    static const char *const KINDS[] = {"train-", "infer-", "step-"};
    for (*kind = UR_BENCH_TRAIN; *kind <= UR_BENCH_STEP; ++*kind)
        if (take(at, KINDS[*kind])) return true;
    return false;
}

static bool take_cell(const char **at, const char **cell)
{
    static const char *const CELLS[] = {"lstm", "gru", "rnn"};
    for (size_t i = 0; i < sizeof CELLS / sizeof CELLS[0]; i++)
        if (take(at, *cell = CELLS[i])) return take(at, "-");
    return false;
}

static bool take_size(const char **at, size_t *layers, size_t *hidden)
{
    *layers = 1;
    if (!take_number(at, 1u << 16, hidden)) return false;
    if (!take(at, "x")) return true;
    *layers = *hidden;
    return *layers <= UR_BENCH_LAYERS_MAX && take_number(at, 1u << 16, hidden);
}

/* A step has one lane and one step, and only a training has symbols, so their names have no such parts. */
static bool take_window(const char **at, ur_bench_work *w)
{
    if (w->kind == UR_BENCH_STEP) return true;
    if (take(at, "-b") && !take_number(at, 1u << 16, &w->lanes)) return false;
    if (take(at, "-t") && !take_number(at, 1u << 20, &w->steps)) return false;
    if (w->kind != UR_BENCH_TRAIN || !take(at, "-v")) return true;
    if (!take_number(at, 1u << 20, &w->symbols)) return false;
    if (take(at, "k")) w->symbols *= 1000;
    if (take(at, "-sampled")) w->sampled = SAMPLED;
    return true;
}

static bool read_name(ur_bench_work *w)
{
    const char *at = w->name;
    if (!take_kind(&at, &w->kind)) return false;
    bool one = w->kind == UR_BENCH_STEP;
    w->lanes = one ? 1 : LANES;
    w->steps = one ? 1 : STEPS;
    w->symbols = w->kind == UR_BENCH_TRAIN ? SYMBOLS : 0;
    return take_cell(&at, &w->cell) && take_size(&at, &w->layers, &w->hidden) && take_window(&at, w) && !*at;
}

static ur_status unknown(const char *typed, ur_error *error)
{
    const char *nearest = WORKS[0].name;
    for (size_t i = 1; i < WORK_COUNT; i++)
        if (ur_cli_distance(typed, WORKS[i].name) < ur_cli_distance(typed, nearest)) nearest = WORKS[i].name;
    return ur_fail(
        error, UR_ERR_USAGE,
        "no workload '%s'; the nearest one is %s (--list shows all; others: KIND-CELL-[Lx]H[-bB][-tT][-vV[-sampled]])",
        typed, nearest);
}

static ur_status make_work(const char *name, size_t length, ur_bench_work *w, ur_error *error)
{
    *w = (ur_bench_work){.name = ""};
    memcpy(w->name, name, length < sizeof w->name - 1 ? length : sizeof w->name - 1);
    if (length >= sizeof w->name || !read_name(w)) return unknown(w->name, error);
    for (size_t i = 0; i < WORK_COUNT; i++) {
        if (strcmp(WORKS[i].name, w->name) != 0 || !WORKS[i].lanes) continue;
        w->lanes = WORKS[i].lanes;
        w->steps = WORKS[i].steps;
    }
    return UR_OK;
}

/* ---- A list of names ------------------------------------------------------------------------------------------- */

static bool is_all(const char *word, size_t length) { return length == 3 && memcmp(word, "all", 3) == 0; }

static ur_status add_all(ur_bench_work *works, size_t *count, ur_error *error)
{
    for (size_t i = 0; i < WORK_COUNT; i++)
        UR_TRY(make_work(WORKS[i].name, strlen(WORKS[i].name), &works[(*count)++], error));
    return UR_OK;
}

static ur_status add_words(const char *names, ur_bench_work *works, size_t *count, ur_error *error)
{
    for (;; names++) {
        size_t length = strcspn(names, ",");
        if (is_all(names, length))
            UR_TRY(add_all(works, count, error));
        else
            UR_TRY(make_work(names, length, &works[(*count)++], error));
        names += length;
        if (!*names) return UR_OK;
    }
}

ur_status ur_bench_works(const char *names, ur_bench_work **works, size_t *count, ur_error *error)
{
    size_t words = 1;
    for (const char *c = names; *c; c++) words += *c == ',';
    *count = 0;
    *works = calloc(words, WORK_COUNT * sizeof **works);
    if (!*works) return ur_fail_memory(error, "the works");
    ur_status status = add_words(names, *works, count, error);
    if (status == UR_OK) return UR_OK;
    free(*works);
    *works = NULL;
    return status;
}

/* ---- Operations ------------------------------------------------------------------------------------------------ */

static double gates_of(const char *cell) { return strcmp(cell, "lstm") == 0 ? 4 : strcmp(cell, "gru") == 0 ? 3 : 1; }

double ur_bench_flops(const ur_bench_work *w)
{
    double tokens = (double)w->lanes * (double)w->steps, hidden = (double)w->hidden;
    double forward = 2 * tokens * (double)w->layers * gates_of(w->cell) * hidden * 2 * hidden;
    if (w->kind != UR_BENCH_TRAIN) return forward;
    return 3 * (forward + 2 * tokens * hidden * (double)w->symbols);
}
