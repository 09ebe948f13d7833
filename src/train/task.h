/*
 * A task is a table: what a network is trained on and how it is judged. The trainer (trainer.h) knows nothing else of it,
 * and a task knows nothing of run folders, logs, schedules, checkpoints and resuming.
 *
 * A batch is known by (part, epoch, number): asked for the same one again, a task gives the same again, whatever came
 * between. So a run that is resumed needs to know no more of the data than where it stands.
 */
#ifndef UR_TRAIN_TASK_H
#define UR_TRAIN_TASK_H

#include "train/learner.h"
#include "train/settings.h"
#include "unroll_generate.h"

struct json_t;

typedef enum ur_part { UR_PART_TRAIN, UR_PART_VALIDATION, UR_PART_TEST, UR_PARTS } ur_part;

/* One batch, and what the trainer must know of it. What it points at is the task's, until its next batch. */
typedef struct ur_task_batch {
    ur_batch network;  /* what the network takes; the losses that count */
    bool fresh;        /* the states begin at zero instead of where the batch before ended */
    size_t carry_at;   /* the states are taken after so many steps; 0: at the end */
    bool silent;       /* nothing counts: the states move on, there is no update */
    const void *extra; /* the task's own */
} ur_task_batch;

/* Lanes of its states: those of the first line. */
static inline size_t ur_task_lanes(const ur_task_batch *batch) { return batch->network.input[0].lanes; }

/* A number by which a model is judged. */
typedef struct ur_metric {
    const char *name; /* NULL behind the last one */
    bool higher;      /* is better */
} ur_metric;
enum { UR_METRICS_MAX = 8 };

typedef struct ur_preset {
    const char *name, *line; /* "--batch 1 --bptt 25 …" */
} ur_preset;

/* What a setting of every task begins as in this one. */
typedef struct ur_own_default {
    const char *name, *value; /* "clip-norm", "5" */
} ur_own_default;

/* What the trainer builds the network from. */
typedef struct ur_net_request {
    char line[UR_LINE_TEXT_MAX];
    ur_sizes sizes;
    ur_sizes lines[UR_LINES_MAX]; /* room for sizes.lines */
} ur_net_request;

/* What a network made while it learnt: a text, and a grey picture where there is one; both are the task's, until its next
 * batch. */
typedef struct ur_shown {
    const char *text;
    size_t length;
    const unsigned char *pixel; /* (rows, columns), 0 to 255; NULL: none */
    size_t rows, columns;
} ur_shown;

/* Functions get `data`, which the trainer makes of data_size zeros, opens once and closes always. A pointer that may be NULL
 * says so. */
typedef struct ur_task {
    const char *name;                        /* the word behind `unroll train`, and in the model file */
    const char *(*counts)(const void *data); /* what is learnt from and speed is given in: "chars", "examples" */
    const char *use;                         /* what its models are for where they give no answers; NULL: they do */
    const ur_setting_table *settings;
    const ur_own_default *defaults; /* up to one without a name, here and below; NULL: those of all tasks */
    const ur_preset *presets;       /* NULL: none */
    size_t settings_size, data_size, tally_size;
    bool keeps_returns;                   /* a \r at the end of an item is part of it; else it is taken off */
    bool loops;                           /* `forward` alone knows what the lines read: no batch says all of it */
    bool carries;                         /* states go on from batch to batch, except where one is fresh */
    ur_metric metric[UR_METRICS_MAX + 1]; /* the first decides what is best, patience and the plateau schedule */

    /* Reads the data (settings->data). `from`: a model that is to be judged on them, whose vocabularies are taken; NULL in a
     * training, which makes its own. */
    ur_status (*open)(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
    void (*close)(void *data);
    /* Fills settings that were left open, by the size of the data (ur_settings_prefer, or the structs). */
    ur_status (*choose)(const void *data, ur_settings *settings, ur_error *error);
    /* What was found, in one line for people. */
    void (*describe)(const void *data, char *text, size_t size);
    /* One number for all that a part of the data holds; 0: there is no such part. */
    uint64_t (*hash)(const void *data, ur_part part);
    ur_status (*network)(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);
    /* Puts into the built model what its file tells: vocabularies, what it was trained on. Refuses a network that the task
     * cannot use. */
    ur_status (*record)(void *data, ur_model *model, ur_error *error);
    /* Changes the first weights of a model that begins; NULL: they stay as they were drawn. */
    ur_status (*initialize)(void *data, ur_model *model, ur_error *error);
    /* Once everything is decided and the model is there: makes ready to give batches, and says what `learning` needs (the
     * loss, counts). *first_loss: that of a network which knows nothing, where the smoothed loss begins; NaN as it is: the
     * first one. What `learning` points at stays until the data are closed. */
    ur_status (*prepare)(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                         ur_error *error);
    /* Batches of a part in an epoch; 0: there is no such part; UINT64_MAX: they never end. */
    uint64_t (*batches)(const void *data, ur_part part, uint64_t epoch);
    ur_status (*batch)(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                       ur_error *error);
    /* Loss of a batch on the pass's tape; NULL: that of the network with its losses. A loop of the task's own runs lines
     * with ur_line_run and ur_line_step (model/graph.h), into pass->output: a decoder that reads what it has said, say.
     * Random numbers are made of the tape's seed and step and of a place, so that a resumed run has the same ones. No
     * states are carried. */
    ur_status (*forward)(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                         ur_error *error);
    /* Adds what a batch's outputs (of each line) say to tally_size bytes that began as zeros; NULL: nothing. */
    ur_status (*tally)(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
    /* The metrics from that and from the sums of all batches. `more`: an object that takes what else is worth telling, where
     * somebody asked for it; else NULL. NULL: the mean loss is the only metric. */
    ur_status (*finish)(const void *data, const void *tally, const ur_window_result *all, double *metric,
                        struct json_t *more, ur_error *error);
    /* An item as a batch of one lane, to be looked into, until the next call: a line of text, or item `number` of the file of
     * that name. And step `step` of it as text. NULL: there is nothing to look into; steps are numbers. */
    ur_status (*look)(void *data, const ur_model *model, const char *item, size_t length, size_t number, ur_item *seen,
                      ur_error *error);
    const char *(*step_text)(const void *data, size_t step, size_t *length);
    const char *(*feature_text)(const void *data,
                                size_t feature); /* what a feature of its steps is of; NULL: they have no names */
    /* The text of a lane of the last batch, and where each of its steps ends in it, until the next call; *text NULL, and the row
     * NULL: steps are no text. */
    ur_status (*read_text)(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                           const uint32_t **end, ur_error *error);
    /* Of a task that writes with a decoder: what lane `lane` of the last batch is to be put into words, as people know it (a text,
     * the name of a file), until the next call; and a token that is written, *length 0: the end, NULL: an unknown one. NULL: the
     * task has no decoder. */
    ur_status (*source_text)(void *data, size_t lane, const char **text, size_t *length, ur_error *error);
    const char *(*token_text)(void *data, int32_t token, size_t *length);
    /* Answers one item, a line of text: all of it goes to the sink. `item` NULL: the end, where what waits is answered. NULL:
     * the task answers nothing. */
    ur_status (*answer)(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                        const ur_sink *sink, ur_error *error);
    /* Whether its model reads pictures, recordings or the like, which `answer_file` answers, and no lines of text; NULL: no. */
    bool (*takes_files)(const void *data);
    /* Bytes of an item of a stream where all have as many, a frame; NULL or 0: an item is a line of text. */
    size_t (*item_size)(const void *data);
    /* Answers all items of a file or folder, in their order. */
    ur_status (*answer_file)(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                             ur_error *error);
    /* Items answered so far that are longer than the model reads; NULL: it reads all. */
    size_t (*cut)(const void *data);
    /* The label of a text, and the probability of each; NULL: the task gives no labels. */
    ur_status (*label)(void *data, ur_learner *learner, const char *text, size_t length, size_t *label,
                       double *probabilities, ur_error *error);
    /* Grey pictures of the network's making, `count` of them: of data that were opened, its own of the first ones of them; else
     * new ones. `painted` begins as zeros, and is freed by the caller after a failure, too. NULL: the task makes none. */
    ur_status (*paint)(void *data, const ur_model *model, size_t count, uint64_t seed, ur_painted *painted,
                       ur_error *error);
    /* Something for people to see; NULL: there is nothing. */
    ur_status (*show)(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error);
} ur_task;

#endif
