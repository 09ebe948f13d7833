/*
 * A step shared out over a pool (ur_step_on) gives the same bits as one that is not. Tested with sizes that are shared
 * by units, by lanes and not at all, with cells of one and of two phases, and with every kind of weights.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/numbers.h"
#include "support/ok.h"
#include "unroll_train.h"

#include <stdlib.h>

enum { STEPS = 6, LANES_MAX = 40, SYMBOLS = 20, OUTPUTS = 5 };

static const char *const NETS[] = {"embed 24 > lstm 160 > gru-before 150 > dense", "onehot > gru 170 > rnn 300 > dense",
                                   "embed 16 > lstm 20 > dense"};

/* Returns the outputs of STEPS steps, one after another. The caller frees them. */
static ur_real *stepped(const ur_model *model, size_t lanes, size_t threads)
{
    ur_error error;
    ur_state *state;
    ur_pool *pool = NULL;
    int32_t ids[STEPS * LANES_MAX];
    ur_real *out = zeros(STEPS * lanes * OUTPUTS, sizeof *out);
    fill_ids(ids, STEPS * LANES_MAX, 1, SYMBOLS);
    ok(ur_state_create(&state, model, lanes, &error), &error);
    if (threads) ok(ur_pool_create(&pool, threads, &error), &error);
    for (size_t t = 0; t < STEPS; t++) ur_step_on(pool, model, state, ids + t * lanes, NULL, out + t * lanes * OUTPUTS);
    ur_pool_free(pool);
    ur_state_free(state);
    return out;
}

static void check(const ur_model *model, size_t lanes)
{
    ur_real *alone = stepped(model, lanes, 0);
    for (size_t threads = 1; threads <= 4; threads++) {
        ur_real *shared = stepped(model, lanes, threads);
        assert_same(ur_model_net(model), shared, alone, STEPS * lanes * OUTPUTS);
        free(shared);
    }
    free(alone);
}

static void test_steps_on_a_pool(void **context)
{
    (void)context;
    static const size_t LANES[] = {1, 3, LANES_MAX};
    const ur_sizes sizes = {.symbols = SYMBOLS, .outputs = OUTPUTS};
    for (size_t i = 0; i < sizeof NETS / sizeof *NETS; i++)
        for (int weights = UR_WEIGHTS_F32; weights <= UR_WEIGHTS_INT8; weights++) {
            ur_error error;
            ur_model *model;
            ok(ur_model_create(&model, NETS[i], &sizes, 3, 0, NULL, &error), &error);
            ok(ur_model_use_weights(model, (ur_weights)weights, &error), &error);
            for (size_t k = 0; k < sizeof LANES / sizeof *LANES; k++) check(model, LANES[k]);
            ur_model_free(model);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_steps_on_a_pool)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
