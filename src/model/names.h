/* The parameters of a network by PyTorch's names (docs/file-format.md). */
#ifndef UR_MODEL_NAMES_H
#define UR_MODEL_NAMES_H

#include "model/model.h"

/* Fills model->params (values not yet placed) and points the layers at them. */
ur_status ur_name_params(ur_model *model, ur_error *error);

#endif
