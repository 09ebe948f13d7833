/* Model files: the container of tensor_file.h with PyTorch's names, and the record. */
#ifndef UR_FORMAT_MODEL_FILE_H
#define UR_FORMAT_MODEL_FILE_H

#include "format/tensor_file.h"
#include "model/model.h"

/* Tensors of these names in front are no parameters: what a checkpoint adds to a model. */
#define UR_EXTRA_PREFIX "unroll."

/* Writes a model; with `extra`, which may be of none, a checkpoint: `count` more tensors (named UR_EXTRA_PREFIX…), sealed. */
ur_status ur_model_write(const ur_model *model, const char *path, const ur_tensor_entry *extra, size_t count,
                         ur_error *error);

/* Builds a model from a file that was read; `name` is used in messages. Weights are packed. */
ur_status ur_model_read(ur_model **model, const ur_tensor_file *file, const char *isa, const char *name,
                        ur_error *error);

/* Copies one tensor's numbers, whatever their dtype (F32, F64), checking count and finiteness. */
ur_status ur_tensor_numbers(const ur_tensor_entry *entry, real *numbers, size_t count, const char *name,
                            ur_error *error);

#endif
