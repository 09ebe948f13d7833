/* Settings of a training, for tests. A setting that cannot be set fails the test. */
#ifndef UR_TEST_RUN_H
#define UR_TEST_RUN_H

#include "unroll_train.h"

/* Returns the settings of a language model on the text at `path`, with a line of further settings. */
ur_settings *lm_settings(const char *path, const char *line);
/* Adds a line of settings, formatted as by printf. */
void set_more(ur_settings *settings, const char *format, ...) UR_PRINTF(2, 3);
/* Sets one setting to any text. */
void set_one(ur_settings *settings, const char *name, const char *value);

/* Trains to the end. */
ur_status train_to_end(ur_trainer *trainer, ur_error *error);

#endif
