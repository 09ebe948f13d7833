/* A training on a full disk, which a limit on the size of files plays. Include after cmocka.h. */
#ifndef UR_TEST_FULL_DISK_H
#define UR_TEST_FULL_DISK_H

#include "../base/scratch.h"
#include "support/disk.h"
#include "support/ok.h"
#include "support/run.h"

/*
 * There is no space for a checkpoint: the error names the file, and no half-written file stays. Once there is space, the
 * run goes on. `folder` is the run folder, which does not exist yet.
 */
static inline void check_full_disk(ur_settings *settings, const char *folder)
{
    ur_trainer *t;
    ur_error error = {0};
    char last[600];
    snprintf(last, sizeof last, "%s/last.safetensors: ", folder);
    set_one(settings, "output", folder);
    set_more(settings, "--no-events --resume --steps 2 --eval-every 2");
    ok(ur_trainer_create(&t, settings, &error), &error);
    limit_files(700);
    ur_status status = train_to_end(t, &error);
    limit_files(0);
    ur_trainer_free(t);
    assert_int_equal(status, UR_ERR_IO);
    if (strncmp(error.text, last, strlen(last)) != 0) fail_msg("does not name the file: %s", error.text);
    assert_int_equal(entries_in(folder), 1); /* only the log */
    ok(ur_trainer_create(&t, settings, &error), &error);
    ok(train_to_end(t, &error), &error);
    ur_trainer_free(t);
    assert_int_equal(entries_in(folder), 3);
}

#endif
