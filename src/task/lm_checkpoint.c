/*
 * last.safetensors: the model as it is (not averaged), and what a resume needs beside it: unroll.optimizer.first and
 * .second, unroll.average, unroll.state.N, and in the record "progress" and "settings". model.safetensors: the best.
 */
#include "model/json_text.h"
#include "model/model_file.h"
#include "model/record.h"
#include "task/lm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UR_EXTRA_MAX = 3 + UR_STATE_ARRAYS_MAX };

typedef struct ur_extra {
    ur_tensor_entry entries[UR_EXTRA_MAX];
    size_t count;
} ur_extra;

static void add(ur_extra *e, const char *name, const real *data, size_t rows, size_t columns)
{
    if (!data) return;
    ur_tensor_entry *entry = &e->entries[e->count++];
    *entry = (ur_tensor_entry){.dtype = sizeof(real) == 8 ? UR_F64 : UR_F32,
                               .rank = columns ? 2 : 1,
                               .shape = {rows, columns},
                               .data = data,
                               .bytes = rows * (columns ? columns : 1) * sizeof(real)};
    snprintf(entry->name, sizeof entry->name, UR_EXTRA_PREFIX "%s", name);
}

static void list_extra(const ur_trainer *t, ur_extra *e)
{
    size_t numbers = t->model->numbers;
    e->count = 0;
    add(e, "optimizer.first", t->learner->optimizer.first, numbers, 0);
    add(e, "optimizer.second", t->learner->optimizer.second, numbers, 0);
    add(e, "average", t->average, numbers, 0);
    for (size_t i = 0; i < t->state->count; i++) {
        char name[32];
        snprintf(name, sizeof name, "state.%zu", i);
        add(e, name, ur_state_array(t->state, i), t->state->lanes, t->state->row[i]);
    }
}

/* ---- progress as JSON ------------------------------------------------------------------------------------------- */

static json_t *real_or_null(double x) { return isfinite(x) ? json_real(x) : json_null(); }

static json_t *progress_json(const ur_progress *p)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:f,s:o,s:o,s:I,s:I,s:I,s:I,s:I,s:i,s:I,s:I,s:I}", "step", (json_int_t)p->step,
                     "sweep", (json_int_t)p->sweep, "window", (json_int_t)p->window, "units", (json_int_t)p->units,
                     "smooth", p->smooth, "best", real_or_null(p->best), "last_validation",
                     real_or_null(p->last_validation), "stale", (json_int_t)p->stale, "plateau", (json_int_t)p->plateau,
                     "drops", (json_int_t)p->drops, "measured_steps", (json_int_t)p->measured_steps, "log_lines",
                     (json_int_t)p->log_lines, "due", (int)p->due, "event_records", (json_int_t)p->event_records,
                     "clipped", (json_int_t)p->clipped, "reported", (json_int_t)p->reported);
}

/* Counts that checkpoints of before do not have: `*n` stays as it is then. */
static bool read_newer(const json_t *o, const char *key, uint64_t *n)
{
    const json_t *value = json_object_get(o, key);
    if (!value) return true;
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    *n = (uint64_t)json_integer_value(value);
    return true;
}

/* What is in the file is checked: all counts ≥ 0, numbers numbers. */
static bool read_progress(const json_t *o, ur_progress *p)
{
    json_int_t n[10];
    static const char *const keys[] = {"step",    "sweep", "window",         "units",     "stale",
                                       "plateau", "drops", "measured_steps", "log_lines", "due"};
    for (size_t i = 0; i < 10; i++) {
        const json_t *value = json_object_get(o, keys[i]);
        if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
        n[i] = json_integer_value(value);
    }
    const json_t *smooth = json_object_get(o, "smooth"), *best = json_object_get(o, "best");
    const json_t *validation = json_object_get(o, "last_validation");
    if (!json_is_number(smooth)) return false;
    *p = (ur_progress){.step = (uint64_t)n[0],
                       .sweep = (uint64_t)n[1],
                       .window = (uint64_t)n[2],
                       .units = (uint64_t)n[3],
                       .smooth = json_number_value(smooth),
                       .best = json_is_number(best) ? json_number_value(best) : INFINITY,
                       .last_validation = json_is_number(validation) ? json_number_value(validation) : NAN,
                       .stale = (uint64_t)n[4],
                       .plateau = (uint64_t)n[5],
                       .drops = (uint64_t)n[6],
                       .measured_steps = (uint64_t)n[7],
                       .log_lines = (uint64_t)n[8],
                       .reported = (uint64_t)n[0],
                       .due = (unsigned)n[9]};
    return read_newer(o, "event_records", &p->event_records) && read_newer(o, "clipped", &p->clipped) &&
           read_newer(o, "reported", &p->reported);
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static ur_status in_run(const ur_trainer *t, const char *name, char **path, ur_error *error)
{
    *path = ur_path_join(t->training.run, name);
    return *path ? UR_OK : ur_fail_memory(error, "a path");
}

static ur_status put_record(ur_trainer *t, ur_error *error)
{
    char *settings = t->settings;
    json_t *training = json_pack("{s:I,s:I,s:s}", "steps", (json_int_t)t->at.step, "units", (json_int_t)t->at.units,
                                 "settings", settings);
    UR_TRY(ur_record_set(t->model, "training", training, error));
    if (isfinite(t->at.last_validation))
        return ur_record_set(t->model, "validation",
                             json_pack("{s:f,s:I}", "loss", t->at.last_validation, "units",
                                       (json_int_t)(t->validation_end - t->validation_begin)),
                             error);
    return UR_OK;
}

ur_status ur_lm_keep_best(ur_trainer *t, ur_error *error)
{
    if (!t->training.run) return UR_OK;
    char *path;
    UR_TRY(put_record(t, error));
    UR_TRY(in_run(t, "model.safetensors", &path, error));
    ur_lm_use_average(t, true);
    ur_status status = ur_model_save(t->model, path, error);
    ur_lm_use_average(t, false);
    free(path);
    return status;
}

ur_status ur_lm_save(ur_trainer *t, ur_error *error)
{
    if (!t->training.run) return UR_OK;
    char *path;
    ur_extra *extra = malloc(sizeof *extra);
    if (!extra) return ur_fail_memory(error, "the checkpoint");
    list_extra(t, extra);
    ur_status status = ur_append_sync(&t->log.file, error);
    if (status == UR_OK) status = ur_append_sync(&t->events.file, error);
    t->at.log_lines = t->log.lines;
    if (t->events.file.fd >= 0) t->at.event_records = t->events.records;
    if (status == UR_OK) status = put_record(t, error);
    if (status == UR_OK) status = ur_record_set(t->model, "progress", progress_json(&t->at), error);
    if (status == UR_OK) status = in_run(t, "last.safetensors", &path, error);
    if (status == UR_OK) {
        status = ur_model_write(t->model, path, extra->entries, extra->count, error);
        free(path);
    }
    if (t->model->record) json_object_del(t->model->record, "progress");
    free(extra);
    return status;
}

/* ---- resuming --------------------------------------------------------------------------------------------------- */

static ur_status take(const ur_tensor_file *file, const ur_tensor_entry *into, const char *path, ur_error *error)
{
    const ur_tensor_entry *from = ur_tensor_file_find(file, into->name);
    if (!from) return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s is missing; it is no checkpoint", path, into->name);
    union {
        const void *read;
        real *write;
    } data = {into->data}; /* the entries of list_extra point at memory of the trainer's own */
    return ur_tensor_numbers(from, data.write, into->bytes / sizeof(real), path, error);
}

static ur_status take_weights(ur_trainer *t, const ur_tensor_file *file, const char *path, ur_error *error)
{
    for (size_t i = 0; i < t->model->param_count; i++) {
        const ur_param *p = &t->model->params[i];
        const ur_tensor_entry *e = ur_tensor_file_find(file, p->name);
        if (!e) return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s is missing", path, p->name);
        UR_TRY(ur_tensor_numbers(e, p->value, p->size, path, error));
    }
    ur_extra *extra = malloc(sizeof *extra);
    if (!extra) return ur_fail_memory(error, "the checkpoint");
    list_extra(t, extra);
    ur_status status = UR_OK;
    for (size_t i = 0; i < extra->count && status == UR_OK; i++) status = take(file, &extra->entries[i], path, error);
    free(extra);
    ur_model_pack(t->model, NULL);
    return status;
}

/* Where the first option begins in which two lists of options differ. */
static size_t first_difference(const char *a, const char *b)
{
    size_t at = 0;
    while (a[at] && a[at] == b[at]) at++;
    while (at > 0 && a[at] && b[at] && !(a[at - 1] == ' ' && a[at] == '-')) at--;
    return at;
}

static int option_length(const char *option)
{
    const char *next = *option ? strstr(option + 1, " --") : NULL;
    return (int)(next ? (size_t)(next - option) : strlen(option));
}

/* The settings that decide the bits must be those the run began with. */
static ur_status same_settings(const ur_trainer *t, const json_t *record, const char *path, ur_error *error)
{
    const char *began = json_string_value(json_object_get(json_object_get(record, "training"), "settings"));
    if (!began) return ur_fail(error, UR_ERR_FORMAT, "%s: the record has no settings; it is no checkpoint", path);
    if (strcmp(began, t->settings) == 0) return UR_OK;
    size_t at = first_difference(began, t->settings);
    return ur_fail(error, UR_ERR_DATA,
                   "%s: the run began with \"%.*s\", now it is \"%.*s\"; --resume needs the same settings, --init-from "
                   "takes the weights alone",
                   path, option_length(began + at), began + at, option_length(t->settings + at), t->settings + at);
}

static const char *hash_of(const json_t *record, const char *key)
{
    const char *hash = json_string_value(json_object_get(json_object_get(record, "trained_on"), key));
    return hash ? hash : "none";
}

/* The text and, where it is one of its own, the validation text: it decides what is best and the plateau schedule. */
static ur_status same_data(const ur_trainer *t, const json_t *record, const char *path, ur_error *error)
{
    static const char *const keys[] = {"hash", "validation_hash"}, *const what[] = {"text", "validation text"};
    for (size_t i = 0; i < 2; i++) {
        const char *began = hash_of(record, keys[i]), *now = hash_of(t->model->record, keys[i]);
        if (strcmp(began, now) != 0)
            return ur_fail(error, UR_ERR_DATA,
                           "%s: the run began with another %s (%s, now %s); --resume needs the same", path, what[i],
                           began, now);
    }
    return UR_OK;
}

static ur_status resume_from(ur_trainer *t, const ur_tensor_file *file, const char *path, ur_error *error)
{
    const char *text = json_string_value(json_object_get(file->metadata, "unroll"));
    json_t *record = NULL;
    ur_status status = text ? ur_json_read(text, strlen(text), 0, &record, error) : UR_OK;
    if (status == UR_ERR_MEMORY) return status;
    status = UR_OK;
    if (!record || json_integer_value(json_object_get(record, "version")) != UR_FILE_VERSION)
        status = ur_fail(error, UR_ERR_FORMAT, "%s: not a checkpoint of this version (%d)", path, UR_FILE_VERSION);
    if (status == UR_OK) status = same_data(t, record, path, error);
    if (status == UR_OK) status = same_settings(t, record, path, error);
    if (status == UR_OK && !read_progress(json_object_get(record, "progress"), &t->at))
        status = ur_fail(error, UR_ERR_FORMAT, "%s: the record's progress is missing or wrong", path);
    if (status == UR_OK && t->at.window > t->lanes.windows)
        status = ur_fail(error, UR_ERR_FORMAT, "%s: stands at a window beyond the text's end", path);
    if (status == UR_OK) status = take_weights(t, file, path, error);
    json_decref(record);
    return status;
}

ur_status ur_lm_resume(ur_trainer *t, ur_error *error)
{
    char *path;
    UR_TRY(in_run(t, "last.safetensors", &path, error));
    ur_tensor_file file;
    ur_status status = UR_OK;
    if (ur_path_exists(path)) {
        status = ur_tensor_file_read(&file, path, error);
        if (status == UR_OK) {
            status = resume_from(t, &file, path, error);
            ur_tensor_file_free(&file);
        }
        if (status == UR_OK) status = ur_lanes_seek(&t->lanes, t->at.window, error);
        t->learner->step = t->learner->optimizer.updates = t->at.step;
        t->resumed = status == UR_OK;
    }
    free(path);
    return status;
}
