/*
 * Text that comes in pieces, cut into tokens as the whole would be. What may go on waits. The text is what training reads
 * of it: without the byte order mark at its beginning, CR LF as LF, but for bytes.
 */
#ifndef UR_GENERATE_FEED_H
#define UR_GENERATE_FEED_H

#include "data/vocabulary.h"

/* A plain value: copy it to cut a text on trial. */
typedef struct ur_feed {
    uint64_t passed; /* bytes of the text that became tokens or were left out */
    size_t count;    /* bytes that wait */
    unsigned char bytes[UR_TOKEN_MAX_BYTES + 64];
} ur_feed;

typedef ur_status ur_take_token(void *context, int32_t id, ur_error *error);

/* Hands on the tokens of another piece; `last`: the text ends with it. */
ur_status ur_feed_add(ur_feed *feed, const ur_vocabulary *vocabulary, const char *text, size_t length, bool last,
                      ur_take_token *take, void *context, ur_error *error);

#endif
