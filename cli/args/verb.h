/* A verb of the program: its name, its arguments, its function. */
#ifndef UR_CLI_VERB_H
#define UR_CLI_VERB_H

#include "cli/args/options.h"

typedef struct ur_cli_verb {
    const char *name, *takes, *summary;
    const char *text;     /* paragraphs, separated by empty lines */
    const char *examples; /* one command per line, each with "  # what it does" */
    const char *task;     /* task that the verb trains, whose settings are options too; NULL if none */
    bool any_task;        /* works on a model of any task, so the settings for reading data are options too */
    bool answers;         /* with any_task: gives the model's answers, so their settings are options too */
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
/* Finds the verb that the words begin with; a verb such as "inspect gates" takes two of them. Returns NULL with an
 * error that suggests a verb. */
const ur_cli_verb *ur_cli_verb_find(const char *const *words, size_t count, ur_error *error);
size_t ur_cli_verb_words(const ur_cli_verb *verb);

/* Checks the number of arguments. If there are too few, the error is `missing`; if there are too many, it names the
 * first extra one. */
ur_status ur_cli_expect(const ur_cli_arguments *arguments, size_t least, size_t most, const char *missing,
                        ur_error *error);

/* The instruction set that the environment variable UNROLL_ISA names; NULL leaves the choice to the library. */
const char *ur_cli_isa(void);

#endif
