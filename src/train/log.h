/* log.jsonl: one line of JSON for each report, appended. A resume cuts it back to the lines that the checkpoint
 * counted. */
#ifndef UR_TRAIN_LOG_H
#define UR_TRAIN_LOG_H

#include "train/append.h"

typedef struct ur_log_file {
    ur_append file;
    uint64_t lines; /* not bytes: the seconds in the lines differ from run to run, a checkpoint must not */
    bool lost;      /* the file was gone, and a new one begins */
} ur_log_file;

/* Opens the file, or creates it, and cuts it after `lines` lines. A missing file begins anew, since a checkpoint is
 * valid without it. A file with fewer lines is an error. */
ur_status ur_log_open(ur_log_file *log, const char *path, uint64_t lines, ur_error *error);
/* Appends a line. `text` comes without its line break. */
ur_status ur_log_add(ur_log_file *log, const char *text, ur_error *error);
void ur_log_close(ur_log_file *log);

#endif
