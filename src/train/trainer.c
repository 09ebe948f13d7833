/* Opens everything that a run needs: data, network, learner, folder. */
#include "train/trainer.h"
#include "base/float_mode.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_trainer_free(ur_trainer *t)
{
    if (!t) return;
    ur_learner_free(t->learner);
    ur_state_free(t->state);
    if (t->opened) t->task->close(t->data);
    ur_model_free(t->model);
    ur_block_free(t->average);
    ur_block_free(t->spare);
    ur_log_close(&t->log);
    ur_events_close(&t->events);
    if (t->locked) ur_folder_lock_give(&t->lock);
    free(t->gates);
    free(t->line);
    free(t->data);
    ur_settings_free(t->settings);
    free(t);
}

/* ---- network ---------------------------------------------------------------------------------------------------- */

static ur_status bias_gates(ur_trainer *t, ur_error *error)
{
    double steps = t->run->remember;
    if (!(steps > 0) || ur_model_bias_gates(t->model, steps, t->run->learning.seed)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "`remember` %g: wants more than 1 step and a layer whose gates have biases (lstm, gru), not \"%s\"",
                   steps, ur_model_net(t->model));
}

/* Copies the network that the user gives, if any. */
static ur_status copy_network(const char *net, char line[UR_LINE_TEXT_MAX], ur_error *error)
{
    ur_net_writing w = ur_net_begin(line);
    if (net && !*net) return ur_fail(error, UR_ERR_USAGE, "`net` is empty; give a network, or leave it out");
    if (net) ur_net_put(&w, "%s", net);
    return ur_net_end(&w, error);
}

/* Builds the network. The run is recorded with the line as the parser understood it. */
static ur_status make_network(ur_trainer *t, ur_error *error)
{
    ur_net_request request = {0};
    UR_TRY(copy_network(t->run->net, request.line, error));
    UR_TRY(t->task->network(t->data, t->settings, &request, error));
    UR_TRY(ur_model_build(&t->model, request.line, &request.sizes, t->run->isa, error));
    snprintf(t->model->task, sizeof t->model->task, "%s", t->task->name);
    UR_TRY(t->task->record(t->data, t->model, error));
    ur_model_initialize(t->model, t->run->learning.seed, t->run->init_scale > 0 ? t->run->init_scale : 0);
    t->run->net = t->model->net;
    UR_TRY(bias_gates(t, error));
    return t->task->initialize ? t->task->initialize(t->data, t->model, error) : UR_OK;
}

static bool same_vocabulary(const ur_vocabulary *a, const ur_vocabulary *b)
{
    if (!a || !b) return a == b;
    if (ur_vocabulary_size(a) != ur_vocabulary_size(b) || ur_vocabulary_unknown(a) != ur_vocabulary_unknown(b))
        return false;
    for (int32_t i = 0; (size_t)i < ur_vocabulary_size(a); i++) {
        size_t n, k;
        const char *x = ur_vocabulary_text(a, i, &n), *y = ur_vocabulary_text(b, i, &k);
        if (x && (n != k || memcmp(x, y, n) != 0)) return false;
    }
    return true;
}

static bool same_vocabularies(const ur_model *a, const ur_model *b)
{
    bool same = same_vocabulary(a->vocabulary, b->vocabulary);
    for (size_t i = 0; i < a->line_count && same; i++) /* b has as many lines, since its network is the same */
        same = same_vocabulary(a->lines[i].vocabulary, b->lines[i].vocabulary);
    return same;
}

/* Checks that a run can begin with the weights of `from`. A model made in C may name no task. */
static ur_status check_first(const ur_trainer *t, const ur_model *from, const char *path, ur_error *error)
{
    const ur_model *to = t->model;
    if (from->weights != UR_WEIGHTS_F32)
        return ur_fail(error, UR_ERR_USAGE, "%s: a model with %s weights cannot be trained; begin with its f32 file",
                       path, ur_weights_name(from->weights));
    if (*from->task && strcmp(from->task, to->task) != 0)
        return ur_fail(error, UR_ERR_DATA, "%s: a model for %s; a training of %s can only begin with a model for %s",
                       path, from->task, to->task, to->task);
    if (strcmp(from->net, to->net) != 0)
        return ur_fail(error, UR_ERR_DATA, "%s: its network is \"%s\", but this run's is \"%s\"", path, from->net,
                       to->net);
    return same_vocabularies(from, to)
               ? UR_OK
               : ur_fail(error, UR_ERR_DATA, "%s: its vocabulary is not the one of these data", path);
}

/* `init-from`: takes the weights of a model of the same task, network and vocabularies. */
static ur_status take_first_weights(ur_trainer *t, ur_error *error)
{
    const char *path = t->run->init_from;
    if (!path) return UR_OK;
    ur_model *from;
    UR_TRY(ur_model_load(&from, path, t->run->isa, error));
    ur_status status = check_first(t, from, path, error);
    if (status == UR_OK) memcpy(t->model->values, from->values, t->model->numbers * sizeof(real));
    ur_model_free(from);
    return status;
}

static ur_status make_learner(ur_trainer *t, ur_error *error)
{
    ur_learning learning = t->run->learning;
    t->first_loss = NAN;
    UR_TRY(t->task->prepare(t->data, t->settings, &learning, &t->first_loss, error));
    return ur_learner_create(&t->learner, t->model, &learning, error);
}

/* ---- the run ---------------------------------------------------------------------------------------------------- */

static bool holds(const char *folder, const char *name)
{
    char *path = ur_path_join(folder, name);
    bool there = !path || ur_path_exists(path);
    free(path);
    return there;
}

/* Refuses a folder that already holds files, unless the settings say what to do with them. */
static ur_status check_folder(const ur_run_settings *run, ur_error *error)
{
    const char *folder = run->folder;
    bool last = holds(folder, "last.safetensors"), best = holds(folder, "model.safetensors");
    if (run->overwrite) return UR_OK;
    if (!run->resume && (last || best))
        return ur_fail(error, UR_ERR_USAGE, "%s already holds a run; `resume` continues it, `overwrite` starts over",
                       folder);
    if (!run->resume && holds(folder, "log.jsonl"))
        return ur_fail(error, UR_ERR_USAGE, "%s holds a log.jsonl already; choose another folder, or `overwrite`",
                       folder);
    if (best && !last)
        return ur_fail(error, UR_ERR_DATA,
                       "%s holds a model but no last.safetensors to continue; `overwrite` starts over, `init-from` in "
                       "another folder begins with the model's weights",
                       folder);
    return UR_OK;
}

static ur_status open_run(ur_trainer *t, ur_error *error)
{
    const char *run = t->run->folder;
    if (!run) return UR_OK;
    UR_TRY(ur_folder_lock_take(&t->lock, run, error));
    t->locked = true;
    ur_folder_sweep(run);
    UR_TRY(check_folder(t->run, error));
    return t->run->resume ? ur_trainer_resume(t, error) : UR_OK;
}

static ur_status open_events(ur_trainer *t, ur_error *error)
{
    if (t->run->no_events) return UR_OK;
    char *path = ur_path_join(t->run->folder, UR_EVENTS_NAME);
    if (!path) return ur_fail_memory(error, "a path");
    bool goes_on = t->resumed && ur_path_exists(path); /* if the file is gone, a new one begins */
    ur_status status = ur_events_open(&t->events, path, goes_on ? t->at.event_records : 0, error);
    free(path);
    return status;
}

/* Removes the old run's files when the new run begins, so that a kill before the first checkpoint leaves no mixture. */
static ur_status open_log(ur_trainer *t, ur_error *error)
{
    if (!t->run->folder) return UR_OK;
    static const char *const names[] = {"last.safetensors", "model.safetensors", UR_EVENTS_NAME};
    for (size_t i = 0; i < 3 && !t->resumed; i++) {
        char *old = ur_path_join(t->run->folder, names[i]);
        if (old) remove(old);
        free(old);
    }
    char *path = ur_path_join(t->run->folder, "log.jsonl");
    if (!path) return ur_fail_memory(error, "a path");
    ur_status status = ur_log_open(&t->log, path, t->resumed ? t->at.log_lines : 0, error);
    free(path);
    if (t->log.lost) {
        size_t used = strlen(t->described);
        snprintf(t->described + used, sizeof t->described - used, "; log.jsonl is gone, a new one begins");
    }
    return status == UR_OK ? open_events(t, error) : status;
}

static ur_status open_data(ur_trainer *t, ur_error *error)
{
    t->data = calloc(1, t->task->data_size + 1);
    if (!t->data) return ur_fail_memory(error, "the data");
    t->opened = true;
    UR_TRY(t->task->open(t->data, t->settings, NULL, error));
    UR_TRY(t->task->choose(t->data, t->settings, error));
    t->task->describe(t->data, t->described, sizeof t->described);
    return UR_OK;
}

static ur_status create(ur_trainer *t, const ur_settings *settings, ur_error *error)
{
    UR_TRY(ur_settings_copy(&t->settings, settings, error));
    t->run = &t->settings->run;
    UR_TRY(ur_settings_settle(t->settings, error));
    UR_TRY(ur_trainer_recall(t, error));
    UR_TRY(open_data(t, error));
    UR_TRY(make_network(t, error));
    UR_TRY(take_first_weights(t, error));
    UR_TRY(make_learner(t, error));
    UR_TRY(ur_settings_line(t->settings, &t->line, error));
    UR_TRY(ur_trainer_make_average(t, error));
    UR_TRY(ur_trainer_make_gates(t, error));
    UR_TRY(open_run(t, error));
    t->measuring = t->run->minutes > 0 && !t->at.measured_steps;
    ur_trainer_plan_run(t);
    return open_log(t, error);
}

ur_progress ur_progress_begin(void)
{
    ur_progress p = {.smooth = NAN, .best = NAN};
    for (size_t i = 0; i < UR_METRICS_MAX; i++) p.metric[i] = NAN;
    return p;
}

ur_status ur_trainer_create(ur_trainer **trainer, const ur_settings *settings, ur_error *error)
{
    ur_trainer *t = *trainer = calloc(1, sizeof *t);
    if (!t) return ur_fail_memory(error, "a trainer");
    t->task = settings->task;
    t->log.file.fd = t->events.file.fd = -1;
    t->at = ur_progress_begin();
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = create(t, settings, error);
    ur_float_mode_leave(mode);
    if (status == UR_OK) return UR_OK;
    ur_trainer_free(t);
    *trainer = NULL;
    return status;
}

const char *ur_trainer_settings(const ur_trainer *t) { return t->line; }
