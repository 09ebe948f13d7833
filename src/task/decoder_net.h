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

#endif
