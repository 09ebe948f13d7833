/* The settings of `unroll sample`, and what it can do besides writing text. */
#ifndef UR_CLI_SAMPLE_H
#define UR_CLI_SAMPLE_H

#include "cli/args/options.h"

#include "unroll_generate.h"

typedef struct ur_cli_sample_settings {
    const char *prime, *state_in, *state_out, *weights;
    ur_each stop;
    const char *output, *animate, *reconstruct; /* for pictures */
    size_t length, next, complete, beam, n_best, count;
    ur_sampling how;
    bool greedy, overwrite, raw, json;
} ur_cli_sample_settings;

/* --next: prints the most probable next tokens. */
ur_status ur_cli_sample_next(const ur_cli_sample_settings *settings, const ur_model *model, ur_session *session,
                             ur_error *error);

/* --complete: prints the most probable ways to finish the last word of the prime. Reads the prime itself. */
ur_status ur_cli_sample_complete(const ur_cli_sample_settings *settings, ur_session *session, ur_error *error);

/* --beam: prints the most probable texts. */
ur_status ur_cli_sample_beam(const ur_cli_sample_settings *settings, const ur_model *model, ur_session *session,
                             ur_error *error);

/* Writes pictures, with a model that paints (sample_paint.c). */
struct ur_settings;
ur_status ur_cli_sample_paint(const ur_cli_sample_settings *settings, const ur_model *model, struct ur_settings *task,
                              ur_error *error);

/* Reads `length` bytes of the prime. */
ur_status ur_cli_read_prime(ur_session *session, const char *prime, size_t length, ur_error *error);

#endif
