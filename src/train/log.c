/* See log.h. */
#include "train/log.h"

#include "base/error.h"

#include <string.h>

/* Removes everything after the line break of line `lines`. */
static ur_status cut_behind(ur_log_file *log, uint64_t lines, ur_error *error)
{
    char piece[4096];
    off_t end = 0;
    size_t got;
    for (uint64_t found = 0; found < lines;) {
        UR_TRY(ur_append_read(&log->file, end, piece, sizeof piece, &got, error));
        if (got == 0)
            return ur_fail(error, UR_ERR_DATA,
                           "%s: has %llu lines, but the checkpoint knows of %llu; restore the whole log, remove it "
                           "(the run goes on with a new one), or start over with `overwrite`",
                           log->file.path, (unsigned long long)found, (unsigned long long)lines);
        for (size_t i = 0; i < got && found < lines; i++, end++) found += piece[i] == '\n';
    }
    return ur_append_cut(&log->file, end, error);
}

ur_status ur_log_open(ur_log_file *log, const char *path, uint64_t lines, ur_error *error)
{
    UR_TRY(ur_append_open(&log->file, path, error));
    log->lost = lines && ur_append_is_empty(&log->file);
    log->lines = log->lost ? 0 : lines;
    ur_status status = cut_behind(log, log->lines, error);
    if (status != UR_OK) ur_log_close(log);
    return status;
}

ur_status ur_log_add(ur_log_file *log, const char *text, ur_error *error)
{
    if (log->file.fd < 0) return UR_OK;
    UR_TRY(ur_append_put(&log->file, text, strlen(text), error));
    UR_TRY(ur_append_put(&log->file, "\n", 1, error));
    log->lines++;
    return UR_OK;
}

void ur_log_close(ur_log_file *log) { ur_append_close(&log->file); }
