/* Model files: the container of tensor_file.h with PyTorch's names, and the record. */
#ifndef UR_FORMAT_MODEL_FILE_H
#define UR_FORMAT_MODEL_FILE_H

#include "format/tensor_file.h"
#include "model/model.h"

/* Tensors whose names begin with this are no parameters: a checkpoint adds them to a model. */
#define UR_EXTRA_PREFIX "unroll."

/* Writes a model. If `extra` is not NULL it writes a checkpoint, sealed, with `count` more tensors (named
 * UR_EXTRA_PREFIX…); `count` may be 0. */
ur_status ur_model_write(const ur_model *model, const char *path, const ur_tensor_entry *extra, size_t count,
                         ur_error *error);

/* Builds a model from a file that was read, and packs its weights. `name` is used in messages. */
ur_status ur_model_read(ur_model **model, const ur_tensor_file *file, const char *isa, const char *name,
                        ur_error *error);

/* Copies the numbers of a tensor of dtype F32 or F64. Checks that there are `count` of them and that all are finite. */
ur_status ur_tensor_numbers(const ur_tensor_entry *entry, real *numbers, size_t count, const char *name,
                            ur_error *error);

#endif
