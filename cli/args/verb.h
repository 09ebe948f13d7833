/* A verb of the program: what it is called, what it takes, what it does. */
#ifndef UR_CLI_VERB_H
#define UR_CLI_VERB_H

#include "cli/args/options.h"

typedef struct ur_cli_verb {
    const char *name, *takes, *summary;
    const char *text;     /* paragraphs between empty lines */
    const char *examples; /* a command a line, each with "  # what it does" */
    const char *task;     /* what it trains, whose settings are options too; NULL: it trains nothing */
    bool any_task;        /* it works on a model of any task: how data are read are options too */
    const ur_setting_table *table;
    size_t settings_size;
    void (*defaults)(void *settings);
    ur_status (*run)(void *settings, const ur_cli_arguments *arguments, ur_error *error);
} ur_cli_verb;

#define UR_VERB(id) extern const ur_cli_verb ur_cli_##id;
#include "cli/args/verb.inc"
#undef UR_VERB

/* Verb i of the program; NULL after the last. */
const ur_cli_verb *ur_cli_verb_at(size_t i);
/* The verb that the words begin with; one like "inspect gates" has two of them. NULL, and what could have been meant. */
const ur_cli_verb *ur_cli_verb_find(const char *const *words, size_t count, ur_error *error);
size_t ur_cli_verb_words(const ur_cli_verb *verb);

/* The number of arguments a verb takes: fewer is an error that says what is missing, more one that names the first. */
ur_status ur_cli_expect(const ur_cli_arguments *arguments, size_t least, size_t most, const char *missing,
                        ur_error *error);

/* The instruction set that UNROLL_ISA names; NULL leaves the choice to the library. */
const char *ur_cli_isa(void);

#endif
