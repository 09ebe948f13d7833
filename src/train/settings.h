/* The settings of one training: those that every task has, and the task's own; by name, and as a line of options. */
#ifndef UR_TRAIN_SETTINGS_H
#define UR_TRAIN_SETTINGS_H

#include "train/run_settings.h"

struct ur_task;

/* Texts that the settings own, each with the one before it. */
typedef struct ur_kept_text {
    struct ur_kept_text *before;
    char text[];
} ur_kept_text;

/* What a task reads, in the order given. */
typedef struct ur_words {
    const char **text;
    size_t count;
} ur_words;

/* Who said what a setting is: nobody yet, the run that is resumed, the caller. */
typedef enum ur_given { UR_GIVEN_OPEN, UR_GIVEN_BY_RUN, UR_GIVEN_BY_CALLER } ur_given;

struct ur_settings {
    const struct ur_task *task;
    ur_run_settings run;
    void *own;       /* the task's struct */
    ur_given *given; /* by row */
    ur_words data;
    ur_kept_text *texts;
};

/* The defaults of a task. */
ur_status ur_settings_make(ur_settings **settings, const struct ur_task *task, ur_error *error);
ur_status ur_settings_copy(ur_settings **settings, const ur_settings *from, ur_error *error);
/* The preset's settings where nothing else was given; refuses two that exclude each other. */
ur_status ur_settings_settle(ur_settings *settings, ur_error *error);
/* A text of the settings' own; NULL without memory. */
const char *ur_settings_keep(ur_settings *settings, const char *text);
bool ur_settings_given(const ur_settings *settings, const char *name); /* by the caller */
/* Takes what the caller left open from the recorded line of the run that is resumed, so that nothing is chosen anew. */
ur_status ur_settings_recall(ur_settings *settings, const char *began, ur_error *error);

/* Sets a value that the caller left open: what a task chooses. */
ur_status ur_settings_prefer(ur_settings *settings, const char *name, const char *value, ur_error *error);
ur_status ur_settings_prefer_number(ur_settings *settings, const char *name, double value, ur_error *error);

/* settings_line.c: what decides the bits of the run, "--net LINE --batch 64 …"; free() it. */
ur_status ur_settings_line(const ur_settings *settings, char **line, ur_error *error);
/* Refuses (UR_ERR_DATA, in the name of `path`) settings that decide other bits than the recorded line does. */
ur_status ur_settings_compare(const ur_settings *now, const char *began, const char *path, ur_error *error);

#endif
