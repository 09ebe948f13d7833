/* The settings of one training run: those that every task has, and the task's own. They are reached by name, or written
 * as a line of options. */
#ifndef UR_TRAIN_SETTINGS_H
#define UR_TRAIN_SETTINGS_H

#include "train/run_settings.h"

struct ur_task;

/* The texts that the settings own, as a linked list. */
typedef struct ur_kept_text {
    struct ur_kept_text *before;
    char text[];
} ur_kept_text;

/* The paths of the data that a task reads, in the order given. */
typedef struct ur_words {
    const char **text;
    size_t count;
} ur_words;

/* Who set a setting: nobody yet, the run that is resumed, or the caller. */
typedef enum ur_given { UR_GIVEN_OPEN, UR_GIVEN_BY_RUN, UR_GIVEN_BY_CALLER } ur_given;

struct ur_settings {
    const struct ur_task *task;
    ur_run_settings run;
    void *own;       /* the task's own struct */
    ur_given *given; /* one per row */
    ur_words data;
    ur_kept_text *texts;
};

/* The defaults that a task has for the settings that all tasks have. Needs no memory. */
ur_status ur_run_defaults(const struct ur_task *task, ur_run_settings *run, ur_error *error);
/* Creates the settings of a task with their defaults. */
ur_status ur_settings_make(ur_settings **settings, const struct ur_task *task, ur_error *error);
ur_status ur_settings_copy(ur_settings **settings, const ur_settings *from, ur_error *error);
/* Fills in the preset's settings where nothing else was given. Refuses two settings that exclude each other. */
ur_status ur_settings_settle(ur_settings *settings, ur_error *error);
/* Copies a text into the settings, which own the copy. NULL if there is no memory. */
const char *ur_settings_keep(ur_settings *settings, const char *text);
bool ur_settings_given(const ur_settings *settings, const char *name); /* whether the caller set it */
/* Takes what the caller left open from the recorded line of the run that is resumed, so that nothing is chosen anew. */
ur_status ur_settings_recall(ur_settings *settings, const char *began, ur_error *error);

/* Sets a value that the caller left open. Tasks use it for the values that they choose. */
ur_status ur_settings_prefer(ur_settings *settings, const char *name, const char *value, ur_error *error);
ur_status ur_settings_prefer_number(ur_settings *settings, const char *name, double value, ur_error *error);

/* In settings_line.c: the settings that decide the bits of the run, as "--net LINE --batch 64 …". The caller frees it
 * with free(). */
ur_status ur_settings_line(const ur_settings *settings, char **line, ur_error *error);
/* Returns UR_ERR_DATA, naming `path`, if the settings would give other bits than the recorded line. */
ur_status ur_settings_compare(const ur_settings *now, const char *began, const char *path, ur_error *error);

#endif
