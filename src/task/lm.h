/*
 * The language model task: text in, a model that predicts the next unit out. This header is for the task's own files;
 * what others use is section 5 and 6 of unroll_train.h.
 *
 * B lanes read the training part of the text at B places, each its own L = ⌊N/B⌋ units. Window i of a sweep covers
 * units [i·k1, i·k1 + k2) of each lane and predicts those one further; its first k2 − k1 steps are read but do not
 * count. It begins with the state that the window before had after k1 steps. A sweep has ⌊(L − 2 − (k2 − k1))/k1⌋
 * windows; then all lanes begin again from zero.
 */
#ifndef UR_TASK_LM_H
#define UR_TASK_LM_H

#include "data/corpus.h"
#include "train/events.h"
#include "train/learner.h"
#include "train/log.h"
#include "train/schedule.h"

#include <stdatomic.h>

/* Lanes over a part of a corpus, and the window they stand at. */
typedef struct ur_lanes {
    ur_reader **readers; /* B */
    size_t lanes, k1, k2;
    uint64_t begin, each;   /* where the part begins; L */
    uint64_t windows;       /* in a sweep */
    uint64_t window;        /* the next one of this sweep */
    int32_t *units;         /* (B, k2 + 1): what the lanes have read last */
    int32_t *ids, *targets; /* (k2, B): the window as the network takes it */
} ur_lanes;

ur_status ur_lanes_open(ur_lanes *lanes, ur_corpus *corpus, const ur_vocabulary *vocabulary, uint64_t begin,
                        uint64_t end, size_t count, size_t k1, size_t k2, ur_error *error);
void ur_lanes_close(ur_lanes *lanes);
/* Reads the next window into ids and targets; at the end of a sweep begins the next one and sets *fresh: the states
 * must be zero. */
ur_status ur_lanes_next(ur_lanes *lanes, bool *fresh, ur_error *error);
/* Makes window `window` the next one. */
ur_status ur_lanes_seek(ur_lanes *lanes, uint64_t window, ur_error *error);

/* How far a run is: with the weights, the optimiser's memory and the states, all that a resume needs. */
typedef struct ur_progress {
    uint64_t step, sweep, window; /* updates; sweeps over the text begun before this one; windows of this one */
    uint64_t units;
    double smooth;           /* smoothed loss; negative: none yet */
    double best;             /* best validation; infinity: none yet */
    double last_validation;  /* NaN: none yet */
    uint64_t stale;          /* evaluations since the best */
    uint64_t plateau, drops; /* evaluations since the rate last changed or improved; times it was lowered */
    uint64_t measured_steps; /* what --minutes became; 0: not */
    uint64_t log_lines, event_records;
    uint64_t clipped, reported; /* updates that were clipped since the report of step `reported` */
    unsigned due;               /* pieces of work that are due at this step: UR_DUE_… */
} ur_progress;

enum { UR_DUE_LOG = 1, UR_DUE_EVALUATION = 2, UR_DUE_SAMPLE = 4, UR_DUE_SAVE = 8, UR_DUE_END = 16 };

struct ur_trainer {
    ur_training training; /* decided: nothing in it is left to choose */
    char *strings;        /* holds its strings */
    char *settings;
    ur_corpus *corpus, *validation; /* validation: NULL where it is the tail of corpus */
    uint64_t train_end;             /* units of corpus that are trained on */
    uint64_t validation_begin, validation_end;
    ur_model *model;
    ur_learner *learner;
    ur_lanes lanes, validation_lanes;
    ur_state *state; /* where the lanes stand */
    real *average;   /* averaged weights; NULL: none */
    real *spare;     /* holds the weights while the averaged ones are in use */
    bool averaged_in_use;
    ur_progress at;
    ur_rate_plan rates;
    uint64_t first_samples[2]; /* steps of samples before the first regular one: noise, and what comes of it */
    ur_log_file log;
    ur_events events;
    ur_gate_share *gates; /* gate_count of them */
    size_t gate_count;
    bool gates_seen;
    ur_folder_lock lock;
    bool locked, ended, resumed, measuring;
    double loss;         /* of the last window */
    double seconds;      /* spent by this process */
    uint64_t units_here; /* trained on by this process */
    const char *reason;
    atomic_int stop;
};

/* lm_settings.c: fills what the caller left open, once the text's size is known; makes the strings its own. */
ur_status ur_lm_copy(ur_trainer *t, const ur_training *training, ur_error *error);
ur_status ur_lm_check(const ur_training *training, ur_error *error);
void ur_lm_choose(ur_training *t, uint64_t train_units);
/* Writes the network line that cell, hidden, layers, embed and dropout stand for. */
ur_status ur_lm_net(const ur_training *t, char *line, size_t size, ur_error *error);
/* Everything that decides the bits, as a JSON object of strings; NULL without memory. */
struct json_t *ur_lm_settings(const ur_training *t, const char *net);

/* lm_checkpoint.c */
ur_status ur_lm_save(ur_trainer *t, ur_error *error);
ur_status ur_lm_resume(ur_trainer *t, ur_error *error);    /* sets t->resumed where there was something */
ur_status ur_lm_keep_best(ur_trainer *t, ur_error *error); /* model.safetensors */

/* lm_windows.c: one update; the validation loss in nats a unit, as lanes that carry their states. */
ur_status ur_lm_step(ur_trainer *t, ur_error *error);
ur_status ur_lm_validate(ur_trainer *t, double *loss, ur_error *error);
void ur_lm_use_average(ur_trainer *t, bool use);

/* lm_gates.c */
ur_status ur_lm_gates_make(ur_trainer *t, ur_error *error);
void ur_lm_gates_look(void *trainer, const ur_probing *seen); /* as a learner calls it */

/* lm_trainer.c: steps, rates and how often what is done; again once --minutes is a number of steps. */
enum { UR_EVALUATIONS = 16 }; /* in a run, where nothing else is said */
void ur_lm_plan(ur_trainer *t);

/* lm_measure.c: what --minutes becomes. */
ur_status ur_lm_measure(ur_trainer *t, ur_error *error);

/* lm_report.c: lines of the log and reports of the event file. */
double ur_lm_epoch(const ur_trainer *t);
ur_status ur_lm_report_step(ur_trainer *t, ur_error *error);
ur_status ur_lm_report_evaluation(ur_trainer *t, ur_error *error);

double ur_lm_clock(void); /* seconds, monotonic */

#endif
