/* The caller's rounding and denormal modes do not change any bit of a step, and are restored. */
#include "unroll_train.h"

#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define FLUSH_EVERYTHING 0x8040u /* flush to zero, denormals are zero */
#endif

enum { STEPS = 20, OUTPUTS = 5 };

static void run(const ur_model *model, ur_real out[STEPS][OUTPUTS])
{
    ur_state *state;
    assert_int_equal(ur_state_create(&state, model, 1, NULL), UR_OK);
    for (int32_t t = 0; t < STEPS; t++) {
        int32_t id = t % OUTPUTS;
        ur_step(model, state, &id, out[t]);
    }
    ur_state_free(state);
}

static void modes_change_nothing(void **unused)
{
    (void)unused;
    ur_model *model;
    ur_sizes sizes = {.symbols = OUTPUTS, .outputs = OUTPUTS};
    assert_int_equal(ur_model_create(&model, "embed 9 > gru 21 > lstm 17 > dense", &sizes, 3, 0, NULL, NULL), UR_OK);
    ur_real usual[STEPS][OUTPUTS], other[STEPS][OUTPUTS];
    run(model, usual);
    assert_int_equal(fesetround(FE_UPWARD), 0);
#ifdef FLUSH_EVERYTHING
    _mm_setcsr(_mm_getcsr() | FLUSH_EVERYTHING);
    unsigned before = _mm_getcsr() & ~0x3fu;
#endif
    run(model, other);
#ifdef FLUSH_EVERYTHING
    unsigned after = _mm_getcsr() & ~0x3fu;
    _mm_setcsr(_mm_getcsr() & ~FLUSH_EVERYTHING);
    assert_int_equal(before, after);
#endif
    assert_int_equal(fegetround(), FE_UPWARD);
    fesetround(FE_TONEAREST);
    assert_memory_equal(usual, other, sizeof usual);
    ur_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(modes_change_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
