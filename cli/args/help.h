/* Help, as pages on the terminal and as one manual page. */
#ifndef UR_CLI_HELP_H
#define UR_CLI_HELP_H

#include "cli/args/verb.h"

#include <stdio.h>

/* Prints all verbs, one per line. */
void ur_cli_print_overview(FILE *out);
/* Prints the page of a verb, with the defaults. */
ur_status ur_cli_help_on(const ur_cli_verb *verb, ur_error *error);
void ur_cli_print_manual(void);

/* The default of an option as a reader sees it: "default: 500", or "" for a flag. */
void ur_cli_default_text(const ur_setting *option, const void *settings, char text[UR_SETTING_VALUE_MAX]);

/* The options of a verb with their defaults: first those of the task, if the verb trains one, then the verb's own that
 * have an effect with it. */
typedef struct ur_cli_options {
    const ur_cli_verb *verb;
    void *settings;
    ur_settings *task; /* the task that the verb trains, or NULL */
    ur_settings **any; /* all tasks, up to a NULL, if the verb works on models of any task; else NULL */
} ur_cli_options;

ur_status ur_cli_options_open(ur_cli_options *options, const ur_cli_verb *verb, ur_error *error);
void ur_cli_options_close(ur_cli_options *options);
/* Option i and, in *values, the struct that holds its value. NULL after the last option. An option without help is not
 * shown. */
const ur_setting *ur_cli_options_at(const ur_cli_options *options, size_t i, const void **values);

/* For a verb that works on a model of any task: prints for each task how data are read, how answers are given, or both,
 * with a heading between `begin` and `end`, then each row by `print`. */
typedef struct ur_cli_reading_style {
    bool reads, answers;
    const char *begin, *end;
    void (*print)(const ur_setting *row, const char *value);
} ur_cli_reading_style;
void ur_cli_print_readings(const ur_cli_options *options, const ur_cli_reading_style *style);

#endif
