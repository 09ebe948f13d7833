/* The settings that every task has: the run, the network, how long, learning, reports, the machine. */
#ifndef UR_TRAIN_RUN_SETTINGS_H
#define UR_TRAIN_RUN_SETTINGS_H

#include "base/setting.h"
#include "train/schedule.h"
#include "unroll_train.h"

/* As the rows of run_settings.c say. */
typedef struct ur_run_settings {
    const char *folder; /* NULL: nothing is kept */
    bool resume, overwrite;
    const char *preset, *init_from;

    const char *validation; /* data of its own; NULL: a share of the training data */
    double validation_share;

    const char *net, *cell, *hidden;
    size_t layers, embed;
    double dropout;
    double init_scale, remember; /* NaN: as ur_model_create leaves them */

    size_t batch;
    double epochs, minutes; /* NaN: no limit */
    uint64_t steps;
    size_t patience;
    double until; /* NaN: no */

    ur_learning learning;
    double average, smooth;
    ur_schedule schedule;
    size_t warmup, rate_every;
    double rate_floor, rate_factor;

    uint64_t evaluate_every, sample_every, save_every;
    bool no_events;
    const char *isa;
    ur_watcher watcher; /* no row: it decides nothing */
} ur_run_settings;

extern const ur_setting_table ur_run_setting_table;

/* Nobody has said how long it takes. */
static inline bool ur_run_is_endless(const ur_run_settings *run)
{
    return !run->steps && !(run->epochs > 0) && !(run->minutes > 0);
}

/* What no row can say of itself. */
ur_status ur_run_settings_check(const ur_run_settings *run, ur_error *error);

/* The setting `val-fold` of tasks that can hold out part I of K equal ones, "I/K": *part from 0. UR_ERR_USAGE for anything
 * else, and beside data to validate on (`other`: names of files to hold out, or NULL). */
ur_status ur_val_fold_read(const char *fold, const ur_run_settings *run, const char *other, size_t *part, size_t *parts,
                           ur_error *error);

#endif
