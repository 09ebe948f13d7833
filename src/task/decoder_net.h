/* The network of a task that writes: lines that see what is to be put into words, and a decoder, the last line. */
#ifndef UR_TASK_DECODER_NET_H
#define UR_TASK_DECODER_NET_H

#include "model/model.h"
#include "train/task.h"

/* What the data fix of each line of request->line: numbers `seen` for all but the last; tokens for that one. */
ur_status ur_decoder_sizes(ur_net_request *request, const ur_sizes *seen, size_t tokens, ur_error *error);

/* Refuses a network none of whose lines takes `features` numbers, or whose last line does not read tokens and give a number for
 * each. `what` the first takes, "the picture", and an `example` are for the message. */
ur_status ur_decoder_check(const ur_model *model, size_t features, size_t tokens, const char *what, const char *example,
                           ur_error *error);

/* How a decoder looks at line `name` of the network that a task chooses, as the settings `attend` and `input-feed` say. */
typedef struct ur_decoder_looking {
    const char *name, *attend; /* attend: "general", "dot", "additive"; "none": not at all */
    size_t width;              /* of what it makes of it; 0: that of what enters, if it is not fed */
    bool feed;
} ur_decoder_looking;
/* " > attend NAME W general feed", or nothing. UR_ERR_USAGE: it is to feed what it does not look at. */
ur_status ur_decoder_look(const ur_decoder_looking *looking, char *text, size_t size, ur_error *error);

#endif
