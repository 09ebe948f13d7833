/*
 * Text that comes in pieces, cut into the same tokens as the whole text. Bytes that may belong to a longer token are
 * held. As in training, a byte order mark at the beginning is left out and CR LF is read as LF, except by models of
 * bytes.
 */
#ifndef UR_GENERATE_FEED_H
#define UR_GENERATE_FEED_H

#include "data/vocabulary.h"

/* A plain value: copy it to cut a text on trial. */
typedef struct ur_feed {
    uint64_t passed; /* bytes of the text that became tokens or were left out */
    size_t count;    /* bytes that are held */
    unsigned char bytes[UR_TOKEN_MAX_BYTES + 64];
} ur_feed;

typedef ur_status ur_take_token(void *context, int32_t id, ur_error *error);

/* Passes the tokens of another piece to `take`. `last`: the text ends with this piece. */
ur_status ur_feed_add(ur_feed *feed, const ur_vocabulary *vocabulary, const char *text, size_t length, bool last,
                      ur_take_token *take, void *context, ur_error *error);

#endif
