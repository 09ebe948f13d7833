/*
 * Options of a verb as one table: it is what parsing, help and the man page are made from. A row says where in the
 * verb's settings its value goes, so that the default shown is the one that holds.
 */
#ifndef UR_CLI_OPTIONS_H
#define UR_CLI_OPTIONS_H

#include "unroll.h"

#include <stdbool.h>

typedef enum ur_cli_type {
    UR_CLI_FLAG,   /* bool */
    UR_CLI_TEXT,   /* const char * */
    UR_CLI_EACH,   /* ur_cli_each: may be given several times */
    UR_CLI_WORD,   /* const char *, one of those in `argument`: "char|byte|word" */
    UR_CLI_CHOICE, /* an enum: the place of the word in `argument` */
    UR_CLI_SIZE,   /* size_t */
    UR_CLI_COUNT,  /* uint64_t */
    UR_CLI_NUMBER  /* double */
} ur_cli_type;

enum { UR_CLI_EACH_MOST = 16 };
typedef struct ur_cli_each {
    const char *text[UR_CLI_EACH_MOST];
    size_t count;
} ur_cli_each;

/* Bounds as numbers: exact up to 2^53; `most` 0 means as much as the type holds. */
typedef struct ur_cli_option {
    const char *group; /* the heading it begins; NULL goes on under the one before */
    const char *name, *argument;
    ur_cli_type type;
    size_t offset; /* in the verb's settings */
    double least, most;
    bool above;        /* `least` itself is not allowed */
    char letter;       /* "-o"; 0: none */
    const char *unset; /* what the help says of a default that is empty (NULL, 0 or less) */
    const char *help;
} ur_cli_option;

typedef struct ur_cli_table {
    const ur_cli_option *rows;
    size_t count;
} ur_cli_table;

/* What is not an option, in order, and which options were given. */
typedef struct ur_cli_arguments {
    const char **words;
    size_t count;
    bool *given;       /* one for each row of the table */
    bool help;         /* --help or -h stands somewhere */
    char *const *line; /* the command line after the verb */
    size_t line_count;
    const char *program; /* as it was called, for commands to try next */
} ur_cli_arguments;

/* Reads a command line (after the verb) into `settings`; both `arguments` and `settings` point into it afterwards.
 * UR_ERR_USAGE names the option. Free `arguments` also when this fails. */
ur_status ur_cli_parse(const ur_cli_table *table, char *const *line, size_t count, void *settings,
                       ur_cli_arguments *arguments, ur_error *error);
void ur_cli_arguments_free(ur_cli_arguments *arguments);

/* Whether the option `name` was given. */
bool ur_cli_given(const ur_cli_table *table, const ur_cli_arguments *arguments, const char *name);

/* A value as one would type it, "" for an unset text or flag; cut to fit. */
enum { UR_CLI_VALUE_MAX = 256 };
void ur_cli_value_text(const ur_cli_option *option, const void *settings, char text[UR_CLI_VALUE_MAX]);

/* Nothing was chosen: NULL, 0 or less. */
bool ur_cli_value_empty(const ur_cli_option *option, const void *settings);

/* What a value must be, such as "a whole number from 1 to 65536". */
void ur_cli_allowed_text(const ur_cli_option *option, char text[UR_CLI_VALUE_MAX]);

#endif
