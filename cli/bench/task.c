/* unroll bench MODEL DATA: an update, an evaluation, a step and an answer of a model of any task. */
#include "cli/bench/bench.h"

#include "cli/args/verb.h"
#include "cli/support/clock.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/sink.h"
#include "cli/support/task_settings.h"
#include "cli/support/text_out.h"

#include "base/error.h"
#include "base/float_mode.h"
#include "inspect/task_batches.h"
#include "train/evaluation.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UPDATES_LEAST = 5, UPDATES_MOST = 1 << 16, STEPS_TIMED = 256 };

typedef struct bench {
    const ur_bench_how *how;
    ur_trainer *trainer;
    ur_plan plan;
    double *update, *evaluation; /* seconds of each; capacity UPDATES_MOST */
    size_t updates, evaluations; /* number of elements */
    uint64_t items;              /* items trained on in those updates */
    double step;                 /* seconds of a step; NaN if the network cannot be streamed */
    double answer;               /* seconds of an answer; NaN if examples cannot be answered one at a time */
    uint64_t answers;            /* examples over which `answer` is the mean */
} bench;

/* ---- Measuring -------------------------------------------------------------------------------------------------- */

static bool is_enough(const bench *b, double begin)
{
    return b->updates == UPDATES_MOST || (b->updates >= UPDATES_LEAST && ur_cli_now() - begin >= b->how->seconds);
}

/* Times updates and evaluations. The first update, which finds the memory that a window needs, is not counted. */
static ur_status time_updates(bench *b, ur_error *error)
{
    ur_event event = {.kind = UR_EVENT_STEP};
    uint64_t before = 0;
    double begin = ur_cli_now();
    bool first = true;
    while (!is_enough(b, begin) && event.kind != UR_EVENT_END) {
        double called = ur_cli_now();
        UR_TRY(ur_train_next(b->trainer, &event, error));
        double seconds = ur_cli_now() - called;
        if (event.kind == UR_EVENT_EVALUATION && b->evaluations < UPDATES_MOST)
            b->evaluation[b->evaluations++] = seconds;
        if (event.kind != UR_EVENT_STEP) continue;
        if (first) before = event.items;
        if (!first) b->update[b->updates++] = seconds;
        b->items = event.items - before;
        first = false;
    }
    return UR_OK;
}

static void make_steps(const ur_model *model, ur_state *state, const ur_real *x, ur_real *out)
{
    const int32_t id = 0;
    for (int i = 0; i < STEPS_TIMED; i++)
        if (ur_model_features(model))
            ur_step_values(model, state, x, out);
        else
            ur_step(model, state, &id, out);
}

/* Times series of steps for the requested time, but at most a second, and keeps the fastest series. */
static void time_steps(bench *b, const ur_model *model, ur_state *state, const ur_real *x, ur_real *out)
{
    double begin = ur_cli_now(), least = HUGE_VAL;
    do {
        double called = ur_cli_now(), seconds;
        make_steps(model, state, x, out);
        seconds = (ur_cli_now() - called) / STEPS_TIMED;
        least = seconds < least ? seconds : least;
    } while (ur_cli_now() - begin < fmin(b->how->seconds, 1));
    b->step = least;
}

static ur_status time_stream(bench *b, ur_error *error)
{
    const ur_model *model = ur_trainer_model(b->trainer);
    ur_error why;
    ur_state *state;
    b->step = NAN;
    if (ur_state_create(&state, model, 1, &why) != UR_OK) return UR_OK; /* the network reads whole sequences */
    ur_real *x = calloc(ur_model_features(model) + 1, sizeof *x);
    ur_real *out = calloc(ur_model_outputs(model) + 1, sizeof *out);
    if (x && out) time_steps(b, model, state, x, out);
    ur_status status = x && out ? UR_OK : ur_fail_memory(error, "a step");
    free(x);
    free(out);
    ur_state_free(state);
    return status;
}

/* ---- An example alone ------------------------------------------------------------------------------------------- */

/* Evaluates more and more examples, four times as many each time, until an evaluation takes long enough. */
static ur_status time_examples(bench *b, ur_evaluation *e, uint64_t examples, ur_error *error)
{
    double metric[UR_METRICS_MAX], begin, seconds = 0;
    uint64_t ignored;
    for (e->most = 1; seconds < fmin(b->how->seconds, 1) / 4 && b->answers < examples; e->most *= 4) {
        b->answers = e->most < examples ? e->most : examples;
        begin = ur_cli_now();
        UR_TRY(ur_evaluation_run(e, metric, &ignored, NULL, error));
        seconds = ur_cli_now() - begin;
    }
    b->answer = seconds / (double)b->answers;
    return UR_OK;
}

static ur_status time_data(bench *b, ur_model *model, const ur_task_data *data, ur_error *error)
{
    ur_evaluation e = {.task = data->task, .data = data->data, .part = UR_PART_TEST};
    UR_TRY(ur_learner_create_judge(&e.learner, model, 1, error));
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = time_examples(b, &e, data->batches, error);
    ur_float_mode_leave(mode);
    ur_learner_free(e.learner);
    return status;
}

/* Times answers of the given model, because an untrained decoder does not end its texts. The time includes judging the
 * answers. */
static ur_status time_answers(bench *b, ur_model *model, const ur_settings *task, ur_error *error)
{
    ur_settings *alone;
    ur_task_data data;
    b->answer = NAN;
    if (task->task->carries) return UR_OK; /* each of its examples continues the one before */
    UR_TRY(ur_settings_copy(&alone, task, error));
    ur_status status = ur_settings_set(alone, "batch", "1", error);
    if (status == UR_OK) {
        status = ur_task_data_open(&data, model, alone, error);
        if (status == UR_OK) status = time_data(b, model, &data, error);
        ur_task_data_close(&data);
    }
    ur_settings_free(alone);
    return status;
}

/* ---- Output ----------------------------------------------------------------------------------------------------- */

static double sum_of(const double *seconds, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += seconds[i];
    return sum;
}

static void print_table(bench *b, double rate)
{
    printf("task         %s: ", b->plan.task);
    ur_cli_print_name(stdout, b->plan.data);
    printf("\nnetwork      %s (%zu parameters)\n", b->plan.net, b->plan.parameters);
    printf("update       %.3f ms, the median of %zu on %zu thread%s; %.0f %ss/s\n",
           1e3 * ur_bench_median(b->update, b->updates), b->updates, b->plan.threads, b->plan.threads == 1 ? "" : "s",
           rate, b->plan.counts);
    if (b->evaluations)
        printf("evaluation   %.3f s on the validation data\n", ur_bench_median(b->evaluation, b->evaluations));
    if (isfinite(b->step))
        printf("step         %.2f us, the least; one lane on one thread\n", 1e6 * b->step);
    else
        printf("step         none: the network reads whole sequences, or has several lines\n");
    if (isfinite(b->answer))
        printf("answer       %.3f ms, the mean of %llu examples, each alone on one thread and judged\n",
               1e3 * b->answer, (unsigned long long)b->answers);
}

static ur_status print_json(bench *b, double rate, ur_error *error)
{
    json_t *object = json_object();
    ur_cli_json_set(&object, "task", json_string(b->plan.task));
    ur_cli_json_set(&object, "net", json_string(b->plan.net));
    ur_cli_json_set(&object, "parameters", json_integer((json_int_t)b->plan.parameters));
    ur_cli_json_set(&object, "threads", json_integer((json_int_t)b->plan.threads));
    ur_cli_json_set(&object, "updates", json_integer((json_int_t)b->updates));
    ur_cli_json_set(&object, "update_seconds", ur_cli_json_number(ur_bench_median(b->update, b->updates)));
    ur_cli_json_set(&object, "counts", json_string(b->plan.counts));
    ur_cli_json_set(&object, "items_per_second", ur_cli_json_number(rate));
    ur_cli_json_set(&object, "evaluation_seconds", ur_cli_json_number(ur_bench_median(b->evaluation, b->evaluations)));
    ur_cli_json_set(&object, "step_seconds", ur_cli_json_number(b->step));
    ur_cli_json_set(&object, "answer_seconds", ur_cli_json_number(b->answer));
    return ur_cli_json_print(object, error);
}

static ur_status measure(bench *b, ur_error *error)
{
    b->plan = ur_trainer_plan(b->trainer);
    b->update = calloc(UPDATES_MOST, sizeof *b->update);
    b->evaluation = calloc(UPDATES_MOST, sizeof *b->evaluation);
    if (!b->update || !b->evaluation) return ur_fail_memory(error, "the times");
    UR_TRY(time_updates(b, error));
    UR_TRY(time_stream(b, error));
    double rate = (double)b->items / sum_of(b->update, b->updates);
    if (b->how->json) return print_json(b, rate, error);
    print_table(b, rate);
    return ur_cli_flush_output(error);
}

/* ---- The training ----------------------------------------------------------------------------------------------- */

/* Trains with the model's settings, but without a folder. Evaluations come often, and the training does not end by
 * itself. */
static ur_status set_up(ur_settings *task, ur_error *error)
{
    if (ur_cli_isa()) UR_TRY(ur_settings_set(task, "isa", ur_cli_isa(), error));
    return ur_settings_read(task, "--steps 1000000000 --eval-every 4 --sample-every 1000000000 --save-every 1000000000",
                            error);
}

static ur_status bench_settings(const ur_bench_how *how, ur_model *model, ur_settings *task, ur_error *error)
{
    bench b = {.how = how};
    ur_status status = time_answers(&b, model, task, error);
    if (status == UR_OK) status = set_up(task, error);
    if (status == UR_OK) status = ur_trainer_create(&b.trainer, task, error);
    if (status == UR_OK) status = measure(&b, error);
    ur_trainer_free(b.trainer);
    free(b.update);
    free(b.evaluation);
    return status;
}

static ur_status bench_model(const ur_bench_how *how, ur_model *model, const ur_cli_arguments *arguments,
                             ur_cli_texts *data, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_cli_task_settings(&task, model, arguments, data, how->threads, error));
    ur_status status = bench_settings(how, model, task, error);
    ur_settings_free(task);
    return status;
}

ur_status ur_bench_model(const ur_bench_how *how, const ur_cli_arguments *arguments, ur_error *error)
{
    ur_cli_texts data;
    ur_model *model = NULL;
    UR_TRY(ur_cli_model_load(&model, arguments->words[0], error));
    ur_status status = ur_cli_texts_open(&data, arguments->words + 1, arguments->count - 1, error);
    if (status == UR_OK) status = bench_model(how, model, arguments, &data, error);
    ur_cli_texts_close(&data, error);
    ur_model_free(model);
    return status;
}
