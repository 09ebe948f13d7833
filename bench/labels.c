/*
 * labels.c: the lectures' network, Embedding(10000, 100) + LSTM(128) + Dense(1) with a sigmoid, through the library.
 * labels.py compiles and times this file.
 *
 *     labels train LANES STEPS whole|mixed THREADS SECONDS   one update of a batch: forward, backward, clip, Adam
 *     labels sentence MODEL TEXT THREADS SECONDS             from a text to its label, with a model of `unroll train classify`
 */
#define _POSIX_C_SOURCE 200809L /* for clock_gettime */

#include <unroll_train.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SYMBOLS = 10000, SPANS_MOST = 1 << 20, LABELS_MOST = 64 };

static void check(ur_status status, const ur_error *error)
{
    if (status == UR_OK) return;
    fprintf(stderr, "labels: %s\n", error->text);
    exit(1);
}

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints the median and the least wall time of a pass, and its mean processor time. Short passes are timed in groups,
 * each of which takes a 2048th of `seconds`. */
static void time_passes(void (*pass)(void *), void *context, double seconds)
{
    static double span[SPANS_MOST];
    size_t count = 0, together = 1, passes = 0;
    pass(context);
    pass(context);
    double first = now(CLOCK_MONOTONIC);
    pass(context);
    double one = now(CLOCK_MONOTONIC) - first;
    if (seconds / 2048 > one) together = (size_t)(seconds / 2048 / one);
    double begin = now(CLOCK_MONOTONIC), used = now(CLOCK_PROCESS_CPUTIME_ID);
    while (count < SPANS_MOST && (count < 5 || now(CLOCK_MONOTONIC) - begin < seconds)) {
        double start = now(CLOCK_MONOTONIC);
        for (size_t i = 0; i < together; i++) pass(context);
        span[count++] = (now(CLOCK_MONOTONIC) - start) / (double)together;
        passes += together;
    }
    used = now(CLOCK_PROCESS_CPUTIME_ID) - used;
    qsort(span, count, sizeof *span, by_size);
    printf("{\"seconds\": %.9f, \"least_seconds\": %.9f, \"cpu_seconds\": %.9f", span[count / 2], span[0],
           used / (double)passes);
}

/* ---- An update ---------------------------------------------------------------------------------------------------- */

typedef struct training {
    ur_learner *learner;
    ur_batch batch;
    double loss;
} training;

static void update(void *context)
{
    training *t = context;
    ur_error error;
    check(ur_learn(t->learner, &t->batch, &t->loss, &error), &error);
}

static void fill(size_t lanes, size_t steps, int mixed, int32_t *ids, int32_t *lengths, ur_real *labels)
{
    for (size_t i = 0; i < lanes * steps; i++) ids[i] = rand() % SYMBOLS;
    for (size_t b = 0; b < lanes; b++) {
        lengths[b] = (int32_t)(mixed ? 1 + (37 * b + 11) * (steps - 1) / 37 % steps : steps);
        labels[b] = (ur_real)(b % 2);
    }
}

static void train(size_t lanes, size_t steps, int mixed, size_t threads, double seconds)
{
    training t = {0};
    ur_error error;
    ur_model *model;
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = 1};
    ur_learning learning = ur_learning_default();
    int32_t *ids = malloc(lanes * steps * sizeof *ids), *lengths = malloc(lanes * sizeof *lengths);
    ur_real *labels = malloc(lanes * sizeof *labels);
    if (!ids || !lengths || !labels) exit(1);
    learning.threads = threads;
    fill(lanes, steps, mixed, ids, lengths, labels);
    check(ur_model_create(&model, "embed 100 > lstm 128 > last > dense 1 sigmoid", &sizes, 1, 0, NULL, &error), &error);
    check(ur_learner_create(&t.learner, model, &learning, &error), &error);
    t.batch = (ur_batch){.input = {{.steps = steps, .lanes = lanes, .ids = ids, .lengths = lengths}},
                         .target = {{.loss = UR_LOSS_SIGMOID, .values = labels}},
                         .target_count = 1};
    update(&t);
    double first = t.loss;
    time_passes(update, &t, seconds);
    printf(", \"first_loss\": %.4f, \"last_loss\": %.4f, \"parameters\": %zu}\n", first, t.loss,
           ur_model_parameters(model));
}

/* ---- A sentence --------------------------------------------------------------------------------------------------- */

typedef struct asking {
    ur_answerer *answerer;
    const char *text;
    size_t label;
    double probability[LABELS_MOST];
} asking;

static void ask(void *context)
{
    asking *a = context;
    ur_error error;
    check(ur_answer_label(a->answerer, a->text, strlen(a->text), &a->label, a->probability, &error), &error);
}

static void answer(const char *path, const char *text, const char *threads, double seconds)
{
    asking a = {.text = text};
    ur_error error;
    ur_model *model;
    ur_settings *settings;
    check(ur_model_load(&model, path, NULL, &error), &error);
    check(ur_settings_of_model(&settings, model, &error), &error);
    check(ur_settings_set(settings, "threads", threads, &error), &error);
    check(ur_answerer_create(&a.answerer, model, settings, false, &error), &error);
    time_passes(ask, &a, seconds);
    printf(", \"probability\": %.6f}\n", a.probability[1]);
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "train") == 0)
        train((size_t)atol(argv[2]), (size_t)atol(argv[3]), strcmp(argv[4], "mixed") == 0, (size_t)atol(argv[5]),
              atof(argv[6]));
    else if (argc == 6 && strcmp(argv[1], "sentence") == 0)
        answer(argv[2], argv[3], argv[4], atof(argv[5]));
    else
        return fputs("usage: see labels.c\n", stderr), 2;
    return 0;
}
