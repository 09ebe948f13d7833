/*
 * The preset min-char-rnn against the script's equations in double precision. Each window begins with our weights,
 * Adagrad memory and state, because two separate runs would drift apart: the system is chaotic.
 *     h_t = tanh(Wxh x_t + Whh h_{t-1} + bh)   p_t = softmax(Why h_t + by)   loss = -sum of log p_t[target_t]
 *     gradients cut to ±5   memory += g²   parameter -= 0.1 g / sqrt(memory + 1e-8)
 * Runs on the text of UNROLL_DATA, and on a text made here. With arguments TEXT WINDOWS SEED TRACE the program writes
 * the trace that tests/golden/min_char_rnn_oracle.py follows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../base/scratch.h"

#include "support/run.h"
#include "task/lm/lm.h"
#include "train/trainer.h"

#include <math.h>
#include <stdint.h>

enum { H = 100, WINDOW = 25, PARTS = 5 };

#ifdef UR_REAL_DOUBLE
#define LIMIT 1e-9
#define DTYPE "F64"
#else
#define LIMIT 1e-4
#define DTYPE "F32"
#endif

static const char *const PART[PARTS] = {"Wxh", "Whh", "Why", "bh", "by"};
static const char *const OURS[PARTS] = {"rnn.weight_ih_l0", "rnn.weight_hh_l0", "out.weight", "rnn.bias_ih_l0",
                                        "out.bias"};

/* Everything that a window begins with or ends with. */
typedef struct moment {
    double *part[PARTS], *memory[PARTS], h[H];
} moment;

typedef struct follower {
    ur_trainer *trainer;
    size_t v, size[PARTS];
    moment before, after, expected;
    double *gradient[PARTS];
    double worst_loss, worst_memory, worst_h; /* relative errors, of the worst window */
    double difference, length;                /* sums of squares over all updates */
    FILE *trace;
} follower;

/* ---- The script -------------------------------------------------------------------------------------------------- */

static double softmax_loss(const double *logits, double *dlogits, size_t v, size_t target)
{
    double most = logits[0], sum = 0;
    for (size_t i = 1; i < v; i++) most = fmax(most, logits[i]);
    for (size_t i = 0; i < v; i++) sum += exp(logits[i] - most);
    for (size_t i = 0; i < v; i++) dlogits[i] = exp(logits[i] - most) / sum - (i == target ? 1 : 0);
    return log(sum) - (logits[target] - most);
}

/* Computes h and dlogits of every step. Returns the loss. */
static double forward(const follower *f, const int32_t *ids, const int32_t *targets, double *h, double *dlogits)
{
    const moment *m = &f->before;
    double loss = 0, *logits = calloc(f->v, sizeof *logits);
    memcpy(h, m->h, sizeof m->h);
    for (size_t t = 0; t < WINDOW; t++) {
        for (size_t i = 0; i < H; i++) {
            double a = m->part[0][i * f->v + (size_t)ids[t]] + m->part[3][i];
            for (size_t k = 0; k < H; k++) a += m->part[1][i * H + k] * h[t * H + k];
            h[(t + 1) * H + i] = tanh(a);
        }
        for (size_t i = 0; i < f->v; i++) {
            logits[i] = m->part[4][i];
            for (size_t k = 0; k < H; k++) logits[i] += m->part[2][i * H + k] * h[(t + 1) * H + k];
        }
        loss += softmax_loss(logits, dlogits + t * f->v, f->v, (size_t)targets[t]);
    }
    free(logits);
    return loss;
}

/* Goes one step back: dh is the gradient of h_t from later steps, and becomes the gradient of h_{t-1}. */
static void back(follower *f, const int32_t *ids, const double *h, const double *dlogits, size_t t, double *dh)
{
    const moment *m = &f->before;
    double da[H];
    for (size_t i = 0; i < f->v; i++) {
        double d = dlogits[t * f->v + i];
        f->gradient[4][i] += d;
        for (size_t k = 0; k < H; k++) f->gradient[2][i * H + k] += d * h[(t + 1) * H + k];
        for (size_t k = 0; k < H; k++) dh[k] += d * m->part[2][i * H + k];
    }
    for (size_t i = 0; i < H; i++) {
        da[i] = dh[i] * (1 - h[(t + 1) * H + i] * h[(t + 1) * H + i]);
        f->gradient[3][i] += da[i];
        f->gradient[0][i * f->v + (size_t)ids[t]] += da[i];
        for (size_t k = 0; k < H; k++) f->gradient[1][i * H + k] += da[i] * h[t * H + k];
    }
    memset(dh, 0, H * sizeof *dh);
    for (size_t i = 0; i < H; i++)
        for (size_t k = 0; k < H; k++) dh[k] += da[i] * m->part[1][i * H + k];
}

static void update(follower *f)
{
    for (size_t p = 0; p < PARTS; p++)
        for (size_t i = 0; i < f->size[p]; i++) {
            double g = fmax(-5, fmin(5, f->gradient[p][i]));
            f->expected.memory[p][i] = f->before.memory[p][i] + g * g;
            f->expected.part[p][i] = f->before.part[p][i] - 0.1 * g / sqrt(f->expected.memory[p][i] + 1e-8);
        }
}

/* Computes `expected` from `before`. Returns the loss. */
static double script(follower *f, const int32_t *ids, const int32_t *targets)
{
    double *h = calloc((WINDOW + 1) * H, sizeof *h), *dlogits = calloc(WINDOW * f->v, sizeof *dlogits), dh[H] = {0};
    assert_true(h && dlogits);
    for (size_t p = 0; p < PARTS; p++) memset(f->gradient[p], 0, f->size[p] * sizeof(double));
    double loss = forward(f, ids, targets, h, dlogits);
    for (size_t t = WINDOW; t-- > 0;) back(f, ids, h, dlogits, t, dh);
    update(f);
    memcpy(f->expected.h, h + WINDOW * H, sizeof f->expected.h);
    free(h);
    free(dlogits);
    return loss;
}

/* ---- The library ------------------------------------------------------------------------------------------------- */

static const ur_param *param_of(const follower *f, size_t p)
{
    const ur_param *param = ur_model_find(f->trainer->model, OURS[p]);
    assert_non_null(param);
    return param;
}

/* The script has one bias. Our second bias must not contribute to the update. */
static void take_moment(const follower *f, moment *m, bool fresh)
{
    const real *memory = f->trainer->learner->optimizer.second;
    const ur_param *second = ur_model_find(f->trainer->model, "rnn.bias_hh_l0");
    assert_non_null(second);
    for (size_t p = 0; p < PARTS; p++) {
        const ur_param *param = param_of(f, p);
        for (size_t i = 0; i < f->size[p]; i++) {
            m->part[p][i] = (double)param->value[i] + (p == 3 ? (double)second->value[i] : 0);
            m->memory[p][i] = (double)memory[param->offset + i];
        }
    }
    for (size_t i = 0; i < H; i++) m->h[i] = fresh ? 0 : (double)ur_state_array(f->trainer->state, 0)[i];
}

static double relative(const double *found, const double *expected, size_t n, double *difference, double *length)
{
    double d = 0, l = 0;
    for (size_t i = 0; i < n; i++) {
        d += (found[i] - expected[i]) * (found[i] - expected[i]);
        l += expected[i] * expected[i];
    }
    *difference += d;
    *length += l;
    return l > 0 ? sqrt(d / l) : sqrt(d);
}

static void keep_worst(double *worst, double error)
{
    if (!(error <= *worst)) *worst = error; /* keeps a NaN */
}

static void compare(follower *f, double loss, double expected_loss)
{
    double d = 0, l = 0;
    keep_worst(&f->worst_loss, fabs(loss - expected_loss) / expected_loss);
    keep_worst(&f->worst_h, relative(f->after.h, f->expected.h, H, &d, &l));
    d = l = 0;
    for (size_t p = 0; p < PARTS; p++) relative(f->after.memory[p], f->expected.memory[p], f->size[p], &d, &l);
    keep_worst(&f->worst_memory, sqrt(d / l));
    for (size_t p = 0; p < PARTS; p++)
        for (size_t i = 0; i < f->size[p]; i++) {
            double found = f->after.part[p][i] - f->before.part[p][i];
            double expected = f->expected.part[p][i] - f->before.part[p][i];
            f->difference += (found - expected) * (found - expected);
            f->length += expected * expected;
        }
}

/* ---- The trace: a safetensors file; its header comes first, since all sizes are known -------------------------- */

static void describe(FILE *header, size_t *offset, size_t n, const char *name, const char *dtype, size_t rows,
                     size_t columns)
{
    size_t bytes = rows * (columns ? columns : 1) * (strcmp(dtype, "F64") == 0 ? 8 : 4);
    fprintf(header, "%s\"w%zu.%s\":{\"dtype\":\"%s\",\"shape\":[%zu", *offset ? "," : "", n, name, dtype, rows);
    if (columns) fprintf(header, ",%zu", columns);
    fprintf(header, "],\"data_offsets\":[%zu,%zu]}", *offset, *offset + bytes);
    *offset += bytes;
}

static void describe_parts(const follower *f, FILE *header, size_t *offset, size_t n, const char *side)
{
    const size_t columns[PARTS] = {f->v, H, H, 0, 0};
    for (int memory = 0; memory < 2; memory++)
        for (size_t p = 0; p < PARTS; p++) {
            char name[32];
            snprintf(name, sizeof name, "%s%s%s", side, memory ? "mem." : "", PART[p]);
            describe(header, offset, n, name, DTYPE, columns[p] ? f->size[p] / columns[p] : f->size[p], columns[p]);
        }
}

static void begin_trace(follower *f, const char *path, size_t windows)
{
    char *text;
    size_t size, offset = 0;
    FILE *header = open_memstream(&text, &size);
    assert_non_null(header);
    fputc('{', header);
    for (size_t n = 0; n < windows; n++) {
        describe_parts(f, header, &offset, n, "in.");
        describe(header, &offset, n, "in.h", DTYPE, H, 0);
        describe(header, &offset, n, "out.loss", "F64", 1, 0);
        describe(header, &offset, n, "out.h", DTYPE, H, 0);
    }
    describe_parts(f, header, &offset, windows - 1, "out.");
    fputc('}', header);
    fclose(header);
    f->trace = fopen(path, "wb");
    if (!f->trace) fail_msg("%s cannot be written", path);
    for (int i = 0; i < 8; i++) fputc((int)(size >> 8 * i & 255), f->trace);
    assert_int_equal(fwrite(text, 1, size, f->trace), size);
    free(text);
}

static void trace_numbers(const follower *f, const double *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        real x = (real)numbers[i];
        fwrite(&x, sizeof x, 1, f->trace);
    }
}

static void trace_parts(const follower *f, const moment *m)
{
    for (size_t p = 0; p < PARTS; p++) trace_numbers(f, m->part[p], f->size[p]);
    for (size_t p = 0; p < PARTS; p++) trace_numbers(f, m->memory[p], f->size[p]);
}

static void trace_window(const follower *f, double loss)
{
    if (!f->trace) return;
    trace_parts(f, &f->before);
    trace_numbers(f, f->before.h, H);
    fwrite(&loss, sizeof loss, 1, f->trace);
    trace_numbers(f, f->after.h, H);
}

/* ---- A run ------------------------------------------------------------------------------------------------------- */

static void open_follower(follower *f, const char *text, uint64_t seed)
{
    ur_error error;
    ur_settings *training = lm_settings(text, "--preset min-char-rnn --steps 1000000");
    set_more(training, "--seed %llu", (unsigned long long)seed);
    *f = (follower){0};
    if (ur_trainer_create(&f->trainer, training, &error) != UR_OK) fail_msg("%s", error.text);
    ur_settings_free(training);
    f->v = ur_model_tokens(f->trainer->model);
    for (size_t p = 0; p < PARTS; p++) {
        moment *all[] = {&f->before, &f->after, &f->expected};
        f->size[p] = param_of(f, p)->size;
        f->gradient[p] = calloc(f->size[p], sizeof(double));
        for (size_t i = 0; i < 3; i++) {
            all[i]->part[p] = calloc(f->size[p], sizeof(double));
            all[i]->memory[p] = calloc(f->size[p], sizeof(double));
        }
    }
}

static void close_follower(follower *f)
{
    const moment *all[] = {&f->before, &f->after, &f->expected};
    for (size_t p = 0; p < PARTS; p++) {
        free(f->gradient[p]);
        for (size_t i = 0; i < 3; i++) free(all[i]->part[p]), free(all[i]->memory[p]);
    }
    if (f->trace) assert_int_equal(fclose(f->trace), 0);
    ur_trainer_free(f->trainer);
}

static double next_window(follower *f)
{
    ur_event event = {.kind = UR_EVENT_END};
    ur_error error;
    do
        if (ur_train_next(f->trainer, &event, &error) != UR_OK) fail_msg("%s", error.text);
    while (event.kind != UR_EVENT_STEP);
    return event.loss;
}

static void follow(follower *f, size_t windows)
{
    const ur_lanes *lanes = &((const ur_lm *)f->trainer->data)->lanes;
    double smooth = WINDOW * log((double)f->v);
    assert_true(lanes->lanes == 1 && lanes->k1 == WINDOW && lanes->k2 == WINDOW);
    for (size_t n = 0; n < windows; n++) {
        bool fresh = n == 0 || lanes->window == lanes->windows;
        take_moment(f, &f->before, fresh);
        double loss = next_window(f);
        take_moment(f, &f->after, false);
        compare(f, loss, script(f, lanes->ids, lanes->targets));
        trace_window(f, loss);
        smooth = 0.999 * smooth + 0.001 * loss;
    }
    if (f->trace) trace_parts(f, &f->after);
    assert_true(fabs(f->trainer->at.smooth - smooth) < 1e-6 * smooth);
}

static void judge(const follower *f, size_t windows)
{
    double updates = sqrt(f->difference / f->length);
    print_message("%zu windows of %zu different characters: all updates %.1e, worst window: loss %.1e, memory %.1e, "
                  "state %.1e\n",
                  windows, f->v, updates, f->worst_loss, f->worst_memory, f->worst_h);
    assert_true(updates <= LIMIT && f->worst_loss <= LIMIT && f->worst_memory <= LIMIT && f->worst_h <= LIMIT);
}

static void run_on(const char *text, size_t windows, uint64_t seed, const char *trace)
{
    follower f;
    open_follower(&f, text, seed);
    if (trace) begin_trace(&f, trace, windows);
    follow(&f, windows);
    judge(&f, windows);
    close_follower(&f);
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

static scratch place;

/* A short text that is read several times. */
static void made_text(void **state)
{
    (void)state;
    make_scratch(&place);
    char *path = strdup(in_scratch(&place, "text.txt"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (int i = 0; i < 60; i++)
        fprintf(file, "%s of %d things, \xC3\xA9 and %c.\n", i % 3 ? "Some" : "All", i * i % 97, 'a' + i % 26);
    assert_int_equal(fclose(file), 0);
    run_on(path, 300, 1, NULL);
    free(path);
    remove_scratch(&place);
}

static void real_text(void **state)
{
    (void)state;
    char path[1024];
    const char *folder = getenv("UNROLL_DATA");
    snprintf(path, sizeof path, "%s/charlm/tinyshakespeare/input.txt", folder ? folder : "");
    if (!folder || access(path, R_OK) != 0) {
        print_message("UNROLL_DATA names no folder with charlm/tinyshakespeare/input.txt\n");
        skip();
    }
    run_on(path, 1000, 1, NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(made_text), cmocka_unit_test(real_text)};
    if (argc < 5) return cmocka_run_group_tests(tests, NULL, NULL);
    run_on(argv[1], (size_t)atol(argv[2]), (uint64_t)atol(argv[3]), argv[4]);
    return 0;
}
