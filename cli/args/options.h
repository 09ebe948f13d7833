/*
 * Options of a verb: rows of settings (base/setting.h) whose values go into the verb's own struct. A verb that trains a task
 * has those of the task as well, which the library knows by name.
 */
#ifndef UR_CLI_OPTIONS_H
#define UR_CLI_OPTIONS_H

#include "base/setting.h"
#include "unroll_train.h"

/* An option of a task that is not known before its model is opened. */
typedef struct ur_cli_pending {
    const char *name, *value;
} ur_cli_pending;

/* What is not an option, in order, and which options were given. */
typedef struct ur_cli_arguments {
    const char **words;
    size_t count;
    bool *given;       /* one for each row of the table */
    ur_settings *task; /* the settings of the task that the verb trains; NULL: it trains none */
    ur_cli_pending *pending;
    size_t pending_count;
    bool help;         /* --help or -h stands somewhere */
    char *const *line; /* the command line after the verb */
    size_t line_count;
    const char *program; /* as it was called, for commands to try next */
    const char *verb;
} ur_cli_arguments;

/* Reads a command line (after the verb) into `settings` and those of the task (NULL: there are none); `arguments` and
 * `settings` point into it afterwards. UR_ERR_USAGE names the option. Free `arguments` also when this fails. */
ur_status ur_cli_parse(const ur_setting_table *table, ur_settings *task, char *const *line, size_t count,
                       void *settings, ur_cli_arguments *arguments, ur_error *error);
/* The same for a verb that works on a model of any task: how data are read may be said as in each of the `tasks` (up to a
 * NULL), and waits until the model is known. */
ur_status ur_cli_parse_any(const ur_setting_table *table, ur_settings *const *tasks, char *const *line, size_t count,
                           void *settings, ur_cli_arguments *arguments, ur_error *error);
/* Refuses what waits: of a model whose task is told none of it here. */
ur_status ur_cli_check_pending(const ur_cli_arguments *arguments, const char *task, ur_error *error);
/* What waits, into the settings of the model's task, `name`; UR_ERR_USAGE for what it does not have. */
ur_status ur_cli_take_pending(const ur_cli_arguments *arguments, ur_settings *task, const char *name, ur_error *error);
void ur_cli_arguments_free(ur_cli_arguments *arguments);

/* Whether the option `name` of the verb itself was given. */
bool ur_cli_given(const ur_setting_table *table, const ur_cli_arguments *arguments, const char *name);

/* Settings of every task, up to a NULL; to be freed. NULL without memory. */
ur_settings **ur_cli_tasks_open(void);
void ur_cli_tasks_close(ur_settings **tasks);

/* The value of a task's setting as one would type it, "" for an open one. */
void ur_cli_task_value(const ur_settings *task, const char *name, char text[UR_SETTING_VALUE_MAX]);
/* The whole text of one, NULL for an open one; it stays the settings'. */
const char *ur_cli_task_text(const ur_settings *task, const char *name);
/* Whether a setting without a value is set. */
bool ur_cli_task_flag(const ur_settings *task, const char *name);

#endif
