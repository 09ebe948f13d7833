/* MODEL on the command line: a model file or the folder of a run. */
#ifndef UR_CLI_MODEL_PATH_H
#define UR_CLI_MODEL_PATH_H

#include "unroll.h"

/* The path of the model file, free() it. */
ur_status ur_cli_model_path(const char *given, char **path, ur_error *error);

/* Loads what the path names, with the instruction set of the environment. */
ur_status ur_cli_model_load(ur_model **model, const char *given, ur_error *error);

/* The same, and it must be a language model. */
ur_status ur_cli_language_model_load(ur_model **model, const char *given, ur_error *error);

#endif
