/* The network of a task that writes: lines that read what is to be put into words, and a decoder, the last line. */
#ifndef UR_TASK_DECODER_NET_H
#define UR_TASK_DECODER_NET_H

#include "model/model.h"
#include "net/writing.h"
#include "train/task.h"

/* What the data fix for each line of request->line: inputs `seen` for all lines but the last, and `tokens` for the
 * last. */
ur_status ur_decoder_sizes(ur_net_request *request, const ur_sizes *seen, size_t tokens, ur_error *error);

/* Refuses a network if none of its lines takes `features` numbers, or if its last line does not read tokens and give a
 * number for each token. `what` names the first line's input ("the picture"); `what` and `example` go into the
 * message. */
ur_status ur_decoder_check(const ur_model *model, size_t features, size_t tokens, const char *what, const char *example,
                           ur_error *error);

/* How a decoder attends to line `name`, in the network that a task chooses. Follows the settings `attend` and
 * `input-feed`. */
typedef struct ur_decoder_looking {
    const char *name, *attend; /* attend: "general", "dot", "additive", or "none" for no attention */
    size_t width; /* width of the attention layer's output; 0 for the width of its input, unless it is fed back */
    bool feed;
} ur_decoder_looking;
bool ur_decoder_looks(const ur_decoder_looking *looking);
/* Puts "attend NAME W general feed", or nothing. UR_ERR_USAGE if input feeding is asked for without attention. */
ur_status ur_decoder_look(const ur_decoder_looking *looking, ur_net_writing *w, ur_error *error);

#endif
