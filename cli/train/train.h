/* What all verbs that train a task share: their options, and the run from the first event to the last. */
#ifndef UR_CLI_TRAIN_H
#define UR_CLI_TRAIN_H

#include "cli/args/verb.h"

typedef struct ur_cli_train_settings {
    bool quiet, json, watch;
    size_t seeds, folds;
} ur_cli_train_settings;

extern const ur_setting_table ur_cli_train_options;
void ur_cli_train_defaults(void *settings);

/* Trains the task of the arguments on the data that they name. If the user named no run folder, it is called after
 * `name`, or after the first argument if `name` is NULL. */
ur_status ur_cli_train(const ur_cli_train_settings *settings, const ur_cli_arguments *arguments, const char *name,
                       ur_error *error);

#endif
