/* The parser of command lines: options before, between and after the arguments, "--name value" or "--name=value". */
#include "options.h"

#include "nearest.h"
#include "value.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

typedef struct parser {
    const ur_cli_table *table;
    char *const *line;
    size_t count, next;
    void *settings;
    ur_cli_arguments *arguments;
} parser;

static const ur_cli_option *find_name(const ur_cli_table *table, const char *name, size_t length)
{
    for (size_t i = 0; i < table->count; i++)
        if (strlen(table->rows[i].name) == length && memcmp(table->rows[i].name, name, length) == 0)
            return &table->rows[i];
    return NULL;
}

static const ur_cli_option *find_letter(const ur_cli_table *table, char letter)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->rows[i].letter && table->rows[i].letter == letter) return &table->rows[i];
    return NULL;
}

static ur_status fail_unknown(const ur_cli_table *table, const char *name, size_t length, ur_error *error)
{
    char typed[64] = {0};
    memcpy(typed, name, length < sizeof typed - 1 ? length : sizeof typed - 1);
    const char *nearest = "help";
    size_t best = ur_cli_distance(typed, nearest);
    for (size_t i = 0; i < table->count; i++) {
        size_t distance = ur_cli_distance(typed, table->rows[i].name);
        if (distance >= best) continue;
        best = distance;
        nearest = table->rows[i].name;
    }
    return ur_fail(error, UR_ERR_USAGE, "unknown option --%s; the nearest one is --%s", typed, nearest);
}

static ur_status store(parser *p, const ur_cli_option *option, const char *value, ur_error *error)
{
    p->arguments->given[option - p->table->rows] = true;
    return ur_cli_value_set(option, value, p->settings, error);
}

/* The next word is the value, unless it is clearly another option: "--prime --length 5". */
static ur_status take_next(parser *p, const ur_cli_option *option, ur_error *error)
{
    const char *value = p->next < p->count ? p->line[p->next] : NULL;
    bool is_option =
        value && value[0] == '-' && value[1] == '-' && find_name(p->table, value + 2, strcspn(value + 2, "="));
    if (!value || is_option) {
        char allowed[UR_CLI_VALUE_MAX];
        ur_cli_allowed_text(option, allowed);
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
    const ur_cli_option *option = find_name(p->table, word, length);
    if (!option) return fail_unknown(p->table, word, length, error);
    if (value) return store(p, option, value, error);
    if (option->type == UR_CLI_FLAG) return store(p, option, "yes", error);
    return take_next(p, option, error);
}

static ur_status parse_letter(parser *p, const char *word, ur_error *error)
{
    if (strcmp(word, "h") == 0) {
        p->arguments->help = true;
        return UR_OK;
    }
    const ur_cli_option *option = find_letter(p->table, word[0]);
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

ur_status ur_cli_parse(const ur_cli_table *table, char *const *line, size_t count, void *settings,
                       ur_cli_arguments *arguments, ur_error *error)
{
    *arguments = (ur_cli_arguments){.line = line, .line_count = count};
    arguments->words = calloc(count + 1, sizeof *arguments->words);
    arguments->given = calloc(table->count + 1, sizeof *arguments->given);
    if (!arguments->words || !arguments->given) return ur_fail_memory(error, "the command line");
    parser p = {table, line, count, 0, settings, arguments};
    bool only_arguments = false;
    while (p.next < p.count) UR_TRY(parse_word(&p, &only_arguments, error));
    return UR_OK;
}

void ur_cli_arguments_free(ur_cli_arguments *arguments)
{
    free(arguments->words);
    free(arguments->given);
    *arguments = (ur_cli_arguments){0};
}

bool ur_cli_given(const ur_cli_table *table, const ur_cli_arguments *arguments, const char *name)
{
    const ur_cli_option *option = find_name(table, name, strlen(name));
    return option && arguments->given[option - table->rows];
}
