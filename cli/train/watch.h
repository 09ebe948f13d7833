/*
 * unroll train --watch: the training on the terminal's other screen: loss curves, the gradient's norm through the updates and
 * back through time, gates, the last sample. Drawn at most four times a second, as large as the terminal is.
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
    UR_CLI_WATCH_STEPS = UR_CLI_WATCH_WARM + UR_CLI_WATCH_STEPS_BACK + 2 /* tokens of a place: read, and what follows */
};

typedef struct ur_cli_watch {
    const ur_cli_arguments *arguments;
    const char *folder;
    ur_plan plan;
    ur_cli_history learning, validation; /* smoothed loss and gradient norm; validation loss */
    ur_event event;                      /* the last one */
    ur_gate_share gates[UR_CLI_WATCH_GATES];
    size_t gate_count;
    double reach[UR_CLI_WATCH_LAYERS]
                [UR_CLI_WATCH_STEPS_BACK + 1]; /* log10 ‖∂loss_t/∂h_{t−k}‖ by k, at the last evaluation */
    size_t layers;                             /* of which that is known */
    bool places_sought, places_found;
    int32_t places[UR_CLI_WATCH_STEPS * UR_CLI_WATCH_PLACES]; /* (T, B): of the text that is not learnt from */
    char *sample;                                             /* as it is shown: nothing in it acts; NULL: none yet */
    size_t sample_size;
    ur_event sampled; /* when */
    double drawn;     /* by the clock */
} ur_cli_watch;

/* Goes to the other screen. Arguments, folder and plan must stay. */
ur_status ur_cli_watch_begin(ur_cli_watch **watch, const ur_cli_arguments *arguments, const char *folder,
                             const ur_plan *plan, ur_error *error);
void ur_cli_watch_show(ur_cli_watch *watch, ur_trainer *trainer, const ur_event *event);
void ur_cli_watch_sample(ur_cli_watch *watch, const ur_event *event, const char *text, size_t length);
/* Back to the screen as it was; NULL is allowed. */
void ur_cli_watch_end(ur_cli_watch *watch);

/* watch_gradient.c: how far back the losses reach by now. */
void ur_cli_watch_gradient(ur_cli_watch *watch, ur_trainer *trainer);

/* watch_frame.c: what is seen, in at most `rows` lines of at most `columns`. */
void ur_cli_watch_frame(FILE *file, const ur_cli_watch *watch, size_t columns, size_t rows);

#endif
