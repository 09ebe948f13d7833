/*
 * The trainer: runs the training of any task, as a sequence of events. It owns the folder, the log, the event file, the
 * length and the learning rate, averaged weights, evaluation, the checkpoint and the resume. The task (task.h) owns
 * what is trained on.
 *
 *   trainer.c            opens everything              trainer_next.c     what is due, one piece a call: begin here
 *   trainer_step.c       one update                    trainer_plan.c     rates, and how often each thing is done
 *   trainer_evaluate.c   evaluates on validation data  trainer_measure.c  --minutes as a number of steps
 *   trainer_report.c     log and event file            checkpoint.c       last.safetensors, model.safetensors
 *   average.c            averaged weights              gates.c            how often gates are open
 */
#ifndef UR_TRAIN_TRAINER_H
#define UR_TRAIN_TRAINER_H

#include "base/file.h"
#include "train/events.h"
#include "train/log.h"
#include "train/task.h"

#include <stdatomic.h>

/* How far a run is. Together with the weights, the optimiser's memory and the states, it is all that a resume needs. */
typedef struct ur_progress {
    uint64_t step;          /* number of updates */
    uint64_t epoch, number; /* position of the next batch; may be one past the last batch of the epoch */
    uint64_t items;
    double smooth;                 /* smoothed loss; NaN before the first */
    double best;                   /* best value of the task's first metric; NaN before the first */
    double metric[UR_METRICS_MAX]; /* metrics of the last evaluation, in the task's order; NaN before the first */
    uint64_t judged;               /* items in that evaluation */
    uint64_t stale;                /* evaluations since the best one */
    uint64_t plateau, drops;       /* evaluations since the rate fell or the metric improved; how often it fell */
    uint64_t measured_steps;       /* steps that --minutes became; 0 if none were measured */
    uint64_t evaluations;          /* evaluations planned with measured_steps; 0 for UR_EVALUATIONS */
    uint64_t log_lines, event_records;
    uint64_t clipped, reported; /* updates clipped since the last report, and the step of that report */
    unsigned due;               /* work that is due at this step: UR_DUE_… bits */
} ur_progress;

enum { UR_DUE_LOG = 1, UR_DUE_EVALUATION = 2, UR_DUE_SAMPLE = 4, UR_DUE_SAVE = 8, UR_DUE_END = 16 };

struct ur_trainer {
    const ur_task *task;
    ur_settings *settings; /* decided: nothing is left to choose */
    ur_run_settings *run;  /* the run settings within `settings` */
    void *data;            /* the task's data */
    bool opened;           /* the task's data were opened and must be closed */
    char *line;            /* the settings that decide the bits, as options */
    char described[1024];
    ur_model *model;
    ur_learner *learner;
    ur_state *state; /* the states in which the lanes of the last batch ended; NULL before the first */
    real *average;   /* averaged weights; NULL if there are none */
    real *spare;     /* holds the weights while the averaged ones are in use */
    bool averaged_in_use;
    ur_progress at;
    double first_loss; /* where the smoothed loss begins; NaN to begin at the first loss */
    ur_rate_plan rates;
    uint64_t first_samples[2]; /* steps of two early samples: one shows noise, one the first progress */
    ur_log_file log;
    ur_events events;
    ur_gate_share *gates; /* gate_count of them */
    size_t gate_count;
    bool gates_seen;
    ur_folder_lock lock;
    bool locked, ended, resumed, measuring;
    bool kept;           /* there is a checkpoint of this run */
    double loss;         /* loss of the last batch */
    double seconds;      /* that this process has spent on updates */
    uint64_t items_here; /* that this process has trained on */
    const char *reason;
    atomic_int stop;
};

/* In trainer_plan.c: plans steps, rates and intervals. Called again once --minutes has become a number of steps. */
enum { UR_BATCH_MOST = 65536, UR_EVALUATIONS = 16 }; /* evaluations in a run, unless settings say otherwise */
void ur_trainer_plan_run(ur_trainer *t);
double ur_trainer_epoch(const ur_trainer *t);

/* In trainer_step.c: one update. Silent batches before it are run as well. */
ur_status ur_trainer_step(ur_trainer *t, ur_error *error);

/* In trainer_evaluate.c: evaluates at most `most` batches of the validation set. Fills metric[0 …] in the task's order,
 * and *items with the number of items they cover. */
bool ur_trainer_validates(const ur_trainer *t);
ur_status ur_trainer_validate(ur_trainer *t, uint64_t most, double *metric, uint64_t *items, ur_error *error);

/* The progress of a run that has not begun. */
ur_progress ur_progress_begin(void);

/* trainer_measure.c */
ur_status ur_trainer_measure(ur_trainer *t, ur_error *error);

/* trainer_report.c */
ur_status ur_trainer_report_step(ur_trainer *t, ur_error *error);
ur_status ur_trainer_report_evaluation(ur_trainer *t, ur_error *error);

/* checkpoint.c */
ur_status ur_trainer_save(ur_trainer *t, ur_error *error);      /* last.safetensors */
ur_status ur_trainer_keep_best(ur_trainer *t, ur_error *error); /* model.safetensors */
/* If there is a checkpoint to resume from, takes the settings that the caller left open from it. */
ur_status ur_trainer_recall(ur_trainer *t, ur_error *error);
ur_status ur_trainer_resume(ur_trainer *t, ur_error *error); /* sets t->resumed if there was a checkpoint */

/* average.c */
ur_status ur_trainer_make_average(ur_trainer *t, ur_error *error);
void ur_trainer_add_to_average(ur_trainer *t);
void ur_trainer_use_average(ur_trainer *t, bool use);

/* gates.c */
ur_status ur_trainer_make_gates(ur_trainer *t, ur_error *error);
void ur_trainer_look_at_gates(void *trainer, const ur_probing *seen); /* called by a learner */

#endif
