/*
 * A state as a file, to go on from later: h and c of every layer, the unit that waits to be read, how many units were
 * drawn, the seed, and bytes of a character that was not complete. Read only by the model it was made with.
 */
#ifndef UR_CLI_STATE_FILE_H
#define UR_CLI_STATE_FILE_H

#include "speaker.h"
#include "text_out.h"

#include "unroll_train.h"

/* For the speaker whose state is kept or taken: the same network with other weights would go on with nonsense. */
uint64_t ur_cli_weights_hash(ur_model *model);

ur_status ur_cli_state_write(const char *path, const ur_cli_speaker *speaker, const ur_text_out *out, ur_error *error);
/* Fills the state, the unit that waits, the number of the draw, the seed and what is held. */
ur_status ur_cli_state_read(const char *path, ur_cli_speaker *speaker, ur_text_out *out, ur_error *error);

#endif
