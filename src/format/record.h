/*
 * The record: the JSON text under "unroll" in a model file's __metadata__ (docs/file-format.md). It holds everything
 * that the tensors do not: file version, task, network line, sizes, tokens, and what the model was trained on.
 */
#ifndef UR_FORMAT_RECORD_H
#define UR_FORMAT_RECORD_H

#include "model/model.h"

/* The record of a model: its own keys first, then those of model->record. New reference; NULL without memory. */
struct json_t *ur_record_make(const ur_model *model);

/* Reads the record of a file and builds the model that it describes, with values not yet set. `name` is the file's
 * name, for messages; `most` is as in ur_model_build_within. */
ur_status ur_record_build(ur_model **model, const char *text, size_t most, const char *isa, const char *name,
                          ur_error *error);

/* Sets a key of the record that is not the model's own: trained_on, training, validation and so on. Takes over
 * `value`. */
ur_status ur_record_set(ur_model *model, const char *key, struct json_t *value, ur_error *error);

#endif
