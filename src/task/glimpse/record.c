/* Writes the labels and the size of the pictures into the model's record, and reads them from there. */
#include "format/record.h"
#include "task/glimpse/glimpse.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *labels_json(const ur_glimpse *g)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < g->net.labels; i++) {
        if (json_array_append_new(list, json_string(g->labels[i])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

ur_status ur_glimpse_record(void *data, ur_model *model, ur_error *error)
{
    ur_glimpse *g = data;
    char hash[24];
    UR_TRY(ur_glimpse_find_lines(&g->net, model, error));
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_labelled_hash(g->pictures.set));
    UR_TRY(ur_record_set(model, "trained_on",
                         json_pack("{s:s,s:s,s:I}", "found", ur_labelled_found(g->pictures.set), "hash", hash,
                                   "examples", (json_int_t)g->pictures.part[UR_PART_TRAIN].count),
                         error));
    UR_TRY(ur_record_set(model, "labels", labels_json(g), error));
    return ur_record_set(model, "input",
                         json_pack("{s:I,s:I}", "rows", (json_int_t)g->net.rows, "columns", (json_int_t)g->net.columns),
                         error);
}

static size_t read_side(const ur_model *model, const char *key)
{
    json_int_t size = json_integer_value(json_object_get(json_object_get(model->record, "input"), key));
    return size > 0 && size <= UR_GRID_SIDE_MOST ? (size_t)size : 0;
}

static ur_status take_labels(ur_glimpse *g, const ur_model *model, ur_error *error)
{
    const json_t *list = json_object_get(model->record, "labels");
    g->net.labels = json_array_size(list);
    if (g->net.labels < 2) return ur_fail(error, UR_ERR_FORMAT, "the model names no labels");
    g->labels = calloc(g->net.labels, sizeof *g->labels);
    if (!g->labels) return ur_fail_memory(error, "the labels");
    for (size_t i = 0; i < g->net.labels; i++)
        if (!(g->labels[i] = json_string_value(json_array_get(list, i))))
            return ur_fail(error, UR_ERR_FORMAT, "the model's label %zu is not a text", i);
    return UR_OK;
}

ur_status ur_glimpse_take_model(ur_glimpse *g, const ur_model *model, ur_error *error)
{
    UR_TRY(take_labels(g, model, error));
    g->net.rows = read_side(model, "rows");
    g->net.columns = read_side(model, "columns");
    if (!g->net.rows || !g->net.columns)
        return ur_fail(error, UR_ERR_FORMAT, "the model's record does not say how large its pictures are");
    return ur_glimpse_find_lines(&g->net, model, error);
}
