/*
 * One training on a recall task, until its gap is mastered or the updates are spent.
 *
 * Truncated BPTT: the example is cut into windows of k steps, the last of which is full. Each begins with the states in
 * which the one before it ended; where answers are due in a window, the gradient goes back to its beginning and the
 * weights are updated. Full BPTT is the same with one window.
 */
#include "inspect/recall.h"

#include "base/error.h"
#include "base/float_mode.h"
#include "base/random.h"
#include "kernel/scalar.h"
#include "train/learner.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HELD_OUT = 256 };                              /* examples that a score is of */
static const uint64_t HELD_FIRST = UINT64_C(1) << 62; /* their numbers begin here, those learnt from at 0 */

/* The rates were found by trying: cells with gates stand a higher one than a plain RNN. */
ur_recall ur_recall_default(ur_recall_task task, const char *cell, size_t gap)
{
    bool gated = strcmp(cell, "rnn") != 0;
    return (ur_recall){.task = task,
                       .gap = gap,
                       .hidden = 32,
                       .lanes = 32,
                       .cell = cell,
                       .updates = 2000,
                       .evaluate_every = 50,
                       .optimizer = UR_ADAM,
                       .rate = gated ? 0.02 : 0.006,
                       .clip_norm = 1,
                       .remember = gated ? (double)gap : 0,
                       .seed = 1};
}

typedef struct recall_run {
    const ur_recall *how;
    const ur_recall_kind *kind;
    ur_model *model;
    ur_learner *learner;
    ur_state *carried; /* from window to window of an example */
    ur_examples examples;
    ur_real *answers; /* (T, B, outputs), of an evaluation */
} recall_run;

static ur_status check(const ur_recall *how, const ur_recall_kind *kind, ur_error *error)
{
    if (!kind) return ur_fail(error, UR_ERR_USAGE, "recall task %d: there is no such task", (int)how->task);
    if (how->gap < kind->facts.least_gap || how->gap > UR_RECALL_GAP_MOST)
        return ur_fail(error, UR_ERR_USAGE, "gap %zu: the task %s has gaps from %zu to %d", how->gap, kind->facts.name,
                       kind->facts.least_gap, UR_RECALL_GAP_MOST);
    if (!how->lanes || !how->evaluate_every)
        return ur_fail(error, UR_ERR_USAGE, "%zu lanes, an evaluation every %zu updates: must not be 0", how->lanes,
                       how->evaluate_every);
    /* With more of a line in it, there would be layers of other sizes than `hidden`. */
    if (how->cell[strcspn(how->cell, " \t\r\n>")])
        return ur_fail(error, UR_ERR_FORMAT, "cell \"%.64s\": give the name of one cell, such as lstm", how->cell);
    return UR_OK;
}

/* ---- Beginning ---------------------------------------------------------------------------------------------------- */

static ur_status make_model(recall_run *r, ur_error *error)
{
    char net[256];
    const ur_sizes sizes = {.symbols = r->kind->symbols, .features = r->kind->features, .outputs = r->kind->outputs};
    snprintf(net, sizeof net, "%s%.64s %zu > dense", r->kind->symbols ? "onehot > " : "", r->how->cell, r->how->hidden);
    return ur_model_create(&r->model, net, &sizes, r->how->seed, 0, r->how->isa, error);
}

static ur_status make_learner(recall_run *r, ur_error *error)
{
    ur_learning learning = ur_learning_default();
    learning.optimizer = r->how->optimizer;
    learning.rate = r->how->rate;
    learning.clip_norm = r->how->clip_norm;
    learning.seed = r->how->seed;
    learning.threads = 1;
    return ur_learner_create(&r->learner, r->model, &learning, error);
}

static ur_status make_answers(recall_run *r, ur_error *error)
{
    r->answers = calloc(r->examples.steps * r->examples.lanes, r->kind->outputs * sizeof *r->answers);
    return r->answers ? UR_OK : ur_fail_memory(error, "the answers");
}

static ur_status begin(recall_run *r, ur_error *error)
{
    UR_TRY(make_model(r, error));
    ur_model_remember(r->model, r->how->remember, r->how->seed);
    UR_TRY(make_learner(r, error));
    UR_TRY(ur_state_make(&r->carried, r->model, r->how->lanes, error));
    UR_TRY(ur_examples_create(&r->examples, r->kind, r->how->gap, r->how->lanes, error));
    return make_answers(r, error);
}

static void end(recall_run *r)
{
    ur_learner_free(r->learner);
    ur_state_free(r->carried);
    ur_model_free(r->model);
    ur_examples_free(&r->examples);
    free(r->answers);
}

/* ---- Learning ----------------------------------------------------------------------------------------------------- */

static bool any_due(const ur_examples *e, size_t begin, size_t steps)
{
    for (size_t t = begin; t < begin + steps; t++)
        for (size_t lane = 0; lane < e->lanes; lane++)
            if (ur_examples_due(e, t, lane)) return true;
    return false;
}

/* One window: read it, and learn where something is due. */
static ur_status take_window(recall_run *r, size_t begin, size_t steps, ur_recall_result *result, ur_error *error)
{
    ur_window_result window;
    ur_batch batch = ur_examples_piece(&r->examples, r->kind, begin, steps);
    ur_carry carry = {.from = begin ? r->carried : NULL, .to = r->carried};
    if (!any_due(&r->examples, begin, steps)) return ur_learner_forward(r->learner, &batch, &carry, &window, error);
    UR_TRY(ur_learner_gradients(r->learner, &batch, &carry, &window, error));
    ur_status status = ur_learner_update(r->learner, error);
    if (r->learner->norm > result->largest_norm) result->largest_norm = r->learner->norm;
    return status;
}

/* The rate falls in a line to a tenth at the last update. */
static void set_rate(recall_run *r, size_t updates)
{
    double share = (double)updates / (double)r->how->updates;
    ur_learner_set_rate(r->learner, r->how->rate * (1 - 0.9 * share));
}

static ur_status take_examples(recall_run *r, ur_recall_result *result, ur_error *error)
{
    set_rate(r, result->updates);
    size_t steps = r->examples.steps, window = r->how->window ? r->how->window : steps;
    ur_examples_fill(&r->examples, r->kind, r->how->gap, r->how->seed, (uint64_t)result->updates * r->how->lanes);
    for (size_t end = steps % window ? steps % window : window, begin = 0; begin < steps; end += window) {
        UR_TRY(take_window(r, begin, end - begin, result, error));
        begin = end;
    }
    result->updates++;
    return UR_OK;
}

/* ---- Scoring ------------------------------------------------------------------------------------------------------ */

typedef struct marks {
    double good; /* answers that are right, or the squared errors */
    size_t count;
} marks;

static bool is_right(const ur_real *answer, size_t outputs, int32_t target)
{
    for (size_t i = 0; i < outputs; i++)
        if (!(answer[i] <= answer[target])) return false; /* nor is one that is no number */
    return true;
}

static void mark(const recall_run *r, marks *m)
{
    const ur_examples *e = &r->examples;
    for (size_t i = 0; i < e->steps * e->lanes; i++) {
        const ur_real *answer = r->answers + i * r->kind->outputs;
        if (!ur_examples_due(e, i / e->lanes, i % e->lanes)) continue;
        m->count++;
        double wrong = e->target_values ? (double)(answer[0] - e->target_values[i]) : 0;
        m->good += e->target_values ? wrong * wrong : is_right(answer, r->kind->outputs, e->targets[i]);
    }
}

static ur_status evaluate(recall_run *r, double *score, ur_error *error)
{
    marks m = {0};
    for (size_t first = 0; first < HELD_OUT; first += r->how->lanes) {
        ur_examples_fill(&r->examples, r->kind, r->how->gap, r->how->seed, HELD_FIRST + first);
        ur_batch batch = ur_examples_piece(&r->examples, r->kind, 0, r->examples.steps);
        UR_TRY(ur_predict(r->learner, &batch, r->answers, error));
        mark(r, &m);
    }
    double mean = m.good / (double)m.count;
    *score = r->kind->symbols ? mean : 1 - mean * 6; /* the sum of two uniform numbers has the variance 1/6 */
    return UR_OK;
}

/* ---- Until it is mastered ------------------------------------------------------------------------------------------ */

static ur_status learn(recall_run *r, ur_recall_result *result, ur_error *error)
{
    UR_TRY(evaluate(r, &result->score, error));
    while (result->updates < r->how->updates && !result->mastered) {
        double score;
        UR_TRY(take_examples(r, result, error));
        if (result->updates % r->how->evaluate_every != 0 && result->updates < r->how->updates) continue;
        UR_TRY(evaluate(r, &score, error));
        if (score > result->score) result->score = score;
        result->mastered = score >= r->kind->facts.mastered;
        if (!result->mastered && r->how->go_on && !r->how->go_on(r->how->context, result->updates, score))
            return ur_fail(error, UR_ERR_INTERRUPTED, "stopped after %zu updates", result->updates);
    }
    return UR_OK;
}

ur_status ur_recall_train(const ur_recall *how, ur_recall_result *result, ur_error *error)
{
    recall_run run = {.how = how, .kind = ur_recall_find(how->task)};
    *result = (ur_recall_result){0};
    UR_TRY(check(how, run.kind, error));
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = begin(&run, error);
    if (status == UR_OK) status = learn(&run, result, error);
    result->exploded = status == UR_ERR_NUMERIC;
    end(&run);
    ur_float_mode_leave(mode);
    return result->exploded ? UR_OK : status;
}
