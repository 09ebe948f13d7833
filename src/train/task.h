/*
 * A task is a table: what a network is trained on, and how it is judged. The trainer (trainer.h) knows nothing else
 * about the task. A task knows nothing of run folders, logs, schedules, checkpoints and resuming.
 *
 * A batch is identified by (part, epoch, number). A task that is asked for the same batch again gives the same batch,
 * whatever came in between. So a run that is resumed needs to know no more about the data than its position.
 */
#ifndef UR_TRAIN_TASK_H
#define UR_TRAIN_TASK_H

#include "net/writing.h"
#include "train/learner.h"
#include "train/settings.h"
#include "unroll_generate.h"

struct json_t;

typedef enum ur_part { UR_PART_TRAIN, UR_PART_VALIDATION, UR_PART_TEST, UR_PARTS } ur_part;

/* One batch, and what the trainer must know about it. The task owns the memory it points to, which is valid until the
 * task's next batch. */
typedef struct ur_task_batch {
    ur_batch network;  /* the network's input, and the losses that count */
    bool fresh;        /* the states begin at zero, not where the batch before ended */
    size_t carry_at;   /* steps after which the states are taken; 0 for the end */
    bool silent;       /* nothing counts: the states move on, but there is no update */
    const void *extra; /* for the task's own use */
} ur_task_batch;

/* Lanes of the carried states: those of the first line. */
static inline size_t ur_task_lanes(const ur_task_batch *batch) { return batch->network.input[0].lanes; }

/* A number by which a model is judged. */
typedef struct ur_metric {
    const char *name; /* NULL after the last one */
    bool higher;      /* whether higher values are better */
} ur_metric;
enum { UR_METRICS_MAX = 8 };

typedef struct ur_preset {
    const char *name, *line; /* "--batch 1 --bptt 25 …" */
} ur_preset;

/* A task's own default for a setting that all tasks have. */
typedef struct ur_own_default {
    const char *name, *value; /* "clip-norm", "5" */
} ur_own_default;

/* What the trainer builds the network from. */
typedef struct ur_net_request {
    char line[UR_LINE_TEXT_MAX];
    ur_sizes sizes;
    ur_sizes lines[UR_LINES_MAX]; /* space for sizes.lines */
} ur_net_request;

/* What a network produced during training: a text, and a grey picture if there is one. The task owns both; they are
 * valid until its next batch. */
typedef struct ur_shown {
    const char *text;
    size_t length;
    const unsigned char *pixel; /* (rows, columns), 0 to 255; NULL if there is no picture */
    size_t rows, columns;
} ur_shown;

/* The functions take `data`. The trainer allocates it as data_size zeros, opens it once and always closes it. A
 * function pointer may be NULL only if its comment says so. */
typedef struct ur_task {
    const char *name;                        /* the word after `unroll train`, and in the model file */
    const char *(*counts)(const void *data); /* the unit in which items and speed are counted: "chars", "examples" */
    const char *use;                         /* what its models are for, if they give no answers; NULL if they do */
    const char *instead_of_look;             /* what shows where its models look, if there is no `look`; may be NULL */
    ur_answer_kind answers;                  /* what `answer` gives */
    const ur_setting_table *settings;
    const ur_own_default *defaults; /* defaults of its own; ends with one without a name, or NULL if there are none */
    const ur_preset *presets;       /* ends with one without a name, or NULL if there are none */
    size_t settings_size, data_size, tally_size;
    bool language;   /* its models are language models */
    bool keeps_ends; /* line ends belong to an item of text; else they are removed */
    bool loops;      /* only `forward` knows what the lines read: no batch describes it completely */
    bool carries;    /* states carry over from batch to batch, unless a batch is fresh */
    ur_metric metric[UR_METRICS_MAX + 1]; /* the first decides what is best, patience and the plateau schedule */

    /* Reads the data (settings->data). `from` is a model to be judged on them, whose vocabularies are used. It is NULL
     * in training, where the task makes its own. */
    ur_status (*open)(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
    void (*close)(void *data);
    /* Chooses, by the size of the data, the settings that were left open (with ur_settings_prefer, or in the
     * structs). */
    ur_status (*choose)(const void *data, ur_settings *settings, ur_error *error);
    /* A line for people that says what was found in the data. */
    void (*describe)(const void *data, char *text, size_t size);
    /* A hash of everything in one part of the data; 0 if there is no such part. */
    uint64_t (*hash)(const void *data, ur_part part);
    /* Gives the sizes. Writes request->line (net/writing.h), unless it holds the network that the user gave. */
    ur_status (*network)(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);
    /* Puts into the built model what its file will say: vocabularies, and what it was trained on. Refuses a network
     * that the task cannot use. */
    ur_status (*record)(void *data, ur_model *model, ur_error *error);
    /* Changes the initial weights of a new model; NULL to keep them as they were drawn. */
    ur_status (*initialize)(void *data, ur_model *model, ur_error *error);
    /* Called once everything is decided and the model exists. Gets ready to give batches, and fills in what `learning`
     * needs (the loss, counts). *first_loss is the loss of an untrained network, where the smoothed loss begins; leave
     * it NaN to begin at the first loss. What `learning` points to stays valid until the data are closed. */
    ur_status (*prepare)(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                         ur_error *error);
    /* The number of batches of a part in an epoch; 0 if there is no such part; UINT64_MAX if they never end. */
    uint64_t (*batches)(const void *data, ur_part part, uint64_t epoch);
    ur_status (*batch)(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                       ur_error *error);
    /* The loss of a batch on the pass's tape; NULL for that of the network with its losses. A task's own loop, such as
     * a decoder that reads its own output, runs lines with ur_line_run and ur_line_step (model/graph.h), into
     * pass->output. It makes random numbers from the tape's seed and step and from a position, so that a resumed run
     * has the same ones. No states are carried. */
    ur_status (*forward)(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                         ur_error *error);
    /* Adds the results of a batch's outputs (one per line) to a tally of tally_size bytes, which began as zeros. NULL
     * if the task keeps no tally. */
    ur_status (*tally)(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
    /* Computes the metrics from the tally and from the sums over all batches. `more` is an object to which further
     * results are added, or NULL if nobody asked for them. If the function is NULL, the mean loss is the only
     * metric. */
    ur_status (*finish)(const void *data, const void *tally, const ur_window_result *all, double *metric,
                        struct json_t *more, ur_error *error);
    /* `look` gives an item as a batch of one lane, to be inspected; it is valid until the next call. The item is a line
     * of text, or item `number` of the file of that name. `step_text` gives step `step` of the item as text. `look` is
     * NULL if the task's items cannot be inspected; `step_text` is NULL if steps are numbers. */
    ur_status (*look)(void *data, const ur_model *model, const char *item, size_t length, size_t number, ur_item *seen,
                      ur_error *error);
    const char *(*step_text)(const void *data, size_t step, size_t *length);
    const char *(*feature_text)(const void *data,
                                size_t feature); /* name of a feature of the steps; NULL if there are none */
    /* The text of a lane of the last batch, and the offset at which each of its steps ends. Both are valid until the
     * next call. *text is NULL, or the function is NULL, if the steps are not text. */
    ur_status (*read_text)(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                           const uint32_t **end, ur_error *error);
    /* For a task that writes with a decoder. `source_text` gives the source of lane `lane` of the last batch in a form
     * that people know (a text, or the name of a file); it is valid until the next call. `token_text` gives a token of
     * the output: *length is 0 for the end token, and the result is NULL for an unknown one. NULL if the task has no
     * decoder. */
    ur_status (*source_text)(void *data, size_t lane, const char **text, size_t *length, ur_error *error);
    const char *(*token_text)(void *data, int32_t token, size_t *length);
    /* Answers one item, a line of text. The whole answer goes to the sink. With `item` NULL, which marks the end, it
     * answers the items that still wait. NULL if the task gives no answers. */
    ur_status (*answer)(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                        const ur_sink *sink, ur_error *error);
    /* Whether the model reads pictures, recordings or the like, which `answer_file` answers, and not lines of text;
     * NULL for no. */
    bool (*takes_files)(const void *data);
    /* Bytes per item of a stream whose items are frames of one size. NULL, or a result of 0: an item is a line of
     * text. */
    size_t (*item_size)(const void *data);
    /* Answers all items of a file or folder, in their order. */
    ur_status (*answer_file)(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                             ur_error *error);
    /* Number of items answered so far that were longer than the model reads; NULL if it reads everything. */
    size_t (*cut)(const void *data);
    /* The label of a text, and the probability of each label; NULL if the task gives no labels. */
    ur_status (*label)(void *data, ur_learner *learner, const char *text, size_t length, size_t *label,
                       double *probabilities, ur_error *error);
    /* Makes `count` grey pictures with the network. If data were opened, it reconstructs the first `count` of their
     * pictures; else it draws new ones. `painted` begins as zeros; the caller frees it, after a failure, too. NULL if
     * the task makes no pictures. */
    ur_status (*paint)(void *data, const ur_model *model, size_t count, uint64_t seed, ur_painted *painted,
                       ur_error *error);
    /* Something to show to people during training; NULL if there is nothing. */
    ur_status (*show)(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error);
} ur_task;

#endif
