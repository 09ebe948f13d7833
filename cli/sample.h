/* What `unroll sample` is told, and the three things it can do with a model that has read the prime. */
#ifndef UR_CLI_SAMPLE_H
#define UR_CLI_SAMPLE_H

#include "speaker.h"
#include "text_out.h"

typedef struct ur_cli_sample_settings {
    const char *prime, *stop, *state_in, *state_out, *weights;
    size_t length, next, complete;
    ur_sampling how;
    bool greedy, raw, json;
} ur_cli_sample_settings;

/* --next: the likeliest next units. */
ur_status ur_cli_print_next(ur_cli_speaker *speaker, size_t count, bool json, ur_error *error);

/* --complete: the likeliest ways to finish the word that `prime` ends in. Reads `prime`. */
ur_status ur_cli_print_completions(ur_cli_speaker *speaker, const char *prime, size_t count, bool json,
                                   ur_error *error);

/* The bytes at the end of a text that belong to a word not yet ended. */
size_t ur_cli_open_word(const char *text, size_t length);
/* Whether a unit ends the word before it: white space or punctuation at its beginning. */
bool ur_cli_ends_word(const char *unit, size_t length);

#endif
