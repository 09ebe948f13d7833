/* log.jsonl: a line of JSON per report, appended; a resume cuts it back to what the checkpoint knew. */
#ifndef UR_TRAIN_LOG_H
#define UR_TRAIN_LOG_H

#include "train/append.h"

typedef struct ur_log_file {
    ur_append file;
    uint64_t lines; /* lines and not bytes: the seconds in them are not the same in each run, a checkpoint must be */
    bool lost;      /* it was gone, and begins anew */
} ur_log_file;

/* Opens (makes) the file and cuts it behind `lines` lines. One that is gone begins anew: a checkpoint is sound without it.
 * One with fewer lines is an error. */
ur_status ur_log_open(ur_log_file *log, const char *path, uint64_t lines, ur_error *error);
/* Appends a line; `text` without its line break. */
ur_status ur_log_add(ur_log_file *log, const char *text, ur_error *error);
void ur_log_close(ur_log_file *log);

#endif
