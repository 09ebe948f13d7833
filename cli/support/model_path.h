/* MODEL on the command line: a model file or the folder of a run. */
#ifndef UR_CLI_MODEL_PATH_H
#define UR_CLI_MODEL_PATH_H

#include "unroll.h"

#include <stdbool.h>

/* The path of the model file, free() it. */
ur_status ur_cli_model_path(const char *given, char **path, ur_error *error);

/* Loads what the path names, with the instruction set of the environment. */
ur_status ur_cli_model_load(ur_model **model, const char *given, ur_error *error);

/* Whether its data are those of a task of its own, and no text that a language model reads. */
bool ur_cli_has_task_data(const ur_model *model);

/* UR_ERR_DATA in the name of `given` for what is no language model. */
ur_status ur_cli_check_language_model(const ur_model *model, const char *given, ur_error *error);

/* The option --weights of every verb that runs a model: words in the order of ur_weights. */
#define UR_CLI_WEIGHTS "f32|bf16|int8"
/* Gives the model the weights that the word names; NULL leaves it as it is. */
ur_status ur_cli_use_weights(ur_model *model, const char *word, ur_error *error);
const char *ur_cli_weights_name(const ur_model *model);

#endif
