/*
 * The text of a writing on its way out: what may be the beginning of a stop text is held back, then bytes become valid
 * UTF-8, and what is certain lies in `text`. Memory is taken when a writing begins, for the longest piece of one token.
 */
#ifndef UR_GENERATE_OUTPUT_H
#define UR_GENERATE_OUTPUT_H

#include "unroll_generate.h"

/* A character that is not complete, of all that was read and written. */
typedef struct ur_begun {
    unsigned char bytes[4];
    size_t count;
} ur_begun;

/* Takes another byte. What becomes complete by it goes to `text`, U+FFFD for bytes that cannot be part of a character;
 * returns its size. */
size_t ur_begun_add(ur_begun *begun, char byte, char text[12]);

typedef struct ur_output {
    bool raw;
    char *stops; /* the stop texts, each with a zero behind it; NULL: none */
    size_t stop_count;
    const char *held_of; /* held back: the first `held` bytes of this stop text */
    size_t held;
    ur_begun begun;
    char *text; /* certain */
    size_t size;
} ur_output;

/* Copies the stop texts. UR_ERR_USAGE for an empty one. */
ur_status ur_output_begin(ur_output *output, const ur_writing *writing, const ur_begun *begun, ur_error *error);
void ur_output_free(ur_output *output);

/* Another token's bytes, at most UR_TOKEN_MAX_BYTES of them; true when a stop text was met. */
bool ur_output_add(ur_output *output, const char *bytes, size_t size);
/* No stop text comes any more: what was held back is certain. */
void ur_output_end(ur_output *output);

#endif
