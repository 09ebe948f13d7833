/* Writes labels, columns and scaling of a network for frames into the model's record, and reads them from there. */
#include "task/frames/frames.h"

#include "format/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- Written ------------------------------------------------------------------------------------------------------ */

static json_t *texts_json(const char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (json_array_append_new(list, json_string(texts[i])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

/* The form of a frame, and how it is scaled. */
static json_t *input_json(const ur_frames *f)
{
    const ur_frames_input *in = &f->input;
    json_t *o = json_object();
    int failed = !o;
    if (in->rows) {
        failed |= json_object_set_new(o, "rows", json_integer((json_int_t)in->rows));
        failed |= json_object_set_new(o, "columns", json_integer((json_int_t)in->columns));
        failed |= json_object_set_new(o, "channels", json_integer((json_int_t)in->channels));
    } else {
        failed |= json_object_set_new(o, "names", texts_json(f->column, in->numbers));
    }
    failed |= json_object_set_new(o, "difference", json_boolean(in->difference));
    failed |= ur_scaling_put(o, &in->by);
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

static ur_status record_data(const ur_frames *f, ur_model *model, ur_error *error)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_clips_hash(f->set));
    json_t *data = json_pack("{s:s,s:s,s:I}", "found", ur_clips_found(f->set), "hash", hash, "frames",
                             (json_int_t)f->part[UR_PART_TRAIN].frames);
    UR_TRY(ur_record_set(model, "trained_on", data, error));
    UR_TRY(ur_record_set(model, "input", input_json(f), error));
    return ur_record_set(model, "labels", texts_json(f->labels, f->label_count), error);
}

/* Each frame gets a label, so the network must keep its steps and end with one output per label. */
ur_status ur_frames_record(void *data, ur_model *model, ur_error *error)
{
    ur_frames *f = data;
    const ur_line *last = &model->lines[model->line_count - 1];
    const ur_layer *head = &model->layers[model->layer_count - 1];
    bool linear = ur_is_dense(head) && head->dense.activation == UR_LINEAR;
    f->lines = model->line_count;
    if (!last->last && last->width == f->label_count && linear) return record_data(f, model, error);
    return ur_fail(error, UR_ERR_USAGE,
                   "network line \"%s\": it keeps its steps and ends in dense with %zu outputs, one for each label",
                   model->net, f->label_count);
}

/* ---- Read --------------------------------------------------------------------------------------------------------- */

static ur_status broken(const char *what, ur_error *error)
{
    return ur_fail(error, UR_ERR_DATA, "the model's record does not say what its %s are", what);
}

static ur_status take_texts(const json_t *list, const char ***texts, size_t *count, const char *what, ur_error *error)
{
    *count = json_array_size(list);
    if (!*count) return broken(what, error);
    *texts = calloc(*count + 1, sizeof **texts);
    if (!*texts) return ur_fail_memory(error, "the record");
    for (size_t i = 0; i < *count; i++) {
        (*texts)[i] = json_string_value(json_array_get(list, i));
        if (!(*texts)[i]) return broken(what, error);
    }
    return UR_OK;
}

static size_t read_size(const json_t *input, const char *key)
{
    json_int_t size = json_integer_value(json_object_get(input, key));
    return size > 0 && size <= 1 << 20 ? (size_t)size : 0;
}

static ur_status take_input(ur_frames *f, const json_t *input, ur_error *error)
{
    ur_frames_input *in = &f->input;
    in->rows = read_size(input, "rows");
    in->columns = read_size(input, "columns");
    in->channels = read_size(input, "channels");
    in->numbers = in->rows * in->columns * in->channels;
    in->difference = json_is_true(json_object_get(input, "difference"));
    if (!in->rows) UR_TRY(take_texts(json_object_get(input, "names"), &f->column, &in->numbers, "columns", error));
    if (!in->numbers) return broken("frames", error);
    return ur_scaling_take(&in->by, input, ur_frames_means(in), error);
}

ur_status ur_frames_take_model(ur_frames *f, const ur_model *model, ur_error *error)
{
    UR_TRY(take_texts(json_object_get(model->record, "labels"), &f->labels, &f->label_count, "labels", error));
    UR_TRY(take_input(f, json_object_get(model->record, "input"), error));
    f->lines = model->line_count;
    if (ur_model_outputs(model) != f->label_count) return broken("labels", error);
    if (ur_model_features(model) == ur_frames_features(&f->input)) return UR_OK;
    return broken("frames", error);
}
