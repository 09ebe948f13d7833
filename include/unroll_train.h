/*
 * unroll_train.h: build, train and save recurrent networks. Everything that only runs them is in unroll.h.
 *
 * In the order in which a reader needs it: 1 build a network, 2 its parameters, 3 batches, 4 learn from batches, 5
 * train a task from data, 6 evaluate text, 7 one cell by hand.
 *
 * Errors, shapes and ownership as in unroll.h. An object here is used by one thread at a time; it may use several
 * threads inside. Equal seeds, data and settings give equal bits, whatever the number of threads and the machine.
 */
#ifndef UNROLL_TRAIN_H
#define UNROLL_TRAIN_H

#include "unroll.h"

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- 1. Build ---------------------------------------------------------------------------------------------------- */

enum { UR_MAX_LINES = 8 }; /* of a network */

/* Name of cell i, as network lines have it; NULL after the last. */
UR_API const char *ur_cell_name(size_t i);

/* Sizes that the data fixes and a network line may leave out. 0: not known, an error where it is needed. */
typedef struct ur_sizes {
    size_t symbols;                 /* different ids: V of `onehot` and `embed` */
    size_t features;                /* numbers a step takes, for a line that begins with neither */
    size_t rows, columns, channels; /* the same numbers as a picture, (rows, columns, channels), which `conv` and `pool`
                                       need; rows 0: they are none; channels 0: 1 */
    size_t outputs;                 /* N of a last `dense` without a number; here that of the last line alone */
    const struct ur_sizes *lines; /* those of each line by itself, in the order written, as many as there are; what is 0
                                     there is taken from above. NULL: above all stand for every line */
} ur_sizes;

/* Builds a network from its line (docs/network-line.md), for example "embed 64 > lstm 512 x2 drop=0.4 > dense". Weights
 * are drawn from `seed`: recurrent and dense ones uniform in ±1/√(inputs of the layer's recurrent or dense part) as
 * PyTorch does, embeddings N(0, 1), or, with init_scale > 0, all weights init_scale·N(0, 1) and all biases 0. */
UR_API ur_status ur_model_create(ur_model **model, const char *net, const ur_sizes *sizes, uint64_t seed,
                                 double init_scale, const char *isa, ur_error *error);

/* The sizes that a model was built with, for ur_model_create: another network of the same. lines: room for the sizes of each
 * line, which sizes->lines is set to. */
UR_API void ur_model_sizes(const ur_model *model, ur_sizes *sizes, ur_sizes lines[UR_MAX_LINES]);

/* Writes the model file: whole, or not at all. UR_ERR_NUMERIC for weights that are not finite, which no reader takes. */
UR_API ur_status ur_model_save(const ur_model *model, const char *path, ur_error *error);

/* Gives a model that takes ids its tokens of text (kind "char", "byte", "word", or "whole" for words that are cut already), in the order of the ids: then it can be
 * saved with them and fed through ur_encode. `unknown`: one more id, the last, stands for everything else. The count must
 * be the network's number of symbols. */
UR_API ur_status ur_model_set_tokens(ur_model *model, const char *kind, const char *const *texts, size_t count,
                                     bool unknown, ur_error *error);

/* The same for one of several lines, in the order written. */
UR_API ur_status ur_model_set_line_tokens(ur_model *model, size_t line, const char *kind, const char *const *texts,
                                          size_t count, bool unknown, ur_error *error);

/* The JSON record that ur_model_save would write (task, tokens, what it was trained on; its probe is computed anew), as
 * text; free() it. NULL without memory. */
UR_API char *ur_model_record(const ur_model *model);

/* ---- 2. Parameters ----------------------------------------------------------------------------------------------- */

/* A view: valid as long as the model. PyTorch's names, shapes and gate orders. */
typedef struct ur_parameter {
    const char *name; /* "rnn.weight_ih_l0" */
    size_t rank, shape[4], size;
    ur_real *value;
    const ur_real *gradient; /* of the last batch learnt from, before clipping; NULL if there is none */
} ur_parameter;

/* Parameter i; false after the last. In the order of the network line; of a recurrent layer weight_ih, weight_hh, bias_ih,
 * bias_hh. shape[1] of a vector is 1, and so are shape[2] and [3] of all but filters, (N, C, H, W). */
UR_API bool ur_model_parameter(ur_model *model, size_t i, ur_parameter *parameter);
/* To be called after writing into a parameter's values. */
UR_API void ur_model_changed(ur_model *model);

/* Sets the biases of gates so that the units of each LSTM and GRU layer begin by keeping what they hold for 1 to `steps`
 * steps, the logarithm of which is drawn uniformly from `seed` (after Tallec & Ollivier 2018); with the usual first weights
 * it is about two steps for all. steps <= 1, and cells that have no such gates: nothing changes. Not while others use the
 * model. */
UR_API void ur_model_remember(ur_model *model, double steps, uint64_t seed);

/* ---- 3. Batches -------------------------------------------------------------------------------------------------- */

/* The input of one line of the network: (T, B) ids or (T, B, F) numbers. A line that begins with `join` has the steps,
 * lanes and lengths of the line that it joins; where that one leaves one step, and this one has steps, it needs its
 * own. */
typedef struct ur_sequences {
    size_t steps, lanes; /* T, B */
    const int32_t *ids;
    const ur_real *values;
    const int32_t *lengths; /* (B): lane b has 1 ≤ lengths[b] ≤ T steps; NULL: all have T. What stands behind a lane's
                               end is not used, but ids there must be valid ones too */
    const int32_t
        *lane_of; /* (T, B), for a line that joins one with a lane for each place (words and their characters):
                               which lane of that line a place takes; NULL: its own */
} ur_sequences;

/* What a line's outputs are compared with. Softmax and sigmoid take logits: the line ends in a dense layer without an
 * activation. (UR_LOSS_SIGMOID also takes a `dense 1 sigmoid`: it then works on what goes into the sigmoid.) */
typedef enum ur_loss {
    UR_LOSS_SOFTMAX, /* cross-entropy; ids: the right class */
    UR_LOSS_SIGMOID, /* binary cross-entropy; numbers, 0 to 1 */
    UR_LOSS_SQUARED, /* (y − target)²; numbers */
    UR_LOSS_CRF, /* of a line that ends in `crf`: −log p of the whole sequence; ids: the right labels, −1: any */
    UR_LOSS_QUANTILE, /* q·e where e = target − y is above 0, (q − 1)·e elsewhere; numbers, each with an output for each
                         of the target's `levels`, side by side. Without levels half the absolute error, |e|/2 */
    UR_LOSS_CTC /* of a line that ends in `ctc`: −log p of the labels; ids (L, B): the labels one after the other, each below
                   the blank, which is the last output. `steps` is L, and `lengths` says how many of them a lane has, 0 or
                   more. A lane needs a step for each label, and one between two equal neighbours: else UR_ERR_DATA */
} ur_loss;

/* The targets of one line: (T, B) ids or (T, B, outputs) numbers with that line's T and B; T is 1 behind `last`. What
 * stands behind a lane's end does not count and is not looked at. */
typedef struct ur_target {
    size_t line; /* of the network, in the order written */
    ur_loss loss;
    double weight;          /* the loss is multiplied by it; 0 is read as 1 */
    const int32_t *ids;     /* −1 where nothing counts; any other negative id is UR_ERR_DATA */
    const ur_real *values;  /* NaN where nothing counts */
    size_t steps;           /* T of the targets; 0: the outputs' */
    const int32_t *lengths; /* (B) of the targets; NULL: the line's */
    const ur_real
        *weights;     /* (T, B): the loss of each place is multiplied by it; a mean is still one over all places that
                               count. NULL: 1 */
    double smoothing; /* of softmax and sigmoid, 0 ≤ ε < 1: the right class is wanted with 1 − ε, and ε is shared out
                               over all of them, as over both of a sigmoid (Szegedy et al. 2016) */
    const double *levels; /* UR_LOSS_QUANTILE: level_count of them, each between 0 and 1 */
    size_t level_count;
} ur_target;

/* One batch. input[i] is the network's line i, in the order written; most have one. Each target is a line's, and no
 * line has two. Everything a batch points at stays the caller's. */
typedef struct ur_batch {
    ur_sequences input[UR_MAX_LINES];
    ur_target target[UR_MAX_LINES]; /* none is needed where nothing is learnt or evaluated */
    size_t target_count;
    bool carry; /* go on from where the lanes of the last batch learnt from ended (truncated BPTT) instead of from zero;
                   that one must have had as many lanes, and all lines of both as many as each other */
} ur_batch;

/* A batch of random ids and numbers that a network takes, to try it without data. Its lanes end at different steps. Each line
 * that no later one reads has a target: classes behind a plain dense layer, labels before `crf` and `ctc`, else numbers. Equal
 * seeds give equal batches. The model must outlive it. */
typedef struct ur_trial ur_trial;
UR_API ur_status ur_trial_create(ur_trial **trial, const ur_model *model, size_t lanes, size_t steps, uint64_t seed,
                                 ur_error *error);
UR_API void ur_trial_free(ur_trial *trial);                   /* NULL is allowed */
UR_API const ur_batch *ur_trial_batch(const ur_trial *trial); /* the trial's */

/* ---- 4. Learn ---------------------------------------------------------------------------------------------------- */

typedef enum ur_optimizer { UR_SGD, UR_ADAGRAD, UR_RMSPROP, UR_ADAM, UR_ADAMW } ur_optimizer;

typedef struct ur_learning {
    bool sum;       /* each target's loss is summed over what counts instead of averaged */
    size_t sampled; /* softmax of the last line: learn from the target and so many other outputs, drawn anew for each
                       update; 0, or as many as there are: from all. Evaluation always takes all */
    const uint64_t *counts; /* how often each output is a target: frequent ones are drawn more often; NULL: all alike.
                               Read by ur_learner_create alone */
    ur_optimizer optimizer;
    double rate;     /* learning rate */
    double momentum; /* SGD; nesterov: Nesterov's form of it */
    bool nesterov;
    double beta1, beta2; /* Adam; beta2 also RMSprop's smoothing */
    double epsilon;
    bool epsilon_inside; /* inside the root, as min-char-rnn has it */
    double weight_decay;
    double clip_norm;  /* the gradient's global L2 norm is held at this; 0: not */
    double clip_value; /* each element is held within ± this; 0: not */
    bool one_bias;     /* of a cell's two biases, which are added, only bias_ih learns: as with the one of textbooks */
    uint64_t seed;     /* of dropout masks and sampled outputs */
    size_t threads;    /* 0: as many as the machine has cores, at most 16 */
} ur_learning;

/* Mean, Adam 2e-3 (0.9, 0.999, 1e-8), clipped to norm 1, seed 1. */
UR_API ur_learning ur_learning_default(void);

typedef struct ur_learner ur_learner;

/* The model stays the caller's, must outlive the learner and must not be stepped while ur_learn runs. */
UR_API ur_status ur_learner_create(ur_learner **learner, ur_model *model, const ur_learning *learning, ur_error *error);
UR_API void ur_learner_free(ur_learner *learner);

/* One update: forward, loss, backward through the whole window, clip, optimiser step. *loss (may be NULL) is that
 * before the update, Σ weight·loss over the batch's targets, each a mean over what counts, or a sum; 0 where none
 * counts. A loss or gradient that is not finite is UR_ERR_NUMERIC naming step and tensor; the weights stay as they
 * were, and the next batch begins from zero states even where it carries. */
UR_API ur_status ur_learn(ur_learner *learner, const ur_batch *batch, double *loss, ur_error *error);
/* The loss without learning, dropout off. Carried states are read, not changed. UR_ERR_NUMERIC, here and of ur_predict, where
 * numbers grow without bound: it names the layer. */
UR_API ur_status ur_evaluate(ur_learner *learner, const ur_batch *batch, double *loss, ur_error *error);
/* What the network's last line gives, dropout off: out (T, B, outputs), or (B, outputs) where it leaves one step; not
 * meaningful behind a lane's end. */
UR_API ur_status ur_predict(ur_learner *learner, const ur_batch *batch, ur_real *out, ur_error *error);
/* The same of any line. */
UR_API ur_status ur_predict_line(ur_learner *learner, const ur_batch *batch, size_t line, ur_real *out,
                                 ur_error *error);
/* The likeliest label of a line at each of its places: labels (T, B), or (B) where it leaves one step; -1 behind a lane's
 * end. Where the line ends in `crf`, those of the likeliest sequence (Viterbi); where it ends in `ctc`, what the likeliest path says, one label after the other from step 0
 * on, and -1 behind them; else the largest output. */
UR_API ur_status ur_predict_labels(ur_learner *learner, const ur_batch *batch, size_t line, int32_t *labels,
                                   ur_error *error);

UR_API void ur_learner_set_rate(ur_learner *learner, double rate);
UR_API double ur_learner_gradient_norm(const ur_learner *learner); /* of the last ur_learn, before clipping */

/* Follows calls that read much, and says where they may put what does not fit into memory. */
typedef struct ur_watcher {
    /* Called now and then: which share is done of the work ("reading the text"). False ends the call with
     * UR_ERR_INTERRUPTED. NULL: it goes on. */
    bool (*go_on)(void *context, const char *work, double share);
    /* Is told what of folders is not read, if anything, in a line for people; NULL: nobody. (A training has it in
     * ur_plan.data.) */
    void (*tell)(void *context, const char *text);
    void *context;
    /* A folder for temporary files, as long as the data are open: what was unpacked, large tables. NULL: /tmp. */
    const char *temporary;
} ur_watcher;

/* ---- 5. Train a task --------------------------------------------------------------------------------------------- */

/* Task i by its name, such as "lm" (a language model); NULL after the last. */
UR_API const char *ur_task_name(size_t i);
/* What models of the task are for, in a clause: "unroll predict answers with it"; NULL: there is no such task. */
UR_API const char *ur_task_use(const char *task);

/* Everything that one training can be told: the data, and settings by name. Those that are not set are chosen by the size of
 * the data. Used by one thread at a time. */
typedef struct ur_settings ur_settings;

/* The defaults of a task. UR_ERR_USAGE lists the tasks there are. */
UR_API ur_status ur_settings_create(ur_settings **settings, const char *task, ur_error *error);
UR_API void ur_settings_free(ur_settings *settings); /* NULL is allowed */

/* A file or folder to learn from; the path is copied. Several are read in this order. */
UR_API ur_status ur_settings_add_data(ur_settings *settings, const char *path, ur_error *error);

/* Sets one value, as text: ur_settings_set(s, "batch", "64", &error). The names are the options that `unroll help train
 * TASK` lists, without their dashes; one without a value is set to "yes" or "no". The text is copied. UR_ERR_USAGE says what
 * is allowed; the settings are as before then. Messages write a setting as `name`. */
UR_API ur_status ur_settings_set(ur_settings *settings, const char *name, const char *value, ur_error *error);

/* Sets several, as one types them: "--batch 64 --one-bias --net 'embed 32 > gru 64 > dense'". Those before an error are
 * set. */
UR_API ur_status ur_settings_read(ur_settings *settings, const char *line, ur_error *error);

/* Row i of the table behind the names (type, range, default, help: base/setting.h), for programs that show it; NULL after the
 * last. And the struct that its value stands in. */
struct ur_setting;
UR_API const struct ur_setting *ur_settings_row(const ur_settings *settings, size_t i);
UR_API const void *ur_settings_values(const ur_settings *settings, size_t i);

/* What the setting "preset" stands for, as a line of settings; NULL: it is not set, or unknown. */
UR_API const char *ur_settings_preset(const ur_settings *settings);

/* The settings with which a model was trained, as its file has them, without data: to judge it on others. UR_ERR_DATA: it was
 * trained on no task of this library, or with settings that are not known (any more). */
UR_API ur_status ur_settings_of_model(ur_settings **settings, const ur_model *model, ur_error *error);

/* Judges a model of a task on all data of the settings: *json is one object with what `unroll eval --json` prints for that
 * task; free() it. The model must not be used meanwhile. */
UR_API ur_status ur_judge(ur_model *model, const ur_settings *settings, char **json, ur_error *error);

/* A model of a task that answers items: a label for each line of text, for example. */
typedef struct ur_answerer ur_answerer;

/* The settings are those of the model (ur_settings_of_model), without data. It takes one thread, or as many as the setting
 * "threads" was given (an item of 20 steps gains from two with 128 neurons or more). The model must outlive the answerer and must
 * not be used meanwhile. `json`: each answer is an object on a line of its own. UR_ERR_UNSUPPORTED for a task that answers
 * nothing. */
UR_API ur_status ur_answerer_create(ur_answerer **answerer, ur_model *model, const ur_settings *settings, bool json,
                                    ur_error *error);
UR_API void ur_answerer_free(ur_answerer *answerer); /* NULL is allowed */

/* An item as its network takes it, to be looked into (unroll_inspect.h). */
typedef struct ur_item {
    ur_batch batch;     /* of one lane; valid until the answerer's next call */
    size_t line, steps; /* the line that reads it, and its steps: words, frames */
    size_t answers;     /* the line that gives the labels (ur_model_label), … */
    bool each_step,
        apart; /* … one at each step, or else one for all. apart: there are blanks between steps that are text */
    /* Of a model that gives numbers in place of labels: how many (else 0), number i being output first + i · stride of the last
     * step, and what they are of. */
    size_t numbers, first, stride;
    const char *name;
} ur_item;

/* A line of text for a model that reads text; for others item `number`, from 0, of the file or folder of that name: a clip, a
 * picture, a recording, or the end of a series as the channel of that number is forecast from it.
 * UR_ERR_UNSUPPORTED for a task without such items; UR_ERR_USAGE where there is no such number. */
UR_API ur_status ur_answerer_look(ur_answerer *answerer, const char *item, size_t length, size_t number, ur_item *seen,
                                  ur_error *error);
/* Step `step` of the item that was looked at last, as text, whether the model knows it or not; NULL: it is numbers. */
UR_API const char *ur_answerer_step(const ur_answerer *answerer, size_t step, size_t *length);
/* What feature `feature` of its steps' numbers is of: a channel of a series; NULL: it has no name. */
UR_API const char *ur_answerer_feature(const ur_answerer *answerer, size_t feature);

/* Label i of a classifier or tagger, in the order of its outputs; NULL after the last, and for a model without labels. */
UR_API const char *ur_model_label(const ur_model *model, size_t i);

/* Answers a line of text, `length` bytes without its line break, through the sink (unroll_generate.h). `item` NULL: there are
 * no more, and what waits is answered. */
struct ur_sink;
UR_API ur_status ur_answer(ur_answerer *answerer, const char *item, size_t length, const struct ur_sink *sink,
                           ur_error *error);

/* The same for a model that reads pictures or recordings (ur_answerer_takes_files): all items of a file or folder, in their
 * order. */
UR_API bool ur_answerer_takes_files(const ur_answerer *answerer);
/* Whether this build reads PNG files, and JPEG files. */
UR_API bool ur_reads_png(void);
UR_API bool ur_reads_jpeg(void);
/* Whether this build brings texts to Unicode's normal form C (libutf8proc). */
UR_API bool ur_makes_normal_form(void);
/* Bytes of a frame, for a model that answers raw frames as they come (ur_answer); 0: items are lines of text. */
UR_API size_t ur_answerer_item_size(const ur_answerer *answerer);
UR_API ur_status ur_answer_file(ur_answerer *answerer, const char *path, const struct ur_sink *sink, ur_error *error);

/* How many of the items answered so far are longer than the model reads (the setting max-length of its training): what is
 * behind that was left out. */
UR_API size_t ur_answerer_cut(const ur_answerer *answerer);

/* The label that a classifier gives a text, as its place among the labels, and the probability of each of them, as many numbers
 * as ur_model_label has labels. UR_ERR_UNSUPPORTED for a task that gives no labels to texts. */
UR_API ur_status ur_answer_label(ur_answerer *answerer, const char *text, size_t length, size_t *label,
                                 double *probabilities, ur_error *error);

/* Where a network looked at a picture, or wrote: the middle and the side of a square, in places of the picture. Side 0: it was
 * all of it. */
typedef struct ur_gaze {
    float row, column, side;
} ur_gaze;

/* Grey pictures that a network painted, each as it was after 0 … frames − 1 strokes. */
typedef struct ur_painted {
    size_t count, frames, rows, columns;
    unsigned char *pixel;    /* (count, frames, rows, columns): 0 black, 255 white */
    unsigned char *given;    /* (count, rows, columns): what was to be painted again; NULL: these are new ones */
    ur_gaze *read, *written; /* (count, frames): in the stroke that led there */
} ur_painted;

/* Lets a model paint `count` pictures. The settings are those of the model (ur_settings_of_model): without data it paints new
 * ones; with pictures as data, those again, at most as many as there are. Equal seeds give equal pictures. The caller frees
 * *painted. The model must not be used meanwhile. UR_ERR_UNSUPPORTED for a task that paints nothing (ur_paints). */
UR_API bool ur_paints(const ur_settings *settings);
UR_API ur_status ur_paint(const ur_model *model, const ur_settings *settings, size_t count, uint64_t seed,
                          ur_painted *painted, ur_error *error);
UR_API void ur_painted_free(ur_painted *painted); /* of one that is zeros, nothing */

/* Data are opened and judged under the eyes of a watcher, which is copied; NULL: of none. */
UR_API void ur_settings_watch(ur_settings *settings, const ur_watcher *watcher);

typedef struct ur_trainer ur_trainer;

/* Opens the data and builds the network, or takes up the run where it stopped. The settings are copied. */
UR_API ur_status ur_trainer_create(ur_trainer **trainer, const ur_settings *settings, ur_error *error);
UR_API void ur_trainer_free(ur_trainer *trainer); /* NULL is allowed */

typedef enum ur_event_kind {
    UR_EVENT_STEP,       /* one update was made */
    UR_EVENT_EVALUATION, /* the model was judged on the validation data: validation, best, improved */
    UR_EVENT_SAMPLE,     /* something to see: ur_trainer_sample makes it */
    UR_EVENT_SAVED,      /* a checkpoint was written */
    UR_EVENT_END         /* all done, or asked to stop; what is to be kept has been written */
} ur_event_kind;

typedef struct ur_event {
    ur_event_kind kind;
    uint64_t step, steps; /* updates made; planned in all, 0 while they are measured */
    double epoch;         /* passes over the training data, with the part of the current one */
    double loss;          /* of the step's batch, before the update */
    double smooth;        /* smoothed loss */
    double rate, gradient_norm;
    double validation, best; /* of the task's metric; NaN before the first evaluation */
    bool improved;
    uint64_t items; /* learnt from since the beginning of the run (plan.counts says what they are) */
    double seconds; /* spent on updates by this process */
    double items_per_second;
    const char *reason; /* UR_EVENT_END: "done", "early stop", "good enough", "interrupted" */
} ur_event;

/* Does one piece of work and says what happened. After UR_EVENT_END it is an error to go on. UR_ERR_NUMERIC: the last
 * good checkpoint stays. */
UR_API ur_status ur_train_next(ur_trainer *trainer, ur_event *event, ur_error *error);

/* What the network makes at this stage, to be called at UR_EVENT_SAMPLE: for a language model, text. It is also kept in the
 * run's log and event file, with U+FFFD for what is not UTF-8. *text is valid until the next call with this trainer. */
UR_API ur_status ur_trainer_sample(ur_trainer *trainer, const char **text, size_t *length, ur_error *error);

/* How often a gate was open (> 0.9) and shut (< 0.1) in the last evaluation: shares of the neurons, steps and lanes of its
 * last batch. */
typedef struct ur_gate_share {
    size_t layer;     /* recurrent layers from 0 */
    const char *name; /* of the equations (docs/cells.md): "i", "f", "o", "r", "z" */
    double open, shut;
} ur_gate_share;
/* Gate i of the network, layer by layer; false behind the last, and before an evaluation. */
UR_API bool ur_trainer_gate(const ur_trainer *trainer, size_t i, ur_gate_share *share);

/* Asks for a clean end: the next ur_train_next saves and ends. May be called from a signal handler or another thread. */
UR_API void ur_trainer_stop(ur_trainer *trainer);

/* The model with its current (where averaged: averaged) weights, ready to step, to be evaluated and looked into, not to be
 * changed. Valid until the next ur_train_next, and after UR_EVENT_END until the trainer is freed. */
UR_API ur_model *ur_trainer_model(ur_trainer *trainer);

/* The settings that decide the result, as one line for ur_settings_read and for a shell; owned by the trainer. */
UR_API const char *ur_trainer_settings(const ur_trainer *trainer);

/* What is known before the first step. */
typedef struct ur_plan {
    const char *task, *data; /* data: what was found, in a line for people */
    const char *counts;      /* what items are: "chars", "examples" */
    const char *metric;      /* what validation is judged by: "loss", "accuracy" */
    bool higher_is_better;
    uint64_t batches; /* updates in the first epoch; UINT64_MAX: the data never end */
    size_t parameters, batch, threads;
    const char *net, *isa;
    bool resumed;
    bool answers; /* ur_answerer_create takes the model */
    bool paints;  /* ur_paint does */
} ur_plan;
/* Its strings are the trainer's. */
UR_API ur_plan ur_trainer_plan(const ur_trainer *trainer);

/* ---- 6. Evaluate text -------------------------------------------------------------------------------------------- */

typedef struct ur_scoring {
    const char *const *paths;
    size_t path_count;
    double begin, end; /* the part of the text that is scored, as shares: 0 and 1 for all, 0.9 and 1 for a tail */
    bool windows;      /* cold windows of `window` tokens with zero state, instead of one stateful pass */
    size_t window;     /* 0: 256 */
    bool replace_invalid;
    size_t threads;
    ur_watcher watcher;
    /* Called for each line when set: log-probability in nats of the line with its line break, from a zero state that
     * has read one line break. Lines are numbered from 0. Returning false ends the evaluation. */
    bool (*line)(void *context, uint64_t number, const char *text, size_t length, double log_probability);
    void *context;
} ur_scoring;

typedef struct ur_score {
    double loss; /* nats a token */
    double bits_per_char, bits_per_byte, perplexity;
    uint64_t tokens, predictions, unknown; /* read; scored (the first of each pass is given); never seen in training */
    double seconds;
} ur_score;

UR_API ur_status ur_score_text(const ur_model *model, const ur_scoring *scoring, ur_score *score, ur_error *error);

/* ---- 7. One cell by hand ---------------------------------------------------------------------------------------- */

/* A cell with its weights, as the lectures' class has it: forward keeps what backward needs, which is for the last forward
 * and once. */
typedef struct ur_hand ur_hand;

UR_API ur_status ur_hand_create(ur_hand **hand, const char *cell, size_t inputs, size_t hidden, size_t lanes,
                                uint64_t seed, ur_error *error);
UR_API void ur_hand_free(ur_hand *hand);
/* 0 weight_ih (G·H, I), 1 weight_hh (G·H, H), 2 bias_ih, 3 bias_hh (G·H). Values may be written. Gradients begin at zero,
 * add up over calls of backward, and are set back by ur_hand_zero. */
UR_API ur_parameter ur_hand_parameter(ur_hand *hand, size_t which);
UR_API void ur_hand_zero(ur_hand *hand);
/* x (B, I), h and c (B, H). h_prev or c_prev NULL reads as zero, c_next NULL is not written; h_next may be h_prev. */
UR_API ur_status ur_hand_forward(ur_hand *hand, const ur_real *x, const ur_real *h_prev, const ur_real *c_prev,
                                 ur_real *h_next, ur_real *c_next, ur_error *error);
/* From the gradients of h_next and c_next (c may be NULL) to those of x, h_prev and c_prev (each may be NULL). */
UR_API ur_status ur_hand_backward(ur_hand *hand, const ur_real *dh_next, const ur_real *dc_next, ur_real *dx,
                                  ur_real *dh_prev, ur_real *dc_prev, ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
