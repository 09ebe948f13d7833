/* Writes the vocabulary and the scaling of pictures into the model's record and reads them back. Checks the network. */
#include "task/caption/caption.h"

#include "format/record.h"
#include "task/decoder_net.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXAMPLE "image: conv 32 3x3 relu > pool 4 > places; decoder: embed 64 > lstm 128 from image > dense"

static ur_status check_network(const ur_caption_task *c, const ur_model *m, ur_error *error)
{
    return ur_decoder_check(m, c->input.width, ur_vocabulary_size(c->vocabulary), "the picture", EXAMPLE, error);
}

/* ---- Into the model's file ---------------------------------------------------------------------------------------- */

static int put_size(json_t *o, const char *key, size_t size)
{
    return json_object_set_new(o, key, json_integer((json_int_t)size));
}

static json_t *input_json(const ur_caption_input *in)
{
    json_t *o = json_object();
    int failed = !o;
    if (in->size.rows) {
        failed |= put_size(o, "rows", in->size.rows) | put_size(o, "columns", in->size.columns);
        failed |= put_size(o, "channels", in->size.channels);
    } else {
        failed |= put_size(o, "places", in->places) | put_size(o, "width", in->width);
    }
    failed |= ur_scaling_put(o, &in->by);
    if (!failed) return o;
    json_decref(o);
    return NULL;
}

static ur_status record_data(const ur_caption_task *c, ur_model *model, ur_error *error)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_caption_hash(c, UR_PART_TRAIN));
    json_t *data = json_pack("{s:s,s:s,s:I}", "found", c->set.table->found, "hash", hash, "captions",
                             (json_int_t)c->part[UR_PART_TRAIN].count);
    UR_TRY(ur_record_set(model, "trained_on", data, error));
    return ur_record_set(model, "input", input_json(&c->input), error);
}

ur_status ur_caption_record(void *data, ur_model *model, ur_error *error)
{
    ur_caption_task *c = data;
    UR_TRY(check_network(c, model, error));
    c->model = model;
    model->vocabulary = c->vocabulary;
    c->given = true;
    return record_data(c, model, error);
}

/* ---- From the model's file ---------------------------------------------------------------------------------------- */

static size_t read_size(const json_t *input, const char *key)
{
    json_int_t size = json_integer_value(json_object_get(input, key));
    return size > 0 && size <= 1 << 20 ? (size_t)size : 0;
}

static ur_status take_input(ur_caption_input *in, const json_t *input, ur_error *error)
{
    in->size = (ur_picture_size){read_size(input, "rows"), read_size(input, "columns"), read_size(input, "channels")};
    in->places = in->size.rows ? 1 : read_size(input, "places");
    in->width = in->size.rows ? ur_picture_bytes(&in->size) : read_size(input, "width");
    if (in->places && in->width) return ur_scaling_take(&in->by, input, ur_caption_means(in), error);
    return ur_fail(error, UR_ERR_DATA, "the model's record does not say what its pictures are");
}

ur_status ur_caption_take_model(ur_caption_task *c, const ur_model *model, ur_error *error)
{
    c->given = true;
    c->model = (ur_model *)(uintptr_t)model;
    c->vocabulary = model->vocabulary;
    if (!ur_tokens_fit(c->vocabulary))
        return ur_fail(error, UR_ERR_FORMAT, "the model has no vocabulary of tokens with an end");
    UR_TRY(take_input(&c->input, json_object_get(model->record, "input"), error));
    return check_network(c, model, error);
}
