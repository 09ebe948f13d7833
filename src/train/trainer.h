/*
 * The trainer: a run of any task, as a sequence of events. It owns the folder, the log, the event file, how long and how
 * fast, averaged weights, evaluation, the checkpoint and the resume. What is learnt is the task's (task.h).
 *
 *   trainer.c            opens everything            trainer_next.c     what is due, one piece a call: begin reading here
 *   trainer_step.c       one update                  trainer_plan.c     rates, and how often what is done
 *   trainer_evaluate.c   on the validation data      trainer_measure.c  --minutes as a number of steps
 *   trainer_report.c     log and event file          checkpoint.c       last.safetensors, model.safetensors
 *   average.c            averaged weights            gates.c            how often gates are open
 */
#ifndef UR_TRAIN_TRAINER_H
#define UR_TRAIN_TRAINER_H

#include "base/file.h"
#include "train/events.h"
#include "train/log.h"
#include "train/task.h"

#include <stdatomic.h>

/* How far a run is: with the weights, the optimiser's memory and the states, all that a resume needs. */
typedef struct ur_progress {
    uint64_t step;          /* updates */
    uint64_t epoch, number; /* of the next batch, which may be the one behind the epoch's last */
    uint64_t items;
    double smooth;                 /* smoothed loss; NaN: none yet */
    double best;                   /* of the task's metric; NaN: none yet */
    double metric[UR_METRICS_MAX]; /* of the last evaluation, as the task has them; NaN: none yet */
    uint64_t judged;               /* items of that evaluation */
    uint64_t stale;                /* evaluations since the best */
    uint64_t plateau, drops;       /* evaluations since the rate last changed or improved; times it was lowered */
    uint64_t measured_steps;       /* what --minutes became; 0: not */
    uint64_t evaluations;          /* in the whole run, where nothing else is said */
    uint64_t log_lines, event_records;
    uint64_t clipped, reported; /* updates that were clipped since the report of step `reported` */
    unsigned due;               /* pieces of work that are due at this step: UR_DUE_… */
} ur_progress;

enum { UR_DUE_LOG = 1, UR_DUE_EVALUATION = 2, UR_DUE_SAMPLE = 4, UR_DUE_SAVE = 8, UR_DUE_END = 16 };

struct ur_trainer {
    const ur_task *task;
    ur_settings *settings; /* decided: nothing in them is left to choose */
    ur_run_settings *run;  /* theirs */
    void *data;            /* the task's */
    bool opened;           /* the task was, and must be closed */
    char *line;            /* what decides the bits, as options */
    char described[1024];
    ur_model *model;
    ur_learner *learner;
    ur_state *state; /* where the lanes of the last batch ended; NULL: no batch yet */
    real *average;   /* averaged weights; NULL: none */
    real *spare;     /* holds the weights while the averaged ones are in use */
    bool averaged_in_use;
    ur_progress at;
    double first_loss; /* where the smoothed loss begins; NaN: at the first one */
    ur_rate_plan rates;
    uint64_t first_samples[2]; /* steps of samples before the first regular one: noise, and what comes of it */
    ur_log_file log;
    ur_events events;
    ur_gate_share *gates; /* gate_count of them */
    size_t gate_count;
    bool gates_seen;
    ur_folder_lock lock;
    bool locked, ended, resumed, measuring;
    bool kept;           /* there is a checkpoint of this run */
    double loss;         /* of the last batch */
    double seconds;      /* spent by this process on updates */
    uint64_t items_here; /* learnt from by this process */
    const char *reason;
    atomic_int stop;
};

/* trainer_plan.c: steps, rates and how often what is done; again once --minutes is a number of steps. */
enum { UR_BATCH_MOST = 65536, UR_EVALUATIONS = 16 }; /* in a run, where nothing else is said */
void ur_trainer_plan_run(ur_trainer *t);
double ur_trainer_epoch(const ur_trainer *t);

/* trainer_step.c: one update. Batches in which nothing counts are read on the way to it. */
ur_status ur_trainer_step(ur_trainer *t, ur_error *error);

/* trainer_evaluate.c: at most `most` batches of the validation data; metric[0 …] as the task has them, of *items. */
bool ur_trainer_validates(const ur_trainer *t);
ur_status ur_trainer_validate(ur_trainer *t, uint64_t most, double *metric, uint64_t *items, ur_error *error);

/* An evaluation that never was, and its progress. */
ur_progress ur_progress_begin(void);

/* trainer_measure.c */
ur_status ur_trainer_measure(ur_trainer *t, ur_error *error);

/* trainer_report.c */
ur_status ur_trainer_report_step(ur_trainer *t, ur_error *error);
ur_status ur_trainer_report_evaluation(ur_trainer *t, ur_error *error);

/* checkpoint.c */
ur_status ur_trainer_save(ur_trainer *t, ur_error *error);      /* last.safetensors */
ur_status ur_trainer_keep_best(ur_trainer *t, ur_error *error); /* model.safetensors */
/* Takes over from the checkpoint what the caller left open, where there is one to resume. */
ur_status ur_trainer_recall(ur_trainer *t, ur_error *error);
ur_status ur_trainer_resume(ur_trainer *t, ur_error *error); /* sets t->resumed where there was something */

/* average.c */
ur_status ur_trainer_make_average(ur_trainer *t, ur_error *error);
void ur_trainer_add_to_average(ur_trainer *t);
void ur_trainer_use_average(ur_trainer *t, bool use);

/* gates.c */
ur_status ur_trainer_make_gates(ur_trainer *t, ur_error *error);
void ur_trainer_look_at_gates(void *trainer, const ur_probing *seen); /* as a learner calls it */

#endif
