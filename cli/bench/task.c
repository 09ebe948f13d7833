/* unroll bench MODEL DATA: an update, an evaluation and a step of a model of any task, as its training has them. */
#include "cli/bench/bench.h"

#include "cli/args/verb.h"
#include "cli/support/clock.h"
#include "cli/support/json_out.h"
#include "cli/support/model_path.h"
#include "cli/support/sink.h"
#include "cli/support/spool.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UPDATES_LEAST = 5, UPDATES_MOST = 1 << 16, STEPS_TIMED = 256 };

typedef struct bench {
    const ur_bench_how *how;
    ur_trainer *trainer;
    ur_plan plan;
    double *update, *evaluation; /* seconds of each, UPDATES_MOST; */
    size_t updates, evaluations; /* how many there are */
    uint64_t items;              /* learnt from in those updates */
    double step;                 /* seconds; NaN: it cannot be streamed */
} bench;

/* ---- Measuring -------------------------------------------------------------------------------------------------- */

static bool is_enough(const bench *b, double begin)
{
    return b->updates == UPDATES_MOST || (b->updates >= UPDATES_LEAST && ur_cli_now() - begin >= b->how->seconds);
}

/* The first update finds out how much memory a window takes, and does not count. */
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

/* As many together as take about the time that was asked for, but no more than a second of it. */
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
    if (ur_state_create(&state, model, 1, &why) != UR_OK) return UR_OK; /* it reads whole sequences */
    ur_real *x = calloc(ur_model_features(model) + 1, sizeof *x);
    ur_real *out = calloc(ur_model_outputs(model) + 1, sizeof *out);
    if (x && out) time_steps(b, model, state, x, out);
    ur_status status = x && out ? UR_OK : ur_fail_memory(error, "a step");
    free(x);
    free(out);
    ur_state_free(state);
    return status;
}

/* ---- What is told ----------------------------------------------------------------------------------------------- */

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

/* As the model was trained, without a folder; it is judged now and then, and never ends by itself. */
static ur_status set_up(const ur_bench_how *how, ur_settings *task, const ur_model *model,
                        const ur_cli_arguments *arguments, ur_cli_texts *data, ur_error *error)
{
    char threads[32];
    const ur_watcher watcher = ur_cli_watcher(&data->watching);
    ur_settings_watch(task, &watcher);
    if (ur_cli_isa()) UR_TRY(ur_settings_set(task, "isa", ur_cli_isa(), error));
    UR_TRY(ur_cli_take_pending(arguments, task, ur_model_task(model), error));
    for (size_t i = 0; i < data->count; i++) UR_TRY(ur_settings_add_data(task, data->paths[i], error));
    UR_TRY(ur_settings_read(task, "--steps 1000000000 --eval-every 4 --sample-every 1000000000 --save-every 1000000000",
                            error));
    if (!how->threads) return UR_OK;
    snprintf(threads, sizeof threads, "%zu", how->threads);
    return ur_settings_set(task, "threads", threads, error);
}

static ur_status bench_settings(const ur_bench_how *how, const ur_settings *task, ur_error *error)
{
    bench b = {.how = how};
    ur_status status = ur_trainer_create(&b.trainer, task, error);
    if (status == UR_OK) status = measure(&b, error);
    ur_trainer_free(b.trainer);
    free(b.update);
    free(b.evaluation);
    return status;
}

static ur_status bench_model(const ur_bench_how *how, const ur_model *model, const ur_cli_arguments *arguments,
                             ur_cli_texts *data, ur_error *error)
{
    ur_settings *task;
    UR_TRY(ur_cli_settings_of_model(&task, model, error));
    ur_status status = set_up(how, task, model, arguments, data, error);
    if (status == UR_OK) status = bench_settings(how, task, error);
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
