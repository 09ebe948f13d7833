/* Opens everything a language model is trained with. */
#include "base/float_mode.h"
#include "base/utf8.h"
#include "model/model_file.h"
#include "model/record.h"
#include "task/lm.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_trainer_free(ur_trainer *t)
{
    if (!t) return;
    ur_lanes_close(&t->lanes);
    ur_lanes_close(&t->validation_lanes);
    ur_learner_free(t->learner);
    ur_state_free(t->state);
    ur_model_free(t->model);
    ur_corpus_close(t->corpus);
    ur_corpus_close(t->validation);
    ur_block_free(t->average);
    ur_block_free(t->spare);
    ur_log_close(&t->log);
    ur_events_close(&t->events);
    if (t->locked) ur_folder_lock_give(&t->lock);
    free(t->gates);
    free(t->settings);
    free(t->strings);
    free(t);
}

/* ---- text ------------------------------------------------------------------------------------------------------- */

static ur_status open_text(ur_trainer *t, ur_error *error)
{
    ur_training *s = &t->training;
    ur_corpus_options options = {.replace_invalid = s->replace_invalid};
    UR_TRY(ur_unit_kind_find(s->unit, &options.unit, error));
    UR_TRY(ur_corpus_open(&t->corpus, s->paths, s->path_count, &options, error));
    uint64_t units = ur_corpus_units(t->corpus);
    t->train_end = units;
    if (s->validation) {
        UR_TRY(ur_corpus_open(&t->validation, &s->validation, 1, &options, error));
        t->validation_end = ur_corpus_units(t->validation);
    } else if (s->validation_share > 0) {
        t->train_end = (uint64_t)((double)units * (1 - s->validation_share));
        t->validation_begin = t->train_end;
        t->validation_end = units;
    }
    if (t->train_end >= 2) return UR_OK;
    return ur_fail(error, UR_ERR_DATA,
                   "the text is too short: %llu of its %llu %ss are left to train on; at least 2 are needed",
                   (unsigned long long)t->train_end, (unsigned long long)units, s->unit);
}

static ur_status make_vocabulary(ur_trainer *t, ur_vocabulary **vocabulary, ur_error *error)
{
    const ur_training *s = &t->training;
    UR_TRY(ur_corpus_count(t->corpus, 0, t->train_end, vocabulary, error));
    ur_status status = ur_vocabulary_settle(*vocabulary, s->min_count, s->vocabulary_limit, !s->no_unknown, error);
    if (status == UR_OK && ur_vocabulary_size(*vocabulary) - (s->no_unknown ? 0 : 1) < 2)
        status = ur_fail(error, UR_ERR_DATA, "the text has only one kind of %s; there is nothing to predict", s->unit);
    if (status == UR_OK) return UR_OK;
    ur_vocabulary_free(*vocabulary);
    *vocabulary = NULL;
    return status;
}

static json_t *name_json(const char *name)
{
    size_t length;
    char *clean = ur_utf8_clean(name, strlen(name), &length);
    json_t *text = clean ? json_stringn(clean, length) : NULL;
    free(clean);
    return text;
}

/* The first thousand files; NULL without memory. */
static json_t *files_json(const ur_corpus *corpus)
{
    json_t *files = json_array();
    for (size_t i = 0; files && i < ur_corpus_files(corpus) && i < 1000; i++) {
        json_t *file = json_pack("{s:o,s:I}", "name", name_json(ur_corpus_file_name(corpus, i)), "bytes",
                                 (json_int_t)ur_corpus_file_size(corpus, i));
        if (json_array_append_new(files, file) == 0) continue;
        json_decref(files);
        return NULL;
    }
    return files;
}

static json_t *hash_json(const ur_corpus *corpus)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_corpus_hash(corpus));
    return json_string(hash);
}

static ur_status record_text(ur_trainer *t, ur_error *error)
{
    json_t *text = json_pack("{s:o,s:o,s:I,s:I}", "files", files_json(t->corpus), "hash", hash_json(t->corpus), "units",
                             (json_int_t)ur_corpus_units(t->corpus), "train_units", (json_int_t)t->train_end);
    int failed = t->validation ? json_object_set_new(text, "validation_hash", hash_json(t->validation)) : 0;
    UR_TRY(ur_record_set(t->model, "trained_on", text, error));
    return failed ? ur_fail_memory(error, "the model's record") : UR_OK;
}

/* ---- network ---------------------------------------------------------------------------------------------------- */

static ur_status check_network(const ur_model *m, ur_error *error)
{
    if (!ur_predicts_units(m))
        return ur_fail(
            error, UR_ERR_USAGE,
            "network line \"%s\": a language model has one line from onehot or embed to dense, without last, "
            "and gives as many numbers as there are units (%zu)",
            m->net, m->sizes.symbols);
    return UR_OK;
}

static ur_status bias_gates(ur_trainer *t, ur_error *error)
{
    double steps = t->training.remember;
    if (!(steps > 0) || ur_model_bias_gates(t->model, steps, t->training.learning.seed)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "remember %g: wants more than 1 step and a layer whose gates have biases (lstm, gru), not \"%s\"",
                   steps, ur_model_net(t->model));
}

static ur_status make_network(ur_trainer *t, ur_error *error)
{
    char line[UR_LINE_TEXT_MAX];
    ur_vocabulary *vocabulary;
    UR_TRY(make_vocabulary(t, &vocabulary, error));
    ur_sizes sizes = {.symbols = ur_vocabulary_size(vocabulary), .outputs = ur_vocabulary_size(vocabulary)};
    ur_status status = ur_lm_net(&t->training, line, sizeof line, error);
    if (status == UR_OK) status = ur_model_build(&t->model, line, &sizes, t->training.isa, error);
    if (status != UR_OK) {
        ur_vocabulary_free(vocabulary);
        return status;
    }
    t->model->vocabulary = vocabulary;
    memcpy(t->model->task, "lm", 3);
    UR_TRY(check_network(t->model, error));
    ur_model_initialize(t->model, t->training.learning.seed, t->training.init_scale);
    UR_TRY(bias_gates(t, error));
    return record_text(t, error);
}

static bool same_units(const ur_vocabulary *a, const ur_vocabulary *b)
{
    if (ur_vocabulary_size(a) != ur_vocabulary_size(b) || ur_vocabulary_unknown(a) != ur_vocabulary_unknown(b))
        return false;
    for (int32_t i = 0; (size_t)i < ur_vocabulary_size(a); i++) {
        size_t n, k;
        const char *x = ur_vocabulary_text(a, i, &n), *y = ur_vocabulary_text(b, i, &k);
        if (x && (n != k || memcmp(x, y, n) != 0)) return false;
    }
    return true;
}

/* --init-from: the weights of a model with the same network and units. */
static ur_status take_first_weights(ur_trainer *t, ur_error *error)
{
    const char *path = t->training.init_from;
    if (!path) return UR_OK;
    ur_model *from;
    UR_TRY(ur_model_load(&from, path, t->training.isa, error));
    ur_status status = UR_OK;
    if (from->weights != UR_WEIGHTS_F32)
        status = ur_fail(error, UR_ERR_USAGE, "%s: a model with %s weights cannot be trained; begin with its f32 file",
                         path, ur_weights_name(from->weights));
    else if (strcmp(from->net, t->model->net) != 0)
        status = ur_fail(error, UR_ERR_DATA, "%s: its network is \"%s\", this run's is \"%s\"", path, from->net,
                         t->model->net);
    else if (!from->vocabulary || !same_units(from->vocabulary, t->model->vocabulary))
        status = ur_fail(error, UR_ERR_DATA, "%s: its units are not those of this text", path);
    else
        memcpy(t->model->values, from->values, t->model->numbers * sizeof(real));
    ur_model_free(from);
    return status;
}

/* ---- the run ---------------------------------------------------------------------------------------------------- */

/* "--net LINE --batch 64 …" from the settings. */
static ur_status write_settings(ur_trainer *t, ur_error *error)
{
    json_t *settings = ur_lm_settings(&t->training, t->model->net);
    const char *key;
    json_t *value;
    size_t size = 1, used = 0;
    json_object_foreach(settings, key, value) size += strlen(key) + json_string_length(value) + 6;
    t->settings = settings ? malloc(size) : NULL;
    if (t->settings) {
        t->settings[0] = 0;
        json_object_foreach(settings, key, value)
        {
            const char *quote = strchr(json_string_value(value), ' ') ? "'" : "";
            used += (size_t)snprintf(t->settings + used, size - used, "%s--%s%s%s%s%s", used ? " " : "", key,
                                     json_string_length(value) ? " " : "", quote, json_string_value(value), quote);
        }
    }
    json_decref(settings);
    return t->settings ? UR_OK : ur_fail_memory(error, "the settings");
}

static ur_status open_lanes(ur_trainer *t, ur_error *error)
{
    const ur_training *s = &t->training;
    UR_TRY(ur_lanes_open(&t->lanes, t->corpus, t->model->vocabulary, 0, t->train_end, s->batch, s->bptt_step, s->bptt,
                         error));
    uint64_t units = t->validation_end - t->validation_begin;
    size_t steps = s->bptt < 64 ? 64 : s->bptt, count = s->batch;
    while (steps > 1 && units < 2 * steps + 2) steps /= 2;
    while (count > 1 && units / count < 4 * steps + 2) count /= 2;
    if (!units) return UR_OK;
    ur_corpus *text = t->validation ? t->validation : t->corpus;
    return ur_lanes_open(&t->validation_lanes, text, t->model->vocabulary, t->validation_begin, t->validation_end,
                         count, steps, steps, error);
}

static ur_status make_averages(ur_trainer *t, ur_error *error)
{
    if (!(t->training.average > 0)) return UR_OK;
    t->average = ur_block_alloc(t->model->numbers, sizeof(real));
    t->spare = ur_block_alloc(t->model->numbers, sizeof(real));
    return t->average && t->spare ? UR_OK : ur_fail_memory(error, "the averaged weights");
}

static ur_status open_run(ur_trainer *t, ur_error *error)
{
    const char *run = t->training.run;
    if (!run) return UR_OK;
    UR_TRY(ur_folder_lock_take(&t->lock, run, error));
    t->locked = true;
    ur_folder_sweep(run);
    char *last = ur_path_join(run, "last.safetensors"), *best = ur_path_join(run, "model.safetensors");
    bool there = !last || !best || ur_path_exists(last) || ur_path_exists(best);
    free(last);
    free(best);
    if (there && !t->training.resume && !t->training.overwrite)
        return ur_fail(error, UR_ERR_USAGE, "%s already holds a run; --resume goes on with it, --overwrite begins anew",
                       run);
    return t->training.resume ? ur_lm_resume(t, error) : UR_OK;
}

static ur_status open_events(ur_trainer *t, ur_error *error)
{
    if (t->training.no_events) return UR_OK;
    char *path = ur_path_join(t->training.run, UR_EVENTS_NAME);
    if (!path) return ur_fail_memory(error, "a path");
    ur_status status = ur_events_open(&t->events, path, t->resumed ? t->at.event_records : 0, error);
    free(path);
    return status;
}

/* The old run's files go when the new one begins, so that a kill before the first checkpoint leaves no mixture. */
static ur_status open_log(ur_trainer *t, ur_error *error)
{
    if (!t->training.run) return UR_OK;
    static const char *const names[] = {"last.safetensors", "model.safetensors", UR_EVENTS_NAME};
    for (size_t i = 0; i < 3 && !t->resumed; i++) {
        char *old = ur_path_join(t->training.run, names[i]);
        if (old) remove(old);
        free(old);
    }
    char *path = ur_path_join(t->training.run, "log.jsonl");
    if (!path) return ur_fail_memory(error, "a path");
    ur_status status = ur_log_open(&t->log, path, t->resumed ? t->at.log_lines : 0, error);
    free(path);
    return status == UR_OK ? open_events(t, error) : status;
}

static void plan_rates(ur_trainer *t)
{
    const ur_training *s = &t->training;
    uint64_t steps = s->steps, by_epochs = (uint64_t)ceil(s->epochs * (double)t->lanes.windows);
    if (s->epochs > 0 && (!steps || by_epochs < steps)) steps = by_epochs;
    if (t->at.measured_steps && (!steps || t->at.measured_steps < steps)) steps = t->at.measured_steps;
    uint64_t quarter = steps / 4 + 1; /* where nothing is said, the rate falls three times */
    t->rates = (ur_rate_plan){.schedule = s->schedule,
                              .rate = s->learning.rate,
                              .floor = s->rate_floor,
                              .factor = s->rate_factor,
                              .warmup = s->warmup,
                              .every = s->rate_every ? s->rate_every : quarter,
                              .steps = steps};
}

/* What a run that had ended does when it is resumed: more steps or more patience than before let it go on. */
static void plan_end(ur_trainer *t)
{
    if (!(t->at.due & UR_DUE_END)) return;
    bool stopped = t->training.patience && t->at.stale >= t->training.patience;
    if (stopped) t->reason = "early stop";
    if (!stopped && t->at.step < t->rates.steps) t->at.due &= ~(unsigned)UR_DUE_END;
}

void ur_lm_plan(ur_trainer *t)
{
    ur_training *s = &t->training;
    plan_rates(t);
    if (t->measuring) return; /* the number of steps is not known yet */
    /* Rounded up: the last one falls on the end and not a few steps before it. */
    uint64_t share = (t->rates.steps + UR_EVALUATIONS - 1) / UR_EVALUATIONS;
    if (share < 20) share = 20;
    if (!s->evaluate_every) s->evaluate_every = share;
    if (!s->sample_every) {
        s->sample_every = share;
        t->first_samples[0] = share / 16;
        t->first_samples[1] = share / 4;
    }
    if (!s->save_every) s->save_every = s->evaluate_every;
    if (s->schedule == UR_PLATEAU && !s->rate_every) s->rate_every = 2;
    plan_end(t);
}

/* A sampled softmax draws units by how often they occur; the unknown one by all that are not in the vocabulary. */
static ur_status make_learner(ur_trainer *t, ur_error *error)
{
    const ur_vocabulary *v = t->model->vocabulary;
    ur_learning learning = t->training.learning;
    if (!learning.sampled) return ur_learner_create(&t->learner, t->model, &learning, error);
    size_t size = ur_vocabulary_size(v);
    uint64_t *counts = calloc(size, sizeof *counts), left = t->train_end;
    if (!counts) return ur_fail_memory(error, "the sampled softmax");
    for (size_t i = 0; i < size; i++) left -= counts[i] = ur_vocabulary_times(v, (int32_t)i);
    if (ur_vocabulary_unknown(v) >= 0) counts[ur_vocabulary_unknown(v)] = left;
    learning.counts = counts;
    ur_status status = ur_learner_create(&t->learner, t->model, &learning, error);
    free(counts);
    return status;
}

static ur_status create(ur_trainer *t, const ur_training *training, ur_error *error)
{
    UR_TRY(ur_lm_check(training, error));
    UR_TRY(ur_lm_copy(t, training, error));
    UR_TRY(open_text(t, error));
    ur_lm_choose(&t->training, t->train_end);
    UR_TRY(make_network(t, error));
    UR_TRY(take_first_weights(t, error));
    UR_TRY(make_learner(t, error));
    UR_TRY(write_settings(t, error));
    UR_TRY(open_lanes(t, error));
    UR_TRY(make_averages(t, error));
    UR_TRY(ur_lm_gates_make(t, error));
    UR_TRY(ur_state_create(&t->state, t->model, t->lanes.lanes, error));
    UR_TRY(open_run(t, error));
    t->measuring = t->training.minutes > 0 && !t->at.measured_steps;
    ur_lm_plan(t);
    return open_log(t, error);
}

ur_status ur_trainer_create(ur_trainer **trainer, const ur_training *training, ur_error *error)
{
    ur_trainer *t = *trainer = calloc(1, sizeof *t);
    if (!t) return ur_fail_memory(error, "a trainer");
    t->log.file.fd = t->events.file.fd = -1;
    t->at = (ur_progress){.smooth = -1, .best = INFINITY, .last_validation = NAN};
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = create(t, training, error);
    ur_float_mode_leave(mode);
    if (status == UR_OK) return UR_OK;
    ur_trainer_free(t);
    *trainer = NULL;
    return status;
}

const char *ur_trainer_settings(const ur_trainer *t) { return t->settings; }

ur_plan ur_trainer_plan(const ur_trainer *t)
{
    return (ur_plan){.train_units = t->train_end,
                     .validation_units = t->validation_end - t->validation_begin,
                     .windows = t->lanes.windows,
                     .vocabulary = ur_vocabulary_size(t->model->vocabulary),
                     .parameters = t->model->numbers,
                     .batch = t->training.batch,
                     .bptt = t->training.bptt,
                     .bptt_step = t->training.bptt_step,
                     .threads = ur_pool_threads(t->learner->pool),
                     .net = t->model->net,
                     .unit = t->training.unit,
                     .isa = t->model->kernels->name,
                     .resumed = t->resumed};
}
