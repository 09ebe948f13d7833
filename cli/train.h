/* What `unroll train` is told: the library's settings, and what concerns the program alone. */
#ifndef UR_CLI_TRAIN_H
#define UR_CLI_TRAIN_H

#include "options.h"

#include "unroll_train.h"

#include <stdio.h>

typedef struct ur_cli_train_settings {
    ur_training training;
    const char *preset;
    int precision, invalid; /* places among the words of their options */
    size_t sample_length;
    double sample_temperature;
    bool quiet, json, watch;
} ur_cli_train_settings;

extern const ur_cli_table ur_cli_train_options;

void ur_cli_train_defaults(void *settings);

/* Settings that need more than being stored: presets, shares, what is not built. The options given win over those of
 * a preset. */
ur_status ur_cli_train_settle(ur_cli_train_settings *settings, const ur_cli_arguments *arguments, ur_error *error);

/* A sample from the model as it is; free() it. */
ur_status ur_cli_train_sample(const ur_cli_train_settings *settings, const ur_model *model, const ur_event *event,
                              char **text, size_t *length, ur_error *error);

/* The options that a preset stands for, as one line to be typed. */
void ur_cli_print_preset(const char *name);

/* A word as a shell takes it, in quotes where it needs them. */
void ur_cli_print_word(FILE *file, const char *word);

#endif
