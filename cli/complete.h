/*
 * The likeliest ways to finish a word: a beam search over the units that may follow. The word that the text ends in
 * is taken back and typed again under the search, so that it works for words as units too: every unit tried must agree
 * with what was typed.
 */
#ifndef UR_CLI_COMPLETE_H
#define UR_CLI_COMPLETE_H

#include "speaker.h"

#include <stdbool.h>

enum { UR_CLI_WORD_MAX = 128 }; /* bytes */

/* A whole word, with what was typed of it. */
typedef struct ur_cli_completion {
    char text[UR_CLI_WORD_MAX];
    size_t length;
    double log_probability; /* of the rest and of the end of the word, given what was typed */
} ur_cli_completion;

typedef struct ur_cli_completions {
    ur_cli_completion *list; /* likeliest first */
    size_t count, capacity;
} ur_cli_completions;

/* Reads `text` but for its last word. Free the result also when this fails. */
ur_status ur_cli_complete(ur_cli_speaker *speaker, const char *text, size_t length, size_t count,
                          ur_cli_completions *found, ur_error *error);
void ur_cli_completions_free(ur_cli_completions *found);

#endif
