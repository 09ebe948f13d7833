/* Help, as pages for the terminal and as one page of the manual. */
#ifndef UR_CLI_HELP_H
#define UR_CLI_HELP_H

#include "cli/args/verb.h"

#include <stdio.h>

/* All verbs, a line each. */
void ur_cli_print_overview(FILE *out);
/* The page of a verb, with the defaults. */
ur_status ur_cli_help_on(const ur_cli_verb *verb, ur_error *error);
void ur_cli_print_manual(void);

/* The default of an option for people: "default: 500", "" where there is none to name. */
void ur_cli_default_text(const ur_setting *option, const void *settings, char text[UR_SETTING_VALUE_MAX]);

/* The options of a verb, with their defaults: the task's, where it trains one, and then its own. */
typedef struct ur_cli_options {
    const ur_cli_verb *verb;
    void *settings;
    ur_settings *task; /* NULL: it trains none */
    ur_settings **any; /* where it works on models of any task: all of them; else NULL */
} ur_cli_options;

ur_status ur_cli_options_open(ur_cli_options *options, const ur_cli_verb *verb, ur_error *error);
void ur_cli_options_close(ur_cli_options *options);
/* Option i and the struct that its value stands in; NULL behind the last. One without help is not shown. */
const ur_setting *ur_cli_options_at(const ur_cli_options *options, size_t i, const void **values);

/* Of a verb that works on a model of any task, how data are read for each of them: a heading between `begin` and `end`, and
 * each row by `print`. */
typedef struct ur_cli_reading_style {
    const char *begin, *end;
    void (*print)(const ur_setting *row, const char *value);
} ur_cli_reading_style;
void ur_cli_print_readings(const ur_cli_options *options, const ur_cli_reading_style *style);

#endif
