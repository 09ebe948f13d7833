/*
 * Equal bits with small weights. Every cell in bf16 and in int8 is stepped and run over windows, in 1, 7 and 33 lanes,
 * for 1 to 4 threads and every instruction set of this machine. A hash of all outputs is compared with the hash
 * committed in expected_small.inc, as in test_bits.c. With an argument the program prints the list.
 */
#include "base/random.h"
#include "model/network.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The thread sanitizer looks for races and is slow: one instruction set is enough. */
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

enum { SYMBOLS = 65, LANES_MAX = 33, STEPS = 5, THREADS_MAX = 4 };

static const size_t LANES[] = {1, 7, LANES_MAX}; /* threads share only products; units; lanes */
static const char NET[] = "embed 197 > %s 131 x2 > dense";

typedef struct expected {
    const char *cell, *weights;
    uint64_t hash;
} expected;

static const expected EXPECTED[] = {
#define UR_EXPECTED(cell, weights, hash) {cell, weights, UINT64_C(hash)},
#include "expected_small.inc"
};

static void stop(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

/* FNV-1a, as in test_bits.c */
static uint64_t hash_numbers(uint64_t hash, const real *x, size_t n)
{
    const unsigned char *b = (const unsigned char *)x;
    for (size_t i = 0; i < n * sizeof *x; i++) hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
    return hash;
}

static void fill(int32_t *ids)
{
    for (size_t i = 0; i < STEPS * LANES_MAX; i++) ids[i] = (int32_t)(ur_random_uniform(9, UR_USE_TEST, i) * SYMBOLS);
}

static uint64_t stepped(uint64_t hash, const ur_model *model, const int32_t *ids, size_t lanes)
{
    ur_error error;
    ur_state *state;
    real *out = calloc(lanes * SYMBOLS, sizeof *out);
    if (!out) stop("no memory");
    if (ur_state_create(&state, model, lanes, &error) != UR_OK) stop(error.text);
    for (size_t t = 0; t < STEPS; t++) {
        ur_step(model, state, ids + t * lanes, out);
        hash = hash_numbers(hash, out, lanes * SYMBOLS);
    }
    ur_state_free(state);
    free(out);
    return hash;
}

static uint64_t window(uint64_t hash, const ur_model *model, ur_pool *pool, const int32_t *ids, size_t lanes)
{
    ur_error error;
    ur_arena arena;
    ur_tape tape;
    ur_compute compute = {model->kernels, NULL, pool};
    ur_batch batch = {.input = {{.steps = STEPS, .lanes = lanes, .ids = ids}}};
    ur_arena_init(&arena);
    ur_tape_begin(&tape, &compute, &arena, false);
    const ur_tensor *y = ur_network_run(model, &tape, &batch, NULL);
    if (ur_tape_status(&tape, &error) != UR_OK) stop(error.text);
    for (size_t i = 0; i < STEPS * lanes; i++) hash = hash_numbers(hash, y->value + i * y->row, SYMBOLS);
    ur_arena_free(&arena);
    return hash;
}

/* Runs over a window with `threads` threads, or step by step if `threads` is 0. */
static uint64_t run(const char *cell, ur_weights weights, const char *isa, size_t threads)
{
    char line[64];
    ur_error error;
    ur_model *model;
    ur_pool *pool = NULL;
    int32_t ids[STEPS * LANES_MAX];
    ur_sizes sizes = {.symbols = SYMBOLS, .outputs = SYMBOLS};
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    snprintf(line, sizeof line, NET, cell);
    fill(ids);
    if (ur_model_create(&model, line, &sizes, 1, 0, isa, &error) != UR_OK) stop(error.text);
    if (ur_model_use_weights(model, weights, &error) != UR_OK) stop(error.text);
    if (threads && ur_pool_create(&pool, threads, &error) != UR_OK) stop(error.text);
    for (size_t i = 0; i < sizeof LANES / sizeof *LANES; i++)
        hash = threads ? window(hash, model, pool, ids, LANES[i]) : stepped(hash, model, ids, LANES[i]);
    ur_pool_free(pool);
    ur_model_free(model);
    return hash;
}

static const char *const WEIGHTS[] = {"f32", "bf16", "int8"};

static const expected *find(const char *cell, ur_weights weights)
{
    for (size_t i = 0; i < sizeof EXPECTED / sizeof *EXPECTED; i++)
        if (strcmp(EXPECTED[i].cell, cell) == 0 && strcmp(EXPECTED[i].weights, WEIGHTS[weights]) == 0)
            return &EXPECTED[i];
    return NULL;
}

/* Returns the number of wrong hashes. */
static size_t check(const char *cell, ur_weights weights, const char *isa)
{
    const expected *e = find(cell, weights);
    size_t wrong = 0;
    bool slow = strncmp(isa, "avx", 3) != 0; /* fma is a function call, or the machine is emulated */
    if (!e) {
        printf("%s, %s: there is no hash in expected_small.inc\n", cell, WEIGHTS[weights]);
        return 1;
    }
    for (size_t threads = 0; threads <= THREADS_MAX; threads += slow ? THREADS_MAX : 1) {
        uint64_t hash = run(cell, weights, isa, threads);
        if (hash == e->hash) continue;
        printf("%s, %s, %s, %zu threads: 0x%016" PRIx64 ", expected 0x%016" PRIx64 "\n", cell, WEIGHTS[weights], isa,
               threads, hash, e->hash);
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
        for (int weights = UR_WEIGHTS_BF16; weights <= UR_WEIGHTS_INT8; weights++) {
            if (argc > 1)
                printf("UR_EXPECTED(\"%s\", \"%s\", 0x%016" PRIx64 ")\n", cell->name, WEIGHTS[weights],
                       run(cell->name, (ur_weights)weights, ur_isa_name(0), 0));
            for (size_t isa = 0; argc == 1 && ur_isa_name(isa); isa++) {
                if (ONE_SET && ur_isa_name(isa + 1)) continue;
                wrong += check(cell->name, (ur_weights)weights, ur_isa_name(isa));
                done++;
            }
        }
    if (argc == 1) printf("%zu hashes are wrong; %zu cases by every number of threads\n", wrong, done);
    return wrong > 0;
}
