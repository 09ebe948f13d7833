/*
 * Small weights in a file: a matrix NAME has dtype BF16, or I8 and beside it NAME.scale, F32, a number a row. The numbers
 * are those that ur_model_round leaves, so that the file and the model are the same.
 */
#ifndef UR_FORMAT_SMALL_WEIGHTS_H
#define UR_FORMAT_SMALL_WEIGHTS_H

#include "format/tensor_file.h"
#include "model/model.h"

#define UR_SCALE_SUFFIX ".scale"

/* What a tensor's type says of the model that it belongs to. */
ur_weights ur_weights_of(ur_dtype dtype);

/* The entries of a model's parameters, and the memory of their numbers where those are not the model's own. */
typedef struct ur_small_entries {
    ur_tensor_entry *entries;
    size_t count;
    unsigned char *room;
} ur_small_entries;

/* With room for `more` entries behind them. Free it also after an error. */
ur_status ur_small_entries_make(ur_small_entries *small, const ur_model *model, size_t more, ur_error *error);
void ur_small_entries_free(ur_small_entries *small);

/* Reads a matrix of dtype BF16 or I8, whose shape is checked; `name` of the file is used in messages. */
ur_status ur_small_read(const ur_param *param, const ur_tensor_file *file, const ur_tensor_entry *entry,
                        const char *name, ur_error *error);
/* The matrix whose scales the tensor `name` is; NULL: none. */
const ur_param *ur_scale_of(const ur_model *model, const char *name);

#endif
