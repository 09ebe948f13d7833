/*
 * A language model that writes: a state of one lane and the unit it reads next. Always one unit waits to be read, so
 * that a text can be left after any unit and gone on with later.
 */
#ifndef UR_CLI_SPEAKER_H
#define UR_CLI_SPEAKER_H

#include "unroll.h"

typedef struct ur_cli_speaker {
    const ur_model *model;
    ur_state *state;
    ur_real *logits;
    size_t units;
    int32_t waiting; /* −1: nothing was read yet */
    uint64_t draw;   /* units drawn so far */
    ur_sampling how;
    uint64_t weights; /* a hash of them, for state files; 0: not asked for */
} ur_cli_speaker;

/* `how.never` is set to the unit that stands for the unknown. */
ur_status ur_cli_speaker_open(ur_cli_speaker *speaker, const ur_model *model, const ur_sampling *how, ur_error *error);
void ur_cli_speaker_close(ur_cli_speaker *speaker);

/* Reads a text. */
ur_status ur_cli_speaker_read(ur_cli_speaker *speaker, const char *text, size_t length, ur_error *error);
/* Something to begin with where nothing was read: a line break, or else a random unit. */
void ur_cli_speaker_begin(ur_cli_speaker *speaker);

/* Reads the unit that waits; the logits are then those of the next one, and nothing waits. */
void ur_cli_speaker_step(ur_cli_speaker *speaker);
/* Steps, draws the next unit and lets it wait. */
int32_t ur_cli_speaker_draw(ur_cli_speaker *speaker);

#endif
