/* The works on which speed is compared. */
#include "bench.h"

#include "nearest.h"

#include "base/error.h"

#include <string.h>

enum { LETTERS = 65, WORDS = 50000 }; /* of tiny Shakespeare; of a text in words */

static const ur_bench_work WORKS[] = {
    {"train-lstm-2x512", UR_BENCH_TRAIN, "lstm", 512, 2, 64, 128, LETTERS, 0},
    {"train-lstm-2x128", UR_BENCH_TRAIN, "lstm", 128, 2, 50, 50, LETTERS, 0},
    {"train-lstm-1x1024", UR_BENCH_TRAIN, "lstm", 1024, 1, 64, 64, LETTERS, 0},
    {"train-gru-2x512", UR_BENCH_TRAIN, "gru", 512, 2, 64, 128, LETTERS, 0},
    {"train-rnn-2x512", UR_BENCH_TRAIN, "rnn", 512, 2, 64, 128, LETTERS, 0},
    {"train-lstm-2x512-v50k", UR_BENCH_TRAIN, "lstm", 512, 2, 64, 32, WORDS, 0},
    {"train-lstm-2x512-v50k-sampled", UR_BENCH_TRAIN, "lstm", 512, 2, 64, 32, WORDS, 8192},
    {"infer-lstm-2x512", UR_BENCH_INFER, "lstm", 512, 2, 64, 128, 0, 0},
    {"infer-gru-2x512", UR_BENCH_INFER, "gru", 512, 2, 64, 128, 0, 0},
    {"infer-rnn-2x512", UR_BENCH_INFER, "rnn", 512, 2, 64, 128, 0, 0},
    {"step-lstm-64", UR_BENCH_STEP, "lstm", 64, 1, 1, 1, 0, 0},
    {"step-lstm-128", UR_BENCH_STEP, "lstm", 128, 1, 1, 1, 0, 0},
    {"step-lstm-2x512", UR_BENCH_STEP, "lstm", 512, 2, 1, 1, 0, 0},
    {"step-gru-64", UR_BENCH_STEP, "gru", 64, 1, 1, 1, 0, 0},
    {"step-gru-128", UR_BENCH_STEP, "gru", 128, 1, 1, 1, 0, 0},
    {"step-gru-2x512", UR_BENCH_STEP, "gru", 512, 2, 1, 1, 0, 0},
};

enum { WORK_COUNT = sizeof WORKS / sizeof WORKS[0] };

const ur_bench_work *ur_bench_work_at(size_t i) { return i < WORK_COUNT ? &WORKS[i] : NULL; }

static bool is_name(const char *word, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(word, name, length) == 0;
}

static ur_status unknown(const char *word, size_t length, ur_error *error)
{
    char typed[64] = {0};
    memcpy(typed, word, length < sizeof typed - 1 ? length : sizeof typed - 1);
    const char *nearest = WORKS[0].name;
    for (size_t i = 1; i < WORK_COUNT; i++)
        if (ur_cli_distance(typed, WORKS[i].name) < ur_cli_distance(typed, nearest)) nearest = WORKS[i].name;
    return ur_fail(error, UR_ERR_USAGE, "no work '%s'; the nearest one is %s (--list shows all)", typed, nearest);
}

/* The end of the word that begins here. */
static size_t word_length(const char *names) { return strcspn(names, ","); }

static const char *next_word(const char *names)
{
    names += word_length(names);
    return *names ? names + 1 : names;
}

ur_status ur_bench_check_names(const char *names, ur_error *error)
{
    if (!*names) return unknown(names, 0, error);
    for (; *names; names = next_word(names)) {
        bool known = is_name(names, word_length(names), "all");
        for (size_t i = 0; i < WORK_COUNT; i++) known = known || is_name(names, word_length(names), WORKS[i].name);
        if (!known) return unknown(names, word_length(names), error);
    }
    return UR_OK;
}

bool ur_bench_chosen(const ur_bench_work *work, const char *names)
{
    for (; *names; names = next_word(names))
        if (is_name(names, word_length(names), "all") || is_name(names, word_length(names), work->name)) return true;
    return false;
}

static double gates_of(const char *cell) { return strcmp(cell, "lstm") == 0 ? 4 : strcmp(cell, "gru") == 0 ? 3 : 1; }

double ur_bench_flops(const ur_bench_work *w)
{
    double tokens = (double)w->lanes * (double)w->steps, hidden = (double)w->hidden;
    double forward = 2 * tokens * (double)w->layers * gates_of(w->cell) * hidden * 2 * hidden;
    if (w->kind != UR_BENCH_TRAIN) return forward;
    return 3 * (forward + 2 * tokens * hidden * (double)w->symbols);
}
