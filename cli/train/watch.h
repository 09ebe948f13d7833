/*
 * unroll train --watch: shows the training on the terminal's alternate screen: loss curves, the gradient's norm through
 * the updates and back through time, gates, the last sample. It is drawn at most four times a second and fills the
 * terminal.
 */
#ifndef UR_CLI_WATCH_H
#define UR_CLI_WATCH_H

#include "cli/args/options.h"
#include "cli/train/history.h"

#include <stdio.h>

enum {
    UR_CLI_WATCH_GATES = 24,
    UR_CLI_WATCH_LAYERS = 8,
    UR_CLI_WATCH_STEPS_BACK = 100,
    UR_CLI_WATCH_WARM = 32,
    UR_CLI_WATCH_PLACES = 16,
    UR_CLI_WATCH_STEPS = UR_CLI_WATCH_WARM + UR_CLI_WATCH_STEPS_BACK + 2 /* tokens per place: read, and the one that
                                                                          * follows */
};

typedef struct ur_cli_watch {
    const ur_cli_arguments *arguments;
    const char *folder;
    ur_plan plan;
    ur_cli_history learning, validation; /* smoothed loss and gradient norm; validation loss */
    ur_event event;                      /* the last event */
    ur_gate_share gates[UR_CLI_WATCH_GATES];
    size_t gate_count;
    double reach[UR_CLI_WATCH_LAYERS]
                [UR_CLI_WATCH_STEPS_BACK + 1]; /* log10 ‖∂loss_t/∂h_{t−k}‖ by k, at the last evaluation */
    size_t layers;                             /* layers for which `reach` is known */
    bool places_sought, places_found;
    int32_t places[UR_CLI_WATCH_STEPS * UR_CLI_WATCH_PLACES]; /* (T, B) token ids, from the validation text if there is
                                                               * one */
    char *sample;                                             /* text of the last sample, safe to print on a terminal,
                                                               * or NULL if there is none yet; owned */
    size_t sample_size;
    ur_event sampled; /* the event of the sample */
    double drawn;     /* time of the last redraw, by ur_cli_now */
} ur_cli_watch;

/* Switches to the alternate screen. Arguments, folder and plan must stay valid. */
ur_status ur_cli_watch_begin(ur_cli_watch **watch, const ur_cli_arguments *arguments, const char *folder,
                             const ur_plan *plan, ur_error *error);
void ur_cli_watch_show(ur_cli_watch *watch, ur_trainer *trainer, const ur_event *event);
void ur_cli_watch_sample(ur_cli_watch *watch, const ur_event *event, const char *text, size_t length);
/* Switches back to the normal screen and frees the view; NULL is allowed. */
void ur_cli_watch_end(ur_cli_watch *watch);

/* Measures how far back gradients of the loss currently reach (watch_gradient.c). */
void ur_cli_watch_gradient(ur_cli_watch *watch, ur_trainer *trainer);

/* Writes the view, in at most `rows` lines of at most `columns` (watch_frame.c). */
void ur_cli_watch_frame(FILE *file, const ur_cli_watch *watch, size_t columns, size_t rows);

#endif
