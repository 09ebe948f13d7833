/* MODEL on the command line: a model file or the folder of a run. */
#ifndef UR_CLI_MODEL_PATH_H
#define UR_CLI_MODEL_PATH_H

#include "unroll.h"

#include <stdbool.h>

/* Finds the path of the model file; free() it. */
ur_status ur_cli_model_path(const char *given, char **path, ur_error *error);

/* Loads the model, with the instruction set that the environment names. */
ur_status ur_cli_model_load(ur_model **model, const char *given, ur_error *error);

/* Whether the model's data are those of another task, not text for a language model. */
bool ur_cli_has_task_data(const ur_model *model);

/* UR_ERR_DATA, with `given` in the message, if the model is not a language model. */
ur_status ur_cli_check_language_model(const ur_model *model, const char *given, ur_error *error);

/* The choices of --weights, an option of every verb that runs a model, in the order of ur_weights. */
#define UR_CLI_WEIGHTS "f32|bf16|int8"
/* Converts the model's weights to the format that the word names; NULL leaves them unchanged. */
ur_status ur_cli_use_weights(ur_model *model, const char *word, ur_error *error);
const char *ur_cli_weights_name(const ur_model *model);

#endif
