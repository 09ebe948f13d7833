/* Writes the labels and the vocabulary of a classification into the model's record, and reads them from there. */
#include "task/classify/classify.h"

#include "format/record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *labels_json(const ur_classify *c)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < c->label_count; i++) {
        if (json_array_append_new(list, json_string(c->labels[i])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

/* Records the size of pictures or the rate of recordings. Texts need nothing. */
static ur_status record_input(const ur_classify *c, ur_model *model, ur_error *error)
{
    json_int_t rows = (json_int_t)ur_labelled_rows(c->set), columns = (json_int_t)ur_labelled_columns(c->set);
    if (c->vocabulary) return UR_OK;
    json_t *input = rows ? json_pack("{s:I,s:I,s:I}", "rows", rows, "columns", columns, "channels",
                                     (json_int_t)ur_labelled_channels(c->set))
                         : json_pack("{s:I}", "rate", (json_int_t)ur_labelled_rate(c->set));
    return ur_record_set(model, "input", input, error);
}

static size_t read_size(const json_t *input, const char *key)
{
    json_int_t size = json_integer_value(json_object_get(input, key));
    return size > 0 && size <= UINT32_MAX ? (size_t)size : 0;
}

/* Older models have no such record. Then only the number of values per step is compared, and the rate is that of the
 * first file. */
static void take_input(ur_classify *c, const ur_model *model)
{
    const json_t *input = json_object_get(model->record, "input");
    c->input.rows = read_size(input, "rows");
    c->input.columns = read_size(input, "columns");
    c->input.channels = read_size(input, "channels");
    c->input.rate = (uint32_t)read_size(input, "rate");
}

static ur_status record_data(const ur_classify *c, ur_model *model, ur_error *error)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_labelled_hash(c->set));
    json_t *data = json_pack("{s:s,s:s,s:I}", "found", ur_labelled_found(c->set), "hash", hash, "examples",
                             (json_int_t)c->part[UR_PART_TRAIN].count);
    UR_TRY(ur_record_set(model, "trained_on", data, error));
    UR_TRY(record_input(c, model, error));
    return ur_record_set(model, "labels", labels_json(c), error);
}

static ur_status check_sides(const ur_model *m, const ur_line *last, ur_error *error)
{
    if (last->last && last->width == UR_CLASS_OUT_SIDES) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "network line \"%s\": with `hierarchy` it ends in one step (last, mean or max), then dense 2",
                   m->net);
}

/* Checks that a sequence gets one label: with one output per label, or, for two labels, a single output with σ. */
static ur_status check_outputs(ur_classify *c, const ur_model *m, ur_error *error)
{
    const ur_line *last = &m->lines[m->line_count - 1];
    c->gives_logits = m->layers[m->layer_count - 1].dense.activation != UR_SIGMOID;
    if (c->settings.hierarchy) return check_sides(m, last, error);
    c->one_output = c->label_count == 2 && last->width == 1;
    if (last->last && (c->one_output || last->width == c->label_count)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE,
                   "network line \"%s\": a classification ends in one step (last, mean or max), then dense with %zu "
                   "outputs%s",
                   m->net, c->label_count, c->label_count == 2 ? ", or dense 1 sigmoid" : "");
}

static ur_status take_network(ur_classify *c, const ur_model *m, ur_error *error)
{
    c->model = m;
    c->spelling.characters = c->characters;
    if (c->characters) UR_TRY(ur_spelling_check(m, true, error));
    return check_outputs(c, m, error);
}

ur_status ur_classify_record(void *data, ur_model *model, ur_error *error)
{
    ur_classify *c = data;
    UR_TRY(take_network(c, model, error));
    if (c->vocabulary) ur_spelling_give(model, c->vocabulary, c->characters);
    c->given = true;
    return record_data(c, model, error);
}

ur_status ur_classify_initialize(void *data, ur_model *model, ur_error *error)
{
    ur_classify *c = data;
    return ur_first_vectors_put(&c->vectors, c->settings.vectors, model, error);
}

ur_status ur_classify_take_model(ur_classify *c, const ur_model *model, ur_error *error)
{
    const json_t *list = json_object_get(model->record, "labels");
    ur_spelling_take(model, &c->vocabulary, &c->characters);
    c->given = true;
    c->label_count = json_array_size(list);
    c->labels = calloc(c->label_count + 1, sizeof *c->labels);
    if (!c->labels) return ur_fail_memory(error, "the labels");
    for (size_t i = 0; i < c->label_count; i++)
        if (!(c->labels[i] = json_string_value(json_array_get(list, i))))
            return ur_fail(error, UR_ERR_FORMAT, "the model's label %zu is not a text", i + 1);
    if (c->label_count < 2) return ur_fail(error, UR_ERR_FORMAT, "the model names no labels");
    if (c->settings.hierarchy && c->label_count != UR_CLASS_SIDES)
        return ur_fail(error, UR_ERR_FORMAT, "the model has a hierarchy of labels, but %zu of them", c->label_count);
    take_input(c, model);
    if (c->vocabulary) c->settings.token = ur_token_kind_name(ur_vocabulary_kind(c->vocabulary));
    return take_network(c, model, error);
}
