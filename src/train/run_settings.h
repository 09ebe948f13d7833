/* The settings that every task has: the run, the network, how long, learning, reports, the machine. */
#ifndef UR_TRAIN_RUN_SETTINGS_H
#define UR_TRAIN_RUN_SETTINGS_H

#include "base/setting.h"
#include "train/schedule.h"
#include "unroll_train.h"

/* Settings; see the rows of run_settings.c. */
typedef struct ur_run_settings {
    const char *folder; /* NULL if nothing is kept */
    bool resume, overwrite;
    const char *preset, *init_from;

    const char *validation; /* separate validation data, or NULL to use a share of the training data */
    double validation_share;

    const char *net, *cell, *hidden;
    size_t layers, embed;
    double dropout;
    double init_scale, remember; /* NaN to keep what ur_model_create set */

    size_t batch;
    double epochs, minutes; /* NaN for no limit */
    uint64_t steps;
    size_t patience;
    double until; /* NaN if not set */

    ur_learning learning;
    double average, smooth;
    ur_schedule schedule;
    size_t warmup, rate_every;
    double rate_floor, rate_factor;

    uint64_t evaluate_every, sample_every, save_every;
    bool no_events;
    const char *isa;
    ur_watcher watcher; /* has no row, since it does not affect the result */
} ur_run_settings;

extern const ur_setting_table ur_run_setting_table;

/* Whether nothing says when the run ends. */
static inline bool ur_run_is_endless(const ur_run_settings *run)
{
    return !run->steps && !(run->epochs > 0) && !(run->minutes > 0);
}

/* Checks what a single row cannot. */
ur_status ur_run_settings_check(const ur_run_settings *run, ur_error *error);

/* Gets the width that `hidden` gives, for a network whose recurrent layers are all equally wide. UR_ERR_USAGE if it gives
 * several. */
ur_status ur_run_width(const ur_run_settings *run, size_t *width, ur_error *error);

/* Reads the setting `val-fold`, "I/K", of tasks that can hold out part I of K equal parts. *part counts from 0.
 * UR_ERR_USAGE for any other text, and if there are other validation data (`other`: names of files to hold out, or
 * NULL). */
ur_status ur_val_fold_read(const char *fold, const ur_run_settings *run, const char *other, size_t *part, size_t *parts,
                           ur_error *error);

#endif
