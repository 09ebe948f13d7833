/*
 * Lets every call of the allocator fail, one after another, while gradients are followed and spectra computed. Each
 * failure gives an error with a message, and nothing leaks. Also the spectrum with a LAPACK made here, and without any.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "data/temp_text.h"
#include "support/failing_memory.h"
#include "unroll_inspect.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>

#ifdef FAILING_MEMORY_REAL

/* The address sanitizer finds its own functions with dlsym, so dlsym is not replaced there. */
#ifndef FAILING_MEMORY_ASAN

/* ---- the library that is found -------------------------------------------------------------------------------------- */

typedef enum lapack { NONE, WITHOUT_DGEEV, GIVES_UP, ASKS_TOO_MUCH, WHOLE } lapack;
static lapack there;
static int opened;

/*
 * Has the interface of LAPACK's dgesdd: with lwork −1 it returns the size of the workspace. All singular values are 3.
 */
static void dgesdd(const char *job, const int *m, const int *n, double *a, const int *lda, double *s, double *u,
                   const int *ldu, double *vt, const int *ldvt, double *work, const int *lwork, int *iwork, int *info,
                   size_t length)
{
    (void)a, (void)u, (void)ldu, (void)vt, (void)ldvt;
    assert_true(*job == 'N' && length == 1 && *lda == *m);
    *info = there == GIVES_UP ? 7 : 0;
    if (*lwork == -1) {
        work[0] = there == ASKS_TOO_MUCH ? 3e9 : 11;
        return;
    }
    assert_int_equal(*lwork, 11);
    for (int i = 0; i < (*m < *n ? *m : *n); i++) s[i] = 3;
    work[10] = iwork[0] = 1;
}

static void dgeev(const char *left, const char *right, const int *n, double *a, const int *lda, double *re, double *im,
                  double *vl, const int *ldvl, double *vr, const int *ldvr, double *work, const int *lwork, int *info,
                  size_t left_length, size_t right_length)
{
    (void)a, (void)vl, (void)ldvl, (void)vr, (void)ldvr;
    assert_true(*left == 'N' && *right == 'N' && left_length == 1 && right_length == 1 && *lda == *n);
    *info = 0;
    if (*lwork == -1) work[0] = 5;
    for (int i = 0; i < *n; i++) re[i] = 0.3, im[i] = -0.4;
}

FAILING_MEMORY_SEEN void *dlopen(const char *name, int flags)
{
    (void)flags;
    if (there == NONE || !strstr(name, "lapack")) return NULL;
    opened++;
    return &opened;
}

FAILING_MEMORY_SEEN void *dlsym(void *library, const char *name)
{
    void *address = NULL;
    if (library == &opened && strcmp(name, "dgesdd_") == 0) *(void (**)(void))(void *)&address = (void (*)(void))dgesdd;
    if (library == &opened && there != WITHOUT_DGEEV && strcmp(name, "dgeev_") == 0)
        *(void (**)(void))(void *)&address = (void (*)(void))dgeev;
    return address;
}

FAILING_MEMORY_SEEN int dlclose(void *library)
{
    assert_ptr_equal(library, &opened);
    opened--;
    return 0;
}

#endif

/* ---- the work that is tried ------------------------------------------------------------------------------------ */

static const char *const TOKENS[] = {"\n", " ", "a", "b", "c", "d"};
enum { KINDS = 6, STEPS = 4 };

static ur_model *model;
static const char *text_path;

static ur_status follow(ur_error *error)
{
    const char *paths[] = {text_path};
    ur_reading reading = {.paths = paths, .path_count = 1};
    ur_flow_settings settings = {.steps = STEPS, .places = 3, .threads = FAILING_MEMORY_THREADS};
    ur_flow *flow;
    ur_status status = ur_flow_create(&flow, model, &settings, error);
    if (status != UR_OK) return status;
    status = ur_flow_text(flow, &reading, error);
    ur_flow_free(flow);
    return status;
}

static long run_once(ur_status (*work)(ur_error *), long n, bool on, ur_status *status)
{
    ur_error error = {0};
    long before = atomic_load(&memory_live);
    memory_arm(n, on);
    *status = work(&error);
    long calls = memory_disarm(), after = atomic_load(&memory_live);
    if (*status != UR_OK && (error.status != *status || !error.text[0])) fail_msg("call %ld: no message", n);
    if (*status != UR_OK && (!n || calls < n)) fail_msg("no call failed: %s", error.text);
    if (n && after != before) fail_msg("call %ld: %ld blocks leak (%s)", n, after - before, error.text);
    return calls;
}

static void try_every_call(ur_status (*work)(ur_error *), bool on)
{
    ur_status status;
    long tried = 0, survived = 0;
    run_once(work, 0, false, &status);
    assert_int_equal(status, UR_OK);
    for (long n = 1; run_once(work, n, on, &status) >= n; n++, tried++) survived += status == UR_OK;
    print_message("%ld calls failed%s; it went on without in %ld cases\n", tried, on ? " and all after them" : "",
                  survived);
    assert_true(tried > 5 && survived < tried);
}

/* Follows the gradients of a network of two lines, and finds the saliency of one of its answers. */
static ur_status follow_batch(ur_error *error)
{
    static const int32_t ids[2 * STEPS] = {1, 2, 3, 4, 5, 1, 2, 3}, lane_of[2 * STEPS] = {0, 1, 1, 0, 1, 0, 0, 1};
    const ur_sizes lines[] = {{.symbols = KINDS}, {.symbols = KINDS, .outputs = KINDS}}, sizes = {.lines = lines};
    const ur_batch batch = {.input = {{.steps = STEPS, .lanes = 2, .ids = ids},
                                      {.steps = STEPS, .lanes = 2, .ids = ids, .lane_of = lane_of}},
                            .target = {{.line = 1, .ids = ids}},
                            .target_count = 1};
    const ur_flow_settings settings = {.steps = STEPS - 1, .threads = FAILING_MEMORY_THREADS};
    ur_prediction of = {.line = 1, .step = 2, .target = -1};
    ur_real moved[2 * STEPS];
    ur_model *two;
    ur_flow *flow = NULL;
    ur_status status = ur_model_create(
        &two, "chars: embed 3 > gru 4 bi > last; embed 3 > join chars > lstm 5 bi > dense", &sizes, 1, 0, NULL, error);
    if (status != UR_OK) return status;
    status = ur_flow_create(&flow, two, &settings, error);
    if (status == UR_OK) status = ur_flow_batch(flow, &batch, error);
    if (status == UR_OK) status = ur_saliency_of(two, &batch, &of, 1, moved, error);
    ur_flow_free(flow);
    ur_model_free(two);
    return status;
}

static void test_follow(void **state)
{
    (void)state;
    try_every_call(follow_batch, false);
    try_every_call(follow_batch, true);
    try_every_call(follow, false);
    try_every_call(follow, true);
}

#ifndef FAILING_MEMORY_ASAN

static ur_status take_spectra(ur_error *error)
{
    ur_spectra *spectra;
    ur_status status = ur_spectra_create(&spectra, model, 0, error);
    ur_spectra_free(spectra);
    assert_int_equal(opened, 0);
    return status;
}

static void test_spectra(void **state)
{
    (void)state;
    there = WHOLE;
    try_every_call(take_spectra, false);
    try_every_call(take_spectra, true);
}

static void expect_spectrum(bool whole, size_t i, const char *gate, double largest, double radius)
{
    ur_error error = {0};
    ur_spectra *spectra;
    ur_spectrum s;
    if (ur_spectra_create(&spectra, model, 0, &error) != UR_OK) fail_msg("%s", error.text);
    assert_int_equal(opened, 0);
    assert_true(ur_spectra_whole(spectra) == whole);
    assert_true(ur_spectrum_at(spectra, i, &s));
    assert_string_equal(s.gate, gate);
    assert_int_equal(s.count, 7);
    assert_true((s.singular != NULL) == whole);
    assert_true(fabs(s.largest - largest) < 1e-6);
    assert_true(isnan(radius) ? isnan(s.radius) : fabs(s.radius - radius) < 1e-12);
    ur_spectra_free(spectra);
}

/* Makes W_hh of the forget gate a diagonal matrix of 1 … 7. */
static void set_diagonal(void)
{
    ur_parameter p;
    for (size_t i = 0; ur_model_parameter(model, i, &p); i++)
        for (size_t k = 0; strcmp(p.name, "rnn.weight_hh_l0") == 0 && k < p.size; k++)
            p.value[k] = k >= 49 && k < 98 && (k - 49) % 8 == 0 ? (ur_real)((k - 49) / 8 + 1) : 0;
    ur_model_changed(model);
}

static void test_with_and_without(void **state)
{
    (void)state;
    ur_error error = {0};
    ur_spectra *spectra;
    set_diagonal();
    there = WHOLE;
    expect_spectrum(true, 0, "", 3, NAN);
    expect_spectrum(true, 2, "f", 3, 0.5);
    there = NONE;
    expect_spectrum(false, 0, "", 7, NAN);
    expect_spectrum(false, 1, "i", 0, NAN);
    expect_spectrum(false, 2, "f", 7, NAN);
    there = WITHOUT_DGEEV;
    expect_spectrum(false, 2, "f", 7, NAN);
    there = GIVES_UP;
    assert_int_equal(ur_spectra_create(&spectra, model, 0, &error), UR_ERR_NUMERIC);
    assert_string_equal(error.text, "LAPACK's dgesdd failed on the matrix (7)");
    there = ASKS_TOO_MUCH;
    assert_int_equal(ur_spectra_create(&spectra, model, 0, &error), UR_ERR_UNSUPPORTED);
    assert_string_equal(error.text, "LAPACK needs a workspace of 3000000000 numbers, which is too large");
    assert_int_equal(opened, 0);
}

#endif

static int set_up(void **state)
{
    ur_error error = {0};
    ur_sizes sizes = {.symbols = KINDS, .outputs = KINDS};
    if (temp_setup(state)) return 1;
    text_path = temp_string(*state, "text", "abcd abc\nab dcba dcb dc\nabab");
    if (ur_model_create(&model, "embed 3 > lstm 7 > gru-before 5 > dense", &sizes, 1, 0, NULL, &error) != UR_OK)
        return 1;
    return ur_model_set_tokens(model, "char", TOKENS, KINDS, false, &error) != UR_OK;
}

static int tear_down(void **state)
{
    ur_model_free(model);
    return temp_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_follow),
#ifndef FAILING_MEMORY_ASAN
        cmocka_unit_test(test_spectra),
        cmocka_unit_test(test_with_and_without),
#endif
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}

#else
int main(void) { return memory_skips(); }
#endif
