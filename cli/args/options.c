/* The parser of command lines. Options may be before, between and after the arguments, as "--name value" or
 * "--name=value". */
#include "cli/args/options.h"

#include "cli/args/nearest.h"

#include "base/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct parser {
    const ur_setting_table *table;
    ur_settings *task;
    ur_settings *const *any; /* the tasks that a model may have, up to a NULL; NULL if the verb takes none of their
                              * options */
    bool answers;            /* the options about answers, too */
    char *const *line;
    size_t count, next;
    void *settings;
    ur_cli_arguments *arguments;
} parser;

/* Row i of the verb's table followed by the task's; NULL after the last row. */
static const ur_setting *row_at(const parser *p, size_t i)
{
    if (i < p->table->count) return &p->table->rows[i];
    return p->task ? ur_settings_row(p->task, i - p->table->count) : NULL;
}

static bool is_named(const ur_setting *row, const char *name, size_t length)
{
    return strlen(row->name) == length && memcmp(row->name, name, length) == 0;
}

/* Finds a row of any task that says how data are read or, if the verb gives answers, how they are given. */
static const ur_setting *find_pending(const parser *p, const char *name, size_t length)
{
    const ur_setting *row;
    for (size_t t = 0; p->any && p->any[t]; t++)
        for (size_t i = 0; (row = ur_settings_row(p->any[t], i)); i++)
            if ((row->reads || (p->answers && row->answers)) && is_named(row, name, length)) return row;
    return NULL;
}

static const ur_setting *find_name(const parser *p, const char *name, size_t length)
{
    const ur_setting *row;
    for (size_t i = 0; (row = row_at(p, i)); i++)
        if (is_named(row, name, length)) return row;
    return find_pending(p, name, length);
}

static const ur_setting *find_letter(const parser *p, char letter)
{
    const ur_setting *row;
    for (size_t i = 0; (row = row_at(p, i)); i++)
        if (row->letter && row->letter == letter) return row;
    return NULL;
}

static ur_status fail_unknown(const parser *p, const char *name, size_t length, ur_error *error)
{
    char typed[64] = {0};
    memcpy(typed, name, length < sizeof typed - 1 ? length : sizeof typed - 1);
    parser answering = *p;
    answering.answers = true;
    if (find_pending(&answering, name, length))
        return ur_fail(
            error, UR_ERR_USAGE,
            "--%s is about a model's answers, which this verb does not give; unroll predict and unroll eval do", typed);
    const char *nearest = "help";
    size_t best = ur_cli_typo_distance(typed, nearest);
    const ur_setting *row;
    for (size_t i = 0; (row = row_at(p, i)); i++) {
        size_t distance = row->help ? ur_cli_typo_distance(typed, row->name) : best;
        if (distance >= best) continue;
        best = distance;
        nearest = row->name;
    }
    if (best == SIZE_MAX) return ur_fail(error, UR_ERR_USAGE, "unknown option --%s", typed);
    return ur_fail(error, UR_ERR_USAGE, "unknown option --%s; the nearest one is --%s", typed, nearest);
}

static ur_status store(parser *p, const ur_setting *option, const char *value, ur_error *error)
{
    bool own = option >= p->table->rows && option < p->table->rows + p->table->count;
    if (!own && p->any) {
        p->arguments->pending[p->arguments->pending_count++] = (ur_cli_pending){option->name, value};
        return UR_OK;
    }
    if (!own) return ur_settings_set(p->task, option->name, value, error);
    p->arguments->given[option - p->table->rows] = true;
    return ur_setting_set(option, value, p->settings, error);
}

/* Takes the next word as the value, unless it is the name of an option, as in "--prime --length 5". */
static ur_status take_next(parser *p, const ur_setting *option, ur_error *error)
{
    const char *value = p->next < p->count ? p->line[p->next] : NULL;
    bool is_option = value && value[0] == '-' && value[1] == '-' && find_name(p, value + 2, strcspn(value + 2, "="));
    if (!value || is_option) {
        char allowed[UR_SETTING_VALUE_MAX];
        ur_setting_allowed(option, allowed);
        return ur_fail(error, UR_ERR_USAGE, "--%s needs a value: %s%s", option->name, allowed,
                       is_option ? "; one that begins with -- is given as --name=value" : "");
    }
    p->next++;
    return store(p, option, value, error);
}

static ur_status parse_long(parser *p, const char *word, ur_error *error)
{
    size_t length = strcspn(word, "=");
    const char *value = word[length] ? word + length + 1 : NULL;
    if (strcmp(word, "help") == 0) {
        p->arguments->help = true;
        return UR_OK;
    }
    const ur_setting *option = find_name(p, word, length);
    if (!option) return fail_unknown(p, word, length, error);
    if (value) return store(p, option, value, error);
    if (option->type == UR_SETTING_FLAG) return store(p, option, "yes", error);
    return take_next(p, option, error);
}

static ur_status parse_letter(parser *p, const char *word, ur_error *error)
{
    if (strcmp(word, "h") == 0) {
        p->arguments->help = true;
        return UR_OK;
    }
    const ur_setting *option = find_letter(p, word[0]);
    if (!option)
        return ur_fail(error, UR_ERR_USAGE, "unknown option -%.60s; options have names: --help lists them", word);
    if (word[1]) return store(p, option, word + 1, error);
    return take_next(p, option, error);
}

static ur_status parse_word(parser *p, bool *only_arguments, ur_error *error)
{
    const char *word = p->line[p->next++];
    bool argument = *only_arguments || word[0] != '-' || !word[1];
    if (argument)
        p->arguments->words[p->arguments->count++] = word;
    else if (strcmp(word, "--") == 0)
        *only_arguments = true;
    else if (word[1] == '-')
        return parse_long(p, word + 2, error);
    else
        return parse_letter(p, word + 1, error);
    return UR_OK;
}

static ur_status parse_line(parser *p, ur_error *error)
{
    ur_cli_arguments *arguments = p->arguments;
    *arguments = (ur_cli_arguments){.line = p->line, .line_count = p->count, .task = p->task};
    arguments->words = calloc(p->count + 1, sizeof *arguments->words);
    arguments->given = calloc(p->table->count + 1, sizeof *arguments->given);
    arguments->pending = calloc(p->count + 1, sizeof *arguments->pending);
    if (!arguments->words || !arguments->given || !arguments->pending) return ur_fail_memory(error, "the command line");
    bool only_arguments = false;
    while (p->next < p->count) UR_TRY(parse_word(p, &only_arguments, error));
    return UR_OK;
}

ur_status ur_cli_parse(const ur_setting_table *table, ur_settings *task, char *const *line, size_t count,
                       void *settings, ur_cli_arguments *arguments, ur_error *error)
{
    parser p = {table, task, NULL, false, line, count, 0, settings, arguments};
    return parse_line(&p, error);
}

ur_status ur_cli_parse_any(const ur_setting_table *table, ur_settings *const *tasks, bool answers, char *const *line,
                           size_t count, void *settings, ur_cli_arguments *arguments, ur_error *error)
{
    parser p = {table, NULL, tasks, answers, line, count, 0, settings, arguments};
    return parse_line(&p, error);
}

static ur_status refuse(const char *option, const char *task, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "--%s: a model of the task %s does not take it", option, task);
}

ur_status ur_cli_check_pending(const ur_cli_arguments *arguments, const char *task, ur_error *error)
{
    return arguments->pending_count ? refuse(arguments->pending[0].name, task, error) : UR_OK;
}

ur_status ur_cli_take_pending(const ur_cli_arguments *arguments, ur_settings *task, const char *name, ur_error *error)
{
    for (size_t i = 0; i < arguments->pending_count; i++) {
        const ur_cli_pending *p = &arguments->pending[i];
        const ur_setting *row = ur_cli_task_row(task, p->name, NULL);
        if (!row || !(row->reads || row->answers)) return refuse(p->name, name, error);
        UR_TRY(ur_settings_set(task, p->name, p->value, error));
    }
    return UR_OK;
}

ur_settings **ur_cli_tasks_open(void)
{
    size_t count = 0;
    while (ur_task_name(count)) count++;
    ur_settings **tasks = calloc(count + 1, sizeof(ur_settings *));
    for (size_t i = 0; tasks && i < count; i++) {
        if (ur_settings_create(&tasks[i], ur_task_name(i), NULL) == UR_OK) continue;
        ur_cli_tasks_close(tasks);
        return NULL;
    }
    return tasks;
}

void ur_cli_tasks_close(ur_settings **tasks)
{
    for (size_t i = 0; tasks && tasks[i]; i++) ur_settings_free(tasks[i]);
    free(tasks);
}

void ur_cli_arguments_free(ur_cli_arguments *arguments)
{
    free(arguments->words);
    free(arguments->given);
    free(arguments->pending);
    *arguments = (ur_cli_arguments){0};
}

bool ur_cli_given(const ur_setting_table *table, const ur_cli_arguments *arguments, const char *name)
{
    const ur_setting *option = ur_setting_find(*table, name, strlen(name));
    return option && arguments->given[option - table->rows];
}

const ur_setting *ur_cli_given_only(const ur_setting_table *table, const ur_cli_arguments *arguments, const char *only)
{
    for (size_t i = 0; i < table->count; i++) {
        const ur_setting *row = &table->rows[i];
        if (arguments->given[i] && row->only && strcmp(row->only, only) == 0) return row;
    }
    return NULL;
}

const ur_setting *ur_cli_task_row(const ur_settings *task, const char *name, const void **values)
{
    const ur_setting *row;
    size_t i = 0;
    while ((row = ur_settings_row(task, i)) && strcmp(row->name, name) != 0) i++;
    if (row && values) *values = ur_settings_values(task, i);
    return row;
}

void ur_cli_task_value(const ur_settings *task, const char *name, char text[UR_SETTING_VALUE_MAX])
{
    const void *values;
    const ur_setting *row = ur_cli_task_row(task, name, &values);
    text[0] = 0;
    if (row) ur_setting_text(row, values, text);
}

const char *ur_cli_task_text(const ur_settings *task, const char *name)
{
    const void *values;
    const ur_setting *row = ur_cli_task_row(task, name, &values);
    return row ? ur_setting_string(row, values) : NULL;
}

bool ur_cli_task_flag(const ur_settings *task, const char *name)
{
    const void *values;
    const ur_setting *row = ur_cli_task_row(task, name, &values);
    return row && row->type == UR_SETTING_FLAG && !ur_setting_empty(row, values);
}
