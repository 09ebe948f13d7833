/*
 * Options of a verb: rows of settings (base/setting.h) whose values are stored in the verb's own struct. A verb that
 * trains a task also takes the settings of the task, which the library knows by name.
 */
#ifndef UR_CLI_OPTIONS_H
#define UR_CLI_OPTIONS_H

#include "base/setting.h"
#include "unroll_train.h"

/* An option of a task, kept until the model is opened and its task is known. */
typedef struct ur_cli_pending {
    const char *name, *value;
} ur_cli_pending;

/* The words of a command line that are not options, in order, and which options were given. */
typedef struct ur_cli_arguments {
    const char **words;
    size_t count;
    bool *given;       /* one per row of the table */
    ur_settings *task; /* settings of the task that the verb trains, or NULL */
    ur_cli_pending *pending;
    size_t pending_count;
    bool help;         /* --help or -h is on the command line */
    char *const *line; /* the command line after the verb */
    size_t line_count;
    const char *program; /* name by which the program was called, for commands to suggest */
    const char *verb;
} ur_cli_arguments;

/* Reads a command line (after the verb) into `settings` and into those of the `task` (NULL if there is none).
 * `arguments` and `settings` point into the line afterwards. UR_ERR_USAGE names the option. Free `arguments` also if
 * this fails. */
ur_status ur_cli_parse(const ur_setting_table *table, ur_settings *task, char *const *line, size_t count,
                       void *settings, ur_cli_arguments *arguments, ur_error *error);
/* Does the same for a verb that works on a model of any task. Options of the `tasks` (up to a NULL) that say how data
 * are read are accepted too, and with `answers` those that say how answers are given. They are pending until the model
 * is known. */
ur_status ur_cli_parse_any(const ur_setting_table *table, ur_settings *const *tasks, bool answers, char *const *line,
                           size_t count, void *settings, ur_cli_arguments *arguments, ur_error *error);
/* UR_ERR_USAGE if any option is pending: for a model whose `task` takes none of them here. */
ur_status ur_cli_check_pending(const ur_cli_arguments *arguments, const char *task, ur_error *error);
/* Sets the pending options in the settings of the model's task, whose name is `name`. UR_ERR_USAGE if the task does not
 * have one of them. */
ur_status ur_cli_take_pending(const ur_cli_arguments *arguments, ur_settings *task, const char *name, ur_error *error);
void ur_cli_arguments_free(ur_cli_arguments *arguments);

/* Whether option `name` of the verb's own table was given. */
bool ur_cli_given(const ur_setting_table *table, const ur_cli_arguments *arguments, const char *name);
/* The first option given whose row has this `only`; NULL if there is none. */
const ur_setting *ur_cli_given_only(const ur_setting_table *table, const ur_cli_arguments *arguments, const char *only);

/* Settings of every task, up to a NULL; free them with ur_cli_tasks_close. NULL if memory is lacking. */
ur_settings **ur_cli_tasks_open(void);
void ur_cli_tasks_close(ur_settings **tasks);

/* The row of a task's setting and, in *values (unless NULL), the struct that holds its value. NULL if the task does not
 * have it. */
const ur_setting *ur_cli_task_row(const ur_settings *task, const char *name, const void **values);
/* Writes the value of a task's setting as a user would type it, or "" if it is not set. */
void ur_cli_task_value(const ur_settings *task, const char *name, char text[UR_SETTING_VALUE_MAX]);
/* The whole text of a text setting, owned by the settings, or NULL if it is not set. */
const char *ur_cli_task_text(const ur_settings *task, const char *name);
/* Whether a flag of the task is set. */
bool ur_cli_task_flag(const ur_settings *task, const char *name);

#endif
