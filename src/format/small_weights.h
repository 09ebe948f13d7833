/*
 * Small weights in a file. A matrix NAME has dtype BF16; or I8, with another tensor NAME.scale, F32, one number for
 * each row. The numbers are those that ur_model_round leaves, so that the file and the model are the same.
 */
#ifndef UR_FORMAT_SMALL_WEIGHTS_H
#define UR_FORMAT_SMALL_WEIGHTS_H

#include "format/tensor_file.h"
#include "model/model.h"

#define UR_SCALE_SUFFIX ".scale"

/* The weights of a model whose matrices have this dtype. */
ur_weights ur_weights_of(ur_dtype dtype);

/* The entries of a model's parameters, and memory for the numbers that are not the model's own. */
typedef struct ur_small_entries {
    ur_tensor_entry *entries;
    size_t count;
    unsigned char *room;
} ur_small_entries;

/* Leaves space for `more` entries after them. To be freed after an error, too. */
ur_status ur_small_entries_make(ur_small_entries *small, const ur_model *model, size_t more, ur_error *error);
void ur_small_entries_free(ur_small_entries *small);

/* Reads a matrix of dtype BF16 or I8, whose shape has been checked. `name` is the file's name, for messages. */
ur_status ur_small_read(const ur_param *param, const ur_tensor_file *file, const ur_tensor_entry *entry,
                        const char *name, ur_error *error);
/* The matrix to which the scales in the tensor `name` belong; NULL if there is none. */
const ur_param *ur_scale_of(const ur_model *model, const char *name);

#endif
