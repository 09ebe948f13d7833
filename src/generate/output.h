/*
 * The text that a session writes. Bytes that may be the beginning of a stop text are held back. The others are turned
 * into valid UTF-8, and `text` holds what is certain. Memory is allocated when a writing begins, for the longest piece
 * of one token.
 */
#ifndef UR_GENERATE_OUTPUT_H
#define UR_GENERATE_OUTPUT_H

#include "unroll_generate.h"

/* An incomplete character at the end of all text that was read and written. */
typedef struct ur_begun {
    unsigned char bytes[4];
    size_t count;
} ur_begun;

/* Adds a byte. Characters that are then complete go to `text`, with U+FFFD for bytes that cannot be part of a
 * character. Returns the number of bytes in `text`. */
size_t ur_begun_add(ur_begun *begun, char byte, char text[12]);

typedef struct ur_output {
    bool raw;
    char *stops; /* the stop texts, each followed by a zero byte, or NULL for none */
    size_t stop_count;
    const char *held_of; /* the stop text whose first `held` bytes are held back */
    size_t held;
    ur_begun begun;
    char *text; /* text that is certain */
    size_t size;
} ur_output;

/* Begins a writing, and copies the stop texts. UR_ERR_USAGE if one is empty. */
ur_status ur_output_begin(ur_output *output, const ur_writing *writing, const ur_begun *begun, ur_error *error);
void ur_output_free(ur_output *output);

/* Adds the bytes of a token, at most UR_TOKEN_MAX_BYTES. Returns true when a stop text is complete. */
bool ur_output_add(ur_output *output, const char *bytes, size_t size);
/* Ends the writing: the bytes held back are now certain. */
void ur_output_end(ur_output *output);

#endif
