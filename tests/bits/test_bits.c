/*
 * Equal bits: every cell is trained with dropout and carried states, for 1 to 4 threads and every instruction set of
 * this machine, and a hash of all parameters and of the optimiser's memory is compared with the one that is committed in
 * expected.inc. It must hold for every compiler and machine, so this program needs nothing but the library and also
 * runs where it was cross-compiled for.
 *
 *   small   50 updates; too little work for threads
 *   lanes   threads share out lanes; three shards, a piece of 272 rows, chunks of rows; one-hot; lanes that end early
 *   units   threads share out units, a barrier a step; backward products (but the rnn's) deeper than is done at once
 *   all     both, with every block of the kernels crossed
 *
 * On an emulated machine (EMULATOR is set) fewer: what is shared out among how many threads is the same C everywhere, and
 * is compared above; there a set is tried with one thread and with most, and the portable one without the heavy case.
 *
 * With an argument it prints the list of hashes, made by the first instruction set and one thread.
 */
#include "base/random.h"
#include "train/learner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The thread sanitizer looks for races and is slow: one instruction set will do. */
#if defined(__SANITIZE_THREAD__)
#define ONE_SET 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ONE_SET 1
#endif
#endif
#ifndef ONE_SET
#define ONE_SET 0
#endif

enum { SYMBOLS = 65, LANES_MAX = 33, STEPS_MAX = 17, THREADS_MAX = 4 };

typedef struct test_case {
    const char *name, *line;
    size_t lanes, steps, updates;
    bool ragged, heavy; /* heavy: less often where arithmetic is slow */
    ur_learning learning;
} test_case;

static const test_case CASES[] = {
    {.name = "small",
     .line = "embed 9 > %s 37 x2 drop=0.3 > dense",
     .lanes = 7,
     .steps = 5,
     .updates = 50,
     .learning = {.optimizer = UR_ADAM, .rate = 1e-2, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .clip_norm = 1}},
    {.name = "lanes",
     .line = "onehot > %s 37 > dropout 0.2 same > dense",
     .lanes = LANES_MAX,
     .steps = STEPS_MAX,
     .updates = 3,
     .ragged = true,
     .learning = {.optimizer = UR_ADAGRAD, .rate = 0.1, .epsilon = 1e-8, .epsilon_inside = true, .clip_value = 0.02}},
    {.name = "units",
     .line = "embed 197 > %s 131 > dropout 0.25 > dense",
     .lanes = 7,
     .steps = 3,
     .updates = 3,
     .learning = {.optimizer = UR_SGD, .rate = 0.5, .momentum = 0.9, .nesterov = true, .clip_norm = 0.1}},
    {.name = "all",
     .line = "embed 197 > dropout 0.1 > %s 131 > dropout 0.4 same > dense",
     .lanes = LANES_MAX,
     .steps = STEPS_MAX,
     .updates = 2,
     .ragged = true,
     .heavy = true,
     .learning =
         {.optimizer = UR_ADAMW, .rate = 1e-2, .beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8, .weight_decay = 0.1}},
};

typedef struct expected {
    const char *cell, *test;
    uint64_t hash;
} expected;

static const expected EXPECTED[] = {
#define UR_EXPECTED(cell, test, hash) {cell, test, UINT64_C(hash)},
#include "expected.inc"
};

static void stop(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* ---- what is hashed: all that training changes ------------------------------------------------------------------- */

/* FNV-1a over bytes, numbers in little-endian order as they lie on every machine that is supported. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < size; i++) hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static uint64_t hash_block(uint64_t hash, const real *block, size_t numbers)
{
    return block ? hash_bytes(hash, block, numbers * sizeof *block) : hash;
}

static uint64_t hash_learner(const ur_learner *l)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    hash = hash_block(hash, l->model->values, l->model->numbers);
    hash = hash_block(hash, l->optimizer.first, l->optimizer.numbers);
    return hash_block(hash, l->optimizer.second, l->optimizer.numbers);
}

/* ---- training ---------------------------------------------------------------------------------------------------- */

typedef struct data {
    int32_t ids[STEPS_MAX * LANES_MAX], targets[STEPS_MAX * LANES_MAX], lengths[LANES_MAX];
} data;

static int32_t draw(uint32_t stream, uint64_t place, size_t below)
{
    return (int32_t)(ur_random_uniform(9, UR_USE_TEST + stream, place) * (double)below);
}

/* Targets behind a lane's end do not count; every second update of a ragged case has lanes that end early. */
static ur_batch fill(data *d, const test_case *c, size_t update)
{
    for (size_t i = 0; i < c->steps * c->lanes; i++) {
        d->ids[i] = draw(1, update << 20 | i, SYMBOLS);
        d->targets[i] = draw(2, update << 20 | i, SYMBOLS);
    }
    for (size_t b = 0; b < c->lanes; b++) d->lengths[b] = 1 + draw(3, update << 20 | b, c->steps);
    bool ragged = c->ragged && update % 2 == 1;
    for (size_t i = 0; i < c->steps * c->lanes && ragged; i++)
        if ((size_t)d->lengths[i % c->lanes] <= i / c->lanes) d->targets[i] = -1;
    ur_batch batch = {.target = {{.ids = d->targets}}, .target_count = 1, .carry = update > 0};
    batch.input[0] =
        (ur_sequences){.steps = c->steps, .lanes = c->lanes, .ids = d->ids, .lengths = ragged ? d->lengths : NULL};
    return batch;
}

static uint64_t train(const test_case *c, const char *cell, const char *isa, size_t threads)
{
    char line[128];
    ur_error error;
    ur_model *model;
    ur_learner *learner;
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    ur_learning learning = c->learning;
    data *d = calloc(1, sizeof *d);
    if (!d) stop("no memory");
    snprintf(line, sizeof line, c->line, cell);
    learning.threads = threads;
    learning.seed = 1 + (uint64_t)(c - CASES);
    if (ur_model_create(&model, line, &sizes, 1, 0, isa, &error) != UR_OK) stop(error.text);
    if (ur_learner_create(&learner, model, &learning, &error) != UR_OK) stop(error.text);
    for (size_t update = 0; update < c->updates; update++) {
        ur_batch batch = fill(d, c, update);
        if (ur_learn(learner, &batch, NULL, &error) != UR_OK) stop(error.text);
    }
    uint64_t hash = hash_learner(learner);
    ur_learner_free(learner);
    ur_model_free(model);
    free(d);
    return hash;
}

/* ---- comparing --------------------------------------------------------------------------------------------------- */

static const expected *find(const char *cell, const char *test)
{
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++)
        if (strcmp(EXPECTED[i].cell, cell) == 0 && strcmp(EXPECTED[i].test, test) == 0) return &EXPECTED[i];
    return NULL;
}

static bool is_emulated(void)
{
    const char *emulator = getenv("EMULATOR");
    return emulator && *emulator;
}

/* The portable set's fma may be a function, and slow. */
static bool is_tried(const test_case *c, const char *isa, size_t threads)
{
    bool portable = strcmp(isa, "portable") == 0;
    if (threads == THREADS_MAX) return !(portable && c->heavy && is_emulated());
    if (is_emulated()) return threads == 1 && !portable && !c->heavy;
    return !(portable && c->heavy);
}

/* Wrong ones are counted. */
static size_t check(const test_case *c, const char *cell, const char *isa)
{
    const expected *e = find(cell, c->name);
    size_t wrong = 0;
    if (!e) {
        printf("%s, %s: hash in expected.inc\n is missing; it has one line for each frame, with its label", cell,
               c->name);
        return 1;
    }
    for (size_t threads = 1; threads <= THREADS_MAX; threads++) {
        if (!is_tried(c, isa, threads)) continue;
        uint64_t hash = train(c, cell, isa, threads);
        if (hash == e->hash) continue;
        printf("%s, %s, %s, %zu threads: 0x%016" PRIx64 ", expected 0x%016" PRIx64 "\n", cell, c->name, isa, threads,
               hash, e->hash);
        wrong++;
    }
    return wrong;
}

int main(int argc, char **argv)
{
    (void)argv;
    size_t wrong = 0, done = 0;
    const ur_cell *cell;
    for (size_t i = 0; (cell = ur_cell_at(i, 0)) != NULL; i++)
        for (size_t k = 0; k < sizeof CASES / sizeof *CASES; k++) {
            if (argc > 1)
                printf("UR_EXPECTED(\"%s\", \"%s\", 0x%016" PRIx64 ")\n", cell->name, CASES[k].name,
                       train(&CASES[k], cell->name, ur_isa_name(0), 1));
            for (size_t isa = 0; argc == 1 && ur_isa_name(isa); isa++) {
                if (ONE_SET && ur_isa_name(isa + 1)) continue;
                wrong += check(&CASES[k], cell->name, ur_isa_name(isa));
                done++;
            }
        }
    if (argc == 1) printf("%zu hashes are wrong; %zu trainings by every number of threads\n", wrong, done);
    return wrong > 0;
}
