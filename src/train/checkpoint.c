/*
 * Writes and reads checkpoints. last.safetensors holds the current model (not averaged), and what a resume needs in
 * addition: unroll.optimizer.first and .second, unroll.average, unroll.state.N, and "progress" in the record.
 * model.safetensors is the best model.
 */
#include "format/json_text.h"
#include "format/model_file.h"
#include "format/record.h"
#include "train/trainer.h"

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
    for (size_t i = 0; t->state && i < t->state->count; i++) {
        char name[32];
        snprintf(name, sizeof name, "state.%zu", i);
        add(e, name, ur_state_array(t->state, i), t->state->lanes, t->state->row[i]);
    }
}

/* ---- progress as JSON ------------------------------------------------------------------------------------------- */

/* The counts in the progress, with their names in the file. */
#define COUNTS(C)                                                                                                      \
    C("step", step)                                                                                                    \
    C("sweep", epoch)                                                                                                  \
    C("window", number)                                                                                                \
    C("units", items)                                                                                                  \
    C("stale", stale)                                                                                                  \
    C("plateau", plateau)                                                                                              \
    C("drops", drops)                                                                                                  \
    C("measured_steps", measured_steps)                                                                                \
    C("evaluations", evaluations)                                                                                      \
    C("judged", judged)                                                                                                \
    C("log_lines", log_lines)                                                                                          \
    C("event_records", event_records)                                                                                  \
    C("clipped", clipped)                                                                                              \
    C("reported", reported)

typedef struct ur_count_row {
    const char *name;
    size_t offset;
} ur_count_row;

#define COUNT_ROW(name, field) {name, offsetof(ur_progress, field)},
static const ur_count_row count_rows[] = {COUNTS(COUNT_ROW)};
enum { COUNT_ROWS = sizeof count_rows / sizeof *count_rows };

static json_t *real_or_null(double x) { return isfinite(x) ? json_real(x) : json_null(); }

static json_t *reals_json(const double *x, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (json_array_append_new(list, real_or_null(x[i])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *hash_json(uint64_t hash)
{
    char text[24] = "none";
    if (hash) snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    return json_string(text);
}

/* The hashes of the data are included, because a run on other data would be another run. */
static json_t *progress_json(const ur_trainer *t)
{
    const ur_progress *p = &t->at;
    json_t *o = json_pack("{s:o,s:o,s:o,s:i,s:o,s:o}", "smooth", real_or_null(p->smooth), "best", real_or_null(p->best),
                          "metrics", reals_json(p->metric, UR_METRICS_MAX), "due", (int)p->due, "data",
                          hash_json(t->task->hash(t->data, UR_PART_TRAIN)), "validation_data",
                          hash_json(t->task->hash(t->data, UR_PART_VALIDATION)));
    int failed = !o;
    if (!failed && !t->measuring && t->rates.steps <= INT64_MAX)
        failed = json_object_set_new(o, "planned_steps", json_integer((json_int_t)t->rates.steps));
    for (size_t i = 0; i < COUNT_ROWS && !failed; i++) {
        uint64_t count;
        memcpy(&count, (const char *)p + count_rows[i].offset, sizeof count);
        failed = json_object_set_new(o, count_rows[i].name, json_integer((json_int_t)count));
    }
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

static double number_or_nan(const json_t *value) { return json_is_number(value) ? json_number_value(value) : NAN; }

/* Checks that all counts are there and that none is negative. */
static bool read_progress(const json_t *o, ur_progress *p)
{
    for (size_t i = 0; i < COUNT_ROWS; i++) {
        const json_t *value = json_object_get(o, count_rows[i].name);
        if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
        uint64_t count = (uint64_t)json_integer_value(value);
        memcpy((char *)p + count_rows[i].offset, &count, sizeof count);
    }
    const json_t *due = json_object_get(o, "due");
    if (!json_is_integer(due) || json_integer_value(due) < 0) return false;
    p->due = (unsigned)json_integer_value(due);
    p->smooth = number_or_nan(json_object_get(o, "smooth"));
    p->best = number_or_nan(json_object_get(o, "best"));
    for (size_t i = 0; i < UR_METRICS_MAX; i++)
        p->metric[i] = number_or_nan(json_array_get(json_object_get(o, "metrics"), i));
    return true;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static ur_status in_run(const ur_trainer *t, const char *name, char **path, ur_error *error)
{
    *path = ur_path_join(t->run->folder, name);
    return *path ? UR_OK : ur_fail_memory(error, "a path");
}

/* The metrics of the last evaluation, by name. */
static json_t *metrics_json(const ur_trainer *t)
{
    json_t *metrics = json_object();
    int failed = !metrics;
    for (size_t i = 0; !failed && t->task->metric[i].name; i++)
        failed = json_object_set_new(metrics, t->task->metric[i].name, real_or_null(t->at.metric[i]));
    if (!failed && !json_object_set_new(metrics, "units", json_integer((json_int_t)t->at.judged))) return metrics;
    json_decref(metrics);
    return NULL;
}

static ur_status put_record(ur_trainer *t, ur_error *error)
{
    json_t *training = json_pack("{s:I,s:I,s:s}", "steps", (json_int_t)t->at.step, "units", (json_int_t)t->at.items,
                                 "settings", t->line);
    UR_TRY(ur_record_set(t->model, "training", training, error));
    return t->at.judged ? ur_record_set(t->model, "validation", metrics_json(t), error) : UR_OK;
}

/* Never writes a model that a reader would refuse. In that case the older files stay. */
static ur_status write(const ur_trainer *t, const char *path, const ur_extra *extra, ur_error *error)
{
    ur_status status = ur_model_write(t->model, path, extra ? extra->entries : NULL, extra ? extra->count : 0, error);
    if (status != UR_ERR_NUMERIC || !error) return status;
    return ur_fail(error, status, "step %llu: %s; a smaller `lr` or `clip-norm` may help",
                   (unsigned long long)t->at.step, error->text);
}

ur_status ur_trainer_keep_best(ur_trainer *t, ur_error *error)
{
    if (!t->run->folder) return UR_OK;
    char *path;
    UR_TRY(put_record(t, error));
    UR_TRY(in_run(t, "model.safetensors", &path, error));
    ur_trainer_use_average(t, true);
    ur_status status = write(t, path, NULL, error);
    ur_trainer_use_average(t, false);
    free(path);
    return status;
}

ur_status ur_trainer_save(ur_trainer *t, ur_error *error)
{
    if (!t->run->folder) return UR_OK;
    char *path;
    ur_extra *extra = malloc(sizeof *extra);
    if (!extra) return ur_fail_memory(error, "the checkpoint");
    list_extra(t, extra);
    ur_status status = ur_append_sync(&t->log.file, error);
    if (status == UR_OK) status = ur_append_sync(&t->events.file, error);
    t->at.log_lines = t->log.lines;
    if (t->events.file.fd >= 0) t->at.event_records = t->events.records;
    if (status == UR_OK) status = put_record(t, error);
    if (status == UR_OK) status = ur_record_set(t->model, "progress", progress_json(t), error);
    if (status == UR_OK) status = in_run(t, "last.safetensors", &path, error);
    if (status == UR_OK) {
        status = write(t, path, extra, error);
        free(path);
    }
    if (t->model->record) json_object_del(t->model->record, "progress");
    free(extra);
    t->kept = t->kept || status == UR_OK;
    return status;
}

/* ---- resuming --------------------------------------------------------------------------------------------------- */

static ur_status take(const ur_tensor_file *file, const ur_tensor_entry *into, const char *path, ur_error *error)
{
    const ur_tensor_entry *from = ur_tensor_file_find(file, into->name);
    if (!from)
        return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s is missing; this is not a checkpoint", path, into->name);
    union {
        const void *read;
        real *write;
    } data = {into->data}; /* list_extra's entries point to the trainer's own memory */
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

/* The settings that decide the bits must be those the run began with. */
static ur_status same_settings(const ur_trainer *t, const json_t *record, const char *path, ur_error *error)
{
    const char *began = json_string_value(json_object_get(json_object_get(record, "training"), "settings"));
    if (!began) return ur_fail(error, UR_ERR_FORMAT, "%s: the record has no settings; this is not a checkpoint", path);
    return ur_settings_compare(t->settings, began, path, error);
}

/* The validation set must be the same, too, since it decides what is best and drives the plateau schedule. */
static ur_status same_data(const ur_trainer *t, const json_t *progress, const char *path, ur_error *error)
{
    static const char *const keys[] = {"data", "validation_data"}, *const what[] = {"training", "validation"};
    static const ur_part parts[] = {UR_PART_TRAIN, UR_PART_VALIDATION};
    for (size_t i = 0; i < 2; i++) {
        const char *began = json_string_value(json_object_get(progress, keys[i]));
        json_t *now = hash_json(t->task->hash(t->data, parts[i]));
        if (!now) return ur_fail_memory(error, "the checkpoint");
        ur_status status = UR_OK;
        if (!began || strcmp(began, json_string_value(now)) != 0)
            status = ur_fail(error, UR_ERR_DATA,
                             "%s: the run began with other %s data (%s, now %s); `resume` needs the same data", path,
                             what[i], began ? began : "unknown", json_string_value(now));
        json_decref(now);
        UR_TRY(status);
    }
    return UR_OK;
}

/* Allocates the states that the checkpoint holds. */
static ur_status make_state(ur_trainer *t, const ur_tensor_file *file, const char *path, ur_error *error)
{
    const ur_tensor_entry *first = ur_tensor_file_find(file, UR_EXTRA_PREFIX "state.0");
    if (!first) return UR_OK;
    size_t lanes = first->rank == 2 ? first->shape[0] : 0;
    if (!lanes || lanes > UR_BATCH_MOST)
        return ur_fail(error, UR_ERR_FORMAT, "%s: tensor %s must have 1 to %d lanes", path, first->name, UR_BATCH_MOST);
    ur_state_free(t->state);
    t->state = NULL;
    return ur_state_make(&t->state, t->model, lanes, error);
}

static ur_status take_progress(ur_trainer *t, const json_t *record, const char *path, ur_error *error)
{
    const json_t *progress = json_object_get(record, "progress");
    if (!read_progress(progress, &t->at))
        return ur_fail(error, UR_ERR_FORMAT,
                       "%s: the record's progress is missing or of another version; start over with `overwrite`, or "
                       "take its weights with `init-from`",
                       path);
    UR_TRY(same_data(t, progress, path, error));
    if (t->at.number <= t->task->batches(t->data, UR_PART_TRAIN, t->at.epoch)) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: its position is beyond the end of the data", path);
}

static ur_status check_record(const ur_trainer *t, const json_t *record, const char *path, ur_error *error)
{
    const char *task = json_string_value(json_object_get(record, "task"));
    if (!record || json_integer_value(json_object_get(record, "version")) != UR_FILE_VERSION)
        return ur_fail(error, UR_ERR_FORMAT, "%s: not a checkpoint of this version (%d)", path, UR_FILE_VERSION);
    if (task && strcmp(task, t->task->name) == 0) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: the run is of the task %.30s, not %s; choose another folder", path,
                   task ? task : "(none)", t->task->name);
}

/* If no length is given, a resumed run goes on to the end that it had before. */
static ur_status recall_end(ur_trainer *t, const json_t *record, ur_error *error)
{
    const json_t *planned = json_object_get(json_object_get(record, "progress"), "planned_steps");
    json_int_t steps = json_integer_value(planned);
    char text[32];
    if (steps < 1 || !ur_run_is_endless(t->run)) return UR_OK;
    snprintf(text, sizeof text, "%lld", (long long)steps);
    return ur_settings_prefer(t->settings, "steps", text, error);
}

ur_status ur_trainer_recall(ur_trainer *t, ur_error *error)
{
    char *path;
    ur_tensor_file file;
    json_t *record = NULL;
    if (!t->run->folder || !t->run->resume) return UR_OK;
    UR_TRY(in_run(t, "last.safetensors", &path, error));
    ur_status status = ur_path_exists(path) ? ur_tensor_file_read(&file, path, NULL) : UR_ERR_IO;
    free(path);
    if (status != UR_OK) return UR_OK; /* ur_trainer_resume reports the error */
    const char *text = json_string_value(json_object_get(file.metadata, "unroll"));
    if (text && ur_json_read(text, strlen(text), 0, &record, NULL) != UR_OK) record = NULL;
    const char *task = json_string_value(json_object_get(record, "task"));
    const char *began = json_string_value(json_object_get(json_object_get(record, "training"), "settings"));
    if (began && task && strcmp(task, t->task->name) == 0) {
        status = ur_settings_recall(t->settings, began, error);
        if (status == UR_OK) status = recall_end(t, record, error);
    }
    json_decref(record);
    ur_tensor_file_free(&file);
    return status == UR_ERR_MEMORY ? status : UR_OK;
}

static ur_status resume_from(ur_trainer *t, const ur_tensor_file *file, const char *path, ur_error *error)
{
    const char *text = json_string_value(json_object_get(file->metadata, "unroll"));
    json_t *record = NULL;
    ur_status status = text ? ur_json_read(text, strlen(text), 0, &record, error) : UR_OK;
    if (status != UR_OK) {
        ur_fail_in(error, status, "the record \"unroll\" is not JSON");
        return ur_fail_in(error, status, path);
    }
    status = check_record(t, record, path, error);
    if (status == UR_OK) status = ur_tensor_file_check_seal(file, path, error);
    if (status == UR_OK) status = take_progress(t, record, path, error);
    if (status == UR_OK) status = same_settings(t, record, path, error);
    if (status == UR_OK) status = make_state(t, file, path, error);
    if (status == UR_OK) status = take_weights(t, file, path, error);
    json_decref(record);
    return status;
}

ur_status ur_trainer_resume(ur_trainer *t, ur_error *error)
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
        t->learner->step = t->learner->optimizer.updates = t->at.step;
        t->resumed = t->kept = status == UR_OK;
    }
    free(path);
    return status;
}
