/*
 * unroll_train.h: build, train and save recurrent networks. unroll.h runs them.
 *
 * Sections: 1 build a network, 2 its parameters, 3 batches, 4 learn from batches, 5 train a task from data, 6 evaluate
 * text, 7 one cell by hand.
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

/* Name of cell i, as in network lines; NULL after the last. */
UR_API const char *ur_cell_name(size_t i);

/* Sizes that the data fix and a network line may leave out. 0: unknown, which is an error if it is needed. */
typedef struct ur_sizes {
    size_t symbols;                 /* different ids: V of `onehot` and `embed` */
    size_t features;                /* numbers that a step takes, in a line that begins with neither */
    size_t rows, columns, channels; /* of the picture that these numbers are, which `conv` and `pool` need; rows 0: no
                                       picture; channels 0: 1 */
    size_t outputs;                 /* N of a last `dense` without a number; here that of the last line alone */
    const struct ur_sizes *lines;   /* the sizes of each line, in the order written; a 0 there is replaced by the value
                                     above. NULL: the values above hold for every line */
} ur_sizes;

/* Builds a network from its line (docs/network-line.md), for example "embed 64 > lstm 512 x2 drop=0.4 > dense". Weights
 * are drawn from `seed` as in PyTorch: those of recurrent layers uniform in ±1/√H, those of dense layers in ±1/√inputs,
 * embeddings N(0, 1). With init_scale > 0, all weights are init_scale·N(0, 1) and all biases 0. */
UR_API ur_status ur_model_create(ur_model **model, const char *net, const ur_sizes *sizes, uint64_t seed,
                                 double init_scale, const char *isa, ur_error *error);

/* The sizes with which a model was built, for ur_model_create to build another network of the same sizes. `lines` is
 * room for the sizes of each line; sizes->lines will point to it. */
UR_API void ur_model_sizes(const ur_model *model, ur_sizes *sizes, ur_sizes lines[UR_MAX_LINES]);

/* Writes the model file, whole or not at all. UR_ERR_NUMERIC if weights are not finite; no reader would accept the
 * file. */
UR_API ur_status ur_model_save(const ur_model *model, const char *path, ur_error *error);

/* Gives a model that takes ids its tokens, in the order of the ids: its files then hold them, and ur_encode works.
 * kind: "char", "byte", "word", or "whole" for words that are already cut. `unknown`: there is one more id, the last,
 * for everything else. The number of ids must be the network's number of symbols. */
UR_API ur_status ur_model_set_tokens(ur_model *model, const char *kind, const char *const *texts, size_t count,
                                     bool unknown, ur_error *error);

/* The same for one of several lines, in the order written. */
UR_API ur_status ur_model_set_line_tokens(ur_model *model, size_t line, const char *kind, const char *const *texts,
                                          size_t count, bool unknown, ur_error *error);

/* The JSON record that ur_model_save would write (task, tokens, what it was trained on, a newly computed probe), as
 * text; the caller frees it with free(). NULL if there is no memory. */
UR_API char *ur_model_record(const ur_model *model);

/* ---- 2. Parameters ----------------------------------------------------------------------------------------------- */

/* A view, valid as long as the model. Names, shapes and gate orders are PyTorch's. */
typedef struct ur_parameter {
    const char *name; /* "rnn.weight_ih_l0" */
    size_t rank, shape[4], size;
    ur_real *value;
    const ur_real *gradient; /* of the last update, before clipping; NULL if there was none */
} ur_parameter;

/* Parameter i; false after the last. They come in the order of the network line, for a recurrent layer weight_ih,
 * weight_hh, bias_ih, bias_hh. shape[1] of a vector is 1; shape[2] and [3] are 1 except for filters, (N, C, H, W). */
UR_API bool ur_model_parameter(ur_model *model, size_t i, ur_parameter *parameter);
/* Must be called after writing to a parameter's values. */
UR_API void ur_model_changed(ur_model *model);

/* Sets the biases of gates so that the units of each LSTM and GRU layer initially keep their values for 1 to `steps`
 * steps, log-uniformly drawn from `seed` (after Tallec & Ollivier 2018). The usual biases keep them for about two
 * steps. Changes nothing if steps <= 1, or in cells without such gates. Not while others use the model. */
UR_API void ur_model_remember(ur_model *model, double steps, uint64_t seed);

/* ---- 3. Batches -------------------------------------------------------------------------------------------------- */

/* The input of one line of the network: (T, B) ids or (T, B, F) numbers. A line that begins with `join` has the steps,
 * lanes and lengths of the line that it joins. Only if that line leaves one step, and this one has several, must they
 * be given. */
typedef struct ur_sequences {
    size_t steps, lanes; /* T, B */
    const int32_t *ids;
    const ur_real *values;
    const int32_t *lengths; /* (B): lane b has 1 ≤ lengths[b] ≤ T steps; NULL: all have T. What comes after a lane's
                               end is not used, but ids there must be valid, too */
    /* (T, B), for a line that joins one with a lane for each place (words and their characters): which lane of that
     * line a place takes; NULL: its own. */
    const int32_t *lane_of;
} ur_sequences;

/* How the outputs of a line are compared with targets. Softmax and sigmoid take logits: the line ends in a dense layer
 * without activation. (UR_LOSS_SIGMOID also takes a `dense 1 sigmoid`, and then works on the input of the sigmoid.) */
typedef enum ur_loss {
    UR_LOSS_SOFTMAX, /* cross-entropy; ids: the right class */
    UR_LOSS_SIGMOID, /* binary cross-entropy; numbers, 0 to 1 */
    UR_LOSS_SQUARED, /* (y − target)²; numbers */
    UR_LOSS_CRF, /* of a line that ends in `crf`: −log p of the whole sequence; ids: the right labels, −1: any */
    UR_LOSS_QUANTILE, /* q·e if e = target − y is above 0, else (q − 1)·e; numbers. The outputs of each number, one for
                         each of the target's `levels`, lie side by side. Without levels: |e|/2 */
    UR_LOSS_CTC /* of a line that ends in `ctc`: −log p of the labels; ids (L, B): the labels in order, each below the
                   blank, which is the last output. `steps` is L; lane b has lengths[b] ≥ 0 labels. A lane needs a step
                   for each label and one more between equal neighbours, else UR_ERR_DATA */
} ur_loss;

/* The targets of one line: (T, B) ids or (T, B, outputs) numbers with that line's T and B; T is 1 if it leaves one
 * step. What comes after a lane's end does not count and is not looked at. */
typedef struct ur_target {
    size_t line; /* of the network, in the order written */
    ur_loss loss;
    double weight;          /* the loss is multiplied by it; 0 is read as 1 */
    const int32_t *ids;     /* −1 where nothing counts; any other negative id is UR_ERR_DATA */
    const ur_real *values;  /* NaN where nothing counts */
    size_t steps;           /* T of the targets; 0: that of the outputs */
    const int32_t *lengths; /* (B) of the targets; NULL: those of the line */
    const ur_real *weights; /* (T, B): factors of the losses; a mean still divides by the number of places. NULL: 1 */
    double smoothing; /* of softmax and sigmoid, 0 ≤ ε < 1: the target of the right class is 1 − ε, and ε is shared
                         equally by all classes, in a sigmoid by both (Szegedy et al. 2016) */
    const double *levels; /* UR_LOSS_QUANTILE: level_count of them, each between 0 and 1 */
    size_t level_count;
} ur_target;

/* One batch. input[i] is read by line i of the network, in the order written; most networks have one line. A line has
 * at most one target. Everything a batch points at stays the caller's. */
typedef struct ur_batch {
    ur_sequences input[UR_MAX_LINES];
    ur_target target[UR_MAX_LINES]; /* needed only to learn and to evaluate */
    size_t target_count;
    bool carry; /* begin with the states in which the last update's batch ended (truncated BPTT) instead of zero; both
                   batches must have the same number of lanes, equal in all lines */
} ur_batch;

/* A batch of random ids and numbers that fit a network, to try it without data. Its lanes end at different steps. Each
 * line that no later line reads has a target: classes for a plain dense layer, labels for `crf` and `ctc`, else
 * numbers. Equal seeds give equal batches. The model must outlive it. */
typedef struct ur_trial ur_trial;
UR_API ur_status ur_trial_create(ur_trial **trial, const ur_model *model, size_t lanes, size_t steps, uint64_t seed,
                                 ur_error *error);
UR_API void ur_trial_free(ur_trial *trial);                   /* NULL is allowed */
UR_API const ur_batch *ur_trial_batch(const ur_trial *trial); /* the trial's */

/* ---- 4. Learn ---------------------------------------------------------------------------------------------------- */

typedef enum ur_optimizer { UR_SGD, UR_ADAGRAD, UR_RMSPROP, UR_ADAM, UR_ADAMW } ur_optimizer;
#define UR_OPTIMIZERS "sgd|adagrad|rmsprop|adam|adamw" /* their names, as settings have them */

typedef struct ur_learning {
    bool sum;       /* sum each target's losses instead of averaging them */
    size_t sampled; /* softmax of the last line: learn from the target and this many other outputs, drawn anew for each
                       update; 0, or as many as there are: all. Evaluation always takes all */
    const uint64_t *counts; /* how often each output is a target: frequent ones are drawn more often; NULL: all alike.
                               Read only by ur_learner_create */
    ur_optimizer optimizer;
    double rate;     /* learning rate */
    double momentum; /* SGD; nesterov: Nesterov's form of it */
    bool nesterov;
    double beta1, beta2; /* Adam; beta2 also RMSprop's smoothing */
    double epsilon;
    bool epsilon_inside; /* inside the root, as min-char-rnn has it */
    double weight_decay;
    double clip_norm;  /* largest L2 norm of the whole gradient; 0: any */
    double clip_value; /* each element is clipped to ± this; 0: not */
    bool one_bias;     /* of a cell's two biases only bias_ih learns, as with the single one of textbooks */
    uint64_t seed;     /* of dropout masks and sampled outputs */
    size_t threads;    /* 0: as many as the machine has cores, at most 16 */
} ur_learning;

/* Mean, Adam 2e-3 (0.9, 0.999, 1e-8), clipped to norm 1, seed 1. */
UR_API ur_learning ur_learning_default(void);

typedef struct ur_learner ur_learner;

/* The model stays the caller's. It must outlive the learner and must not be stepped while ur_learn runs. */
UR_API ur_status ur_learner_create(ur_learner **learner, ur_model *model, const ur_learning *learning, ur_error *error);
UR_API void ur_learner_free(ur_learner *learner);

/* One update: forward, loss, backward through the whole window, clip, optimiser step. *loss (may be NULL) is the loss
 * before the update: Σ weight·loss over the batch's targets, each a mean (or a sum) over what counts, 0 if nothing
 * counts. If a loss or gradient is not finite, UR_ERR_NUMERIC names step and tensor; the weights stay as they were, and
 * the next batch begins from zero states even if it carries. */
UR_API ur_status ur_learn(ur_learner *learner, const ur_batch *batch, double *loss, ur_error *error);
/* The loss without learning and without dropout. Carried states are read, not changed. UR_ERR_NUMERIC, here and in
 * ur_predict, names the layer whose numbers grow without bound. */
UR_API ur_status ur_evaluate(ur_learner *learner, const ur_batch *batch, double *loss, ur_error *error);
/* What the network's last line gives, without dropout. out: (T, B, outputs), or (B, outputs) if it leaves one step; not
 * meaningful after a lane's end. */
UR_API ur_status ur_predict(ur_learner *learner, const ur_batch *batch, ur_real *out, ur_error *error);
/* The same for any line. */
UR_API ur_status ur_predict_line(ur_learner *learner, const ur_batch *batch, size_t line, ur_real *out,
                                 ur_error *error);
/* The most probable label of a line at each of its places. labels: (T, B), or (B) if it leaves one step; −1 after a
 * lane's end. If the line ends in `crf`, these are the labels of the most probable sequence (Viterbi). If it ends in
 * `ctc`, they are what the most probable path reads, from step 0 on, followed by −1. Else each is the largest
 * output. */
UR_API ur_status ur_predict_labels(ur_learner *learner, const ur_batch *batch, size_t line, int32_t *labels,
                                   ur_error *error);

UR_API void ur_learner_set_rate(ur_learner *learner, double rate);
UR_API double ur_learner_gradient_norm(const ur_learner *learner); /* of the last ur_learn, before clipping */

/* Follows long calls, and names a place for data that do not fit into memory. */
typedef struct ur_watcher {
    /* Called now and then with the share of the work ("reading the text") that is done. Returning false ends the call
     * with UR_ERR_INTERRUPTED. May be NULL. */
    bool (*go_on)(void *context, const char *work, double share);
    /* Called with a line for people if files of a folder are not read. May be NULL. (A training says this in
     * ur_plan.data.) */
    void (*tell)(void *context, const char *text);
    void *context;
    /* A folder for temporary files (unpacked data, large tables) while the data are open. NULL: /tmp. */
    const char *temporary;
} ur_watcher;

/* ---- 5. Train a task --------------------------------------------------------------------------------------------- */

/* The name of task i, such as "lm" (a language model); NULL after the last. */
UR_API const char *ur_task_name(size_t i);
/* What models of the task are for, in a clause: "unroll predict answers with it"; NULL: there is no such task. */
UR_API const char *ur_task_use(const char *task);
/* Whether models of the task are language models: ur_score_text and sessions (unroll_generate.h) take them. */
UR_API bool ur_task_is_language(const char *task);

/* What an answer (ur_answer) is, for a program that shows it. */
typedef enum ur_answer_kind {
    UR_ANSWER_NONE,       /* the task gives no answers, or there is no such task */
    UR_ANSWER_LABEL,      /* a label of the model */
    UR_ANSWER_FRAMES,     /* a label for each frame; then ur_judge also gives "clips", the labels over time */
    UR_ANSWER_TAGS,       /* a sentence, with a label for each word */
    UR_ANSWER_TRANSCRIPT, /* what is said in a recording */
    UR_ANSWER_TEXT,       /* a text, such as a translation */
    UR_ANSWER_SERIES      /* the rows that continue a table */
} ur_answer_kind;
UR_API ur_answer_kind ur_task_answers(const char *task);

/* Everything that can be set for one training: the data, and settings by name. Settings that are left open are chosen
 * from the size of the data. Used by one thread at a time. */
typedef struct ur_settings ur_settings;

/* The defaults of a task. UR_ERR_USAGE lists the tasks that exist. */
UR_API ur_status ur_settings_create(ur_settings **settings, const char *task, ur_error *error);
UR_API void ur_settings_free(ur_settings *settings); /* NULL is allowed */

/* A file or folder to learn from; the path is copied. Several are read in the order in which they are added. */
UR_API ur_status ur_settings_add_data(ur_settings *settings, const char *path, ur_error *error);

/* Sets one value, as text: ur_settings_set(s, "batch", "64", &error). The names are the options that `unroll help train
 * TASK` lists, without their dashes; an option without a value is set to "yes" or "no". The text is copied.
 * UR_ERR_USAGE says what is allowed, and the settings stay as they were. */
UR_API ur_status ur_settings_set(ur_settings *settings, const char *name, const char *value, ur_error *error);

/* Sets several, as on a command line: "--batch 64 --one-bias --net 'embed 32 > gru 64 > dense'". Those before an error
 * are set. */
UR_API ur_status ur_settings_read(ur_settings *settings, const char *line, ur_error *error);

/* For `unroll` itself, which is built with the library's sources: setting i (NULL after the last), and the struct that
 * holds its value. Other programs need the names alone, which `unroll help train TASK` lists. */
struct ur_setting;
UR_API const struct ur_setting *ur_settings_row(const ur_settings *settings, size_t i);
UR_API const void *ur_settings_values(const ur_settings *settings, size_t i);

/* The line of settings that the setting "preset" stands for; NULL if it is not set, or unknown. */
UR_API const char *ur_settings_preset(const ur_settings *settings);

/* The settings with which a model was trained, as its file has them, without data; to judge the model on other data.
 * UR_ERR_DATA: it was trained on no task of this library, or with settings that are no longer known. */
UR_API ur_status ur_settings_of_model(ur_settings **settings, const ur_model *model, ur_error *error);

/* Judges a model on all data of the settings. *json is one object, what `unroll eval --json` prints for the model's
 * task; the caller frees it with free(). The model must not be used meanwhile. */
UR_API ur_status ur_judge(ur_model *model, const ur_settings *settings, char **json, ur_error *error);

/* A model that answers items, for example a label for each line of text. */
typedef struct ur_answerer ur_answerer;

/* The settings are those of the model (ur_settings_of_model), without data. An answerer uses one thread, or the number
 * that the setting "threads" was set to (an item of 20 steps gains from two with 128 neurons or more). The model must
 * outlive it and must not be used meanwhile. `json`: each answer is an object on a line of its own. UR_ERR_UNSUPPORTED
 * for a task that answers nothing. */
UR_API ur_status ur_answerer_create(ur_answerer **answerer, ur_model *model, const ur_settings *settings, bool json,
                                    ur_error *error);
UR_API void ur_answerer_free(ur_answerer *answerer); /* NULL is allowed */

/* An item as the network reads it, to be looked into (unroll_inspect.h). */
typedef struct ur_item {
    ur_batch batch;     /* of one lane; valid until the answerer's next call */
    size_t line, steps; /* the line that reads it, and its steps: words, frames */
    size_t answers;     /* the line that gives the labels (ur_model_label) */
    bool each_step;     /* a label for each step; else one for all */
    bool apart;         /* steps that are text have blanks between them */
    /* If the model gives numbers instead of labels: how many (else 0), and the name of what they are. Number i is output
     * first + i · stride of the last step. */
    size_t numbers, first, stride;
    const char *name;
} ur_item;

/* Looks at a line of text, if the model reads text. Otherwise `item` names a file or folder, and `number` (from 0) a
 * clip, a picture or a recording in it, or the channel of a series whose end is forecast. UR_ERR_UNSUPPORTED for a task
 * without such items; UR_ERR_USAGE if there is no such number. */
UR_API ur_status ur_answerer_look(ur_answerer *answerer, const char *item, size_t length, size_t number, ur_item *seen,
                                  ur_error *error);
/* Step `step` of the item that was looked at last, as text, whether the model knows it or not; NULL if steps are
 * numbers. */
UR_API const char *ur_answerer_step(const ur_answerer *answerer, size_t step, size_t *length);
/* The name of feature `feature` of its steps, such as a channel of a series; NULL if it has none. */
UR_API const char *ur_answerer_feature(const ur_answerer *answerer, size_t feature);

/* Label i of a classifier or tagger, in the order of its outputs; NULL after the last, and for a model without labels. */
UR_API const char *ur_model_label(const ur_model *model, size_t i);

/* Answers a line of text of `length` bytes, or a frame, through the sink (unroll_generate.h). A byte order mark at the
 * beginning of a text is left out, and so are line ends at its end; a tagger passes those on. `item` NULL: there are no
 * more, and waiting items are answered. */
struct ur_sink;
UR_API ur_status ur_answer(ur_answerer *answerer, const char *item, size_t length, const struct ur_sink *sink,
                           ur_error *error);

/* Whether the model reads pictures or recordings. Then ur_answer_file answers all items of a file or folder, in order. */
UR_API bool ur_answerer_takes_files(const ur_answerer *answerer);
UR_API ur_status ur_answer_file(ur_answerer *answerer, const char *path, const struct ur_sink *sink, ur_error *error);

/* Bytes of a frame, if the model answers raw frames as they arrive (ur_answer); 0 if items are lines of text. */
UR_API size_t ur_answerer_item_size(const ur_answerer *answerer);

/* Whether this build reads PNG files, and JPEG files. */
UR_API bool ur_reads_png(void);
UR_API bool ur_reads_jpeg(void);
/* Whether this build brings texts to Unicode's normal form C (libutf8proc). */
UR_API bool ur_makes_normal_form(void);

/* How many of the items answered so far were longer than the model reads (the setting max-length of its training) and
 * were cut. */
UR_API size_t ur_answerer_cut(const ur_answerer *answerer);

/* The label that a classifier gives a text, as its number among the labels, and the probability of each label (as many
 * as ur_model_label has). UR_ERR_UNSUPPORTED for a task that gives no labels to texts. */
UR_API ur_status ur_answer_label(ur_answerer *answerer, const char *text, size_t length, size_t *label,
                                 double *probabilities, ur_error *error);

/* Where a network looked at a picture, or wrote: the middle and the side of a square, in pixels. Side 0: the whole
 * picture. */
typedef struct ur_gaze {
    float row, column, side;
} ur_gaze;

/* Grey pictures that a network painted, each as it was after 0 … frames − 1 strokes. */
typedef struct ur_painted {
    size_t count, frames, rows, columns;
    unsigned char *pixel;    /* (count, frames, rows, columns): 0 black, 255 white */
    unsigned char *given;    /* (count, rows, columns): the pictures to be painted again; NULL: these are new ones */
    ur_gaze *read, *written; /* (count, frames): in the stroke that led to a frame */
} ur_painted;

/* Lets a model paint `count` pictures. The settings are those of the model (ur_settings_of_model). Without data it
 * paints new pictures; with pictures as data it paints those again, at most as many as there are. Equal seeds give
 * equal pictures. The caller frees *painted. The model must not be used meanwhile. UR_ERR_UNSUPPORTED for a task that
 * paints nothing (ur_paints). */
UR_API bool ur_paints(const ur_settings *settings);
UR_API ur_status ur_paint(const ur_model *model, const ur_settings *settings, size_t count, uint64_t seed,
                          ur_painted *painted, ur_error *error);
UR_API void ur_painted_free(ur_painted *painted); /* all zeros is allowed */

/* Sets the watcher of calls that open or judge data; it is copied. NULL: none. */
UR_API void ur_settings_watch(ur_settings *settings, const ur_watcher *watcher);

typedef struct ur_trainer ur_trainer;

/* Opens the data and builds the network, or continues a run where it stopped. The settings are copied. */
UR_API ur_status ur_trainer_create(ur_trainer **trainer, const ur_settings *settings, ur_error *error);
UR_API void ur_trainer_free(ur_trainer *trainer); /* NULL is allowed */

typedef enum ur_event_kind {
    UR_EVENT_STEP,       /* one update was made */
    UR_EVENT_EVALUATION, /* the model was judged on the validation data: validation, best, improved */
    UR_EVENT_SAMPLE,     /* a sample is due: ur_trainer_sample makes it */
    UR_EVENT_SAVED,      /* a checkpoint was written */
    UR_EVENT_END         /* done or stopped; the model and the checkpoint are written */
} ur_event_kind;

typedef struct ur_event {
    ur_event_kind kind;
    uint64_t step, steps; /* updates made; planned in all, 0 while that is being measured */
    double epoch;         /* passes over the training data, with the fraction of the current one */
    double loss;          /* of the step's batch, before the update */
    double smooth;        /* smoothed loss */
    double rate, gradient_norm;
    double validation, best; /* of the task's metric; NaN before the first evaluation */
    bool improved;
    uint64_t items; /* trained on since the beginning of the run (plan.counts names them) */
    double seconds; /* spent on updates by this process */
    double items_per_second;
    const char *reason; /* UR_EVENT_END: "done", "early stop", "good enough", "interrupted" */
} ur_event;

/* Does one piece of work and says what happened. Calling it again after UR_EVENT_END is an error. After UR_ERR_NUMERIC
 * the last good checkpoint remains. */
UR_API ur_status ur_train_next(ur_trainer *trainer, ur_event *event, ur_error *error);

/* A sample from the network, to be called at UR_EVENT_SAMPLE: for a language model, text. It also goes into the run's
 * log and event file, where U+FFFD replaces what is not UTF-8. *text is valid until the next call with this trainer. */
UR_API ur_status ur_trainer_sample(ur_trainer *trainer, const char **text, size_t *length, ur_error *error);

/* How often a gate was open (> 0.9) and shut (< 0.1) in the last evaluation, as shares of the neurons, steps and lanes
 * of its last batch. */
typedef struct ur_gate_share {
    size_t layer;     /* of the recurrent layers, from 0 */
    const char *name; /* of the equations (docs/cells.md): "i", "f", "o", "r", "z" */
    double open, shut;
} ur_gate_share;
/* Gate i of the network, layer by layer; false after the last, and before an evaluation. */
UR_API bool ur_trainer_gate(const ur_trainer *trainer, size_t i, ur_gate_share *share);

/* Asks for a clean end: the next ur_train_next saves and ends. May be called from a signal handler or another
 * thread. */
UR_API void ur_trainer_stop(ur_trainer *trainer);

/* The model with its current weights (averaged if the run averages them). It may be stepped, evaluated and looked into,
 * but not changed. Valid until the next ur_train_next, and after UR_EVENT_END until the trainer is freed. */
UR_API ur_model *ur_trainer_model(ur_trainer *trainer);

/* The settings that decide the result, as a line for ur_settings_read or a shell; owned by the trainer. */
UR_API const char *ur_trainer_settings(const ur_trainer *trainer);

/* What is known before the first step. */
typedef struct ur_plan {
    const char *task, *data; /* data: what was found, in a line for people */
    const char *counts;      /* what an item is: "chars", "examples" */
    const char *metric;      /* of the validation: "loss", "accuracy" */
    bool higher_is_better;
    uint64_t batches; /* updates in the first epoch; UINT64_MAX: the data never end */
    size_t parameters, batch, threads;
    const char *net, *isa;
    bool resumed;
    bool answers; /* ur_answerer_create takes the model */
    bool paints;  /* ur_paint does */
} ur_plan;
/* Its strings are owned by the trainer. */
UR_API ur_plan ur_trainer_plan(const ur_trainer *trainer);

/* ---- 6. Evaluate text -------------------------------------------------------------------------------------------- */

typedef struct ur_scoring {
    const char *const *paths;
    size_t path_count;
    double begin, end; /* the part of the text that is scored, as shares: 0 and 1 for all, 0.9 and 1 for a tail */
    bool windows;      /* windows of `window` tokens, each from a zero state, instead of one stateful pass */
    size_t window;     /* 0: 256 */
    bool replace_invalid;
    size_t threads;
    ur_watcher watcher;
    /* If set, called for each line (from 0) with the log-probability in nats of the line and its line break, from a zero
     * state that has read one line break. Returning false ends the evaluation. */
    bool (*line)(void *context, uint64_t number, const char *text, size_t length, double log_probability);
    void *context;
} ur_scoring;

typedef struct ur_score {
    double loss; /* nats per token */
    double bits_per_char, bits_per_byte, perplexity;
    uint64_t tokens, predictions, unknown; /* read; scored (all but the first of each pass); not in the vocabulary */
    double seconds;
} ur_score;

UR_API ur_status ur_score_text(const ur_model *model, const ur_scoring *scoring, ur_score *score, ur_error *error);

/* ---- 7. One cell by hand ---------------------------------------------------------------------------------------- */

/* A cell with its weights, like the class in the lectures. forward keeps what backward needs; each backward belongs to
 * the last forward, and may be called once for it. */
typedef struct ur_hand ur_hand;

UR_API ur_status ur_hand_create(ur_hand **hand, const char *cell, size_t inputs, size_t hidden, size_t lanes,
                                uint64_t seed, ur_error *error);
UR_API void ur_hand_free(ur_hand *hand);
/* 0 weight_ih (G·H, I), 1 weight_hh (G·H, H), 2 bias_ih, 3 bias_hh (G·H). Values may be written. Gradients begin at
 * zero and add up over calls of backward; ur_hand_zero sets them to zero. */
UR_API ur_parameter ur_hand_parameter(ur_hand *hand, size_t which);
UR_API void ur_hand_zero(ur_hand *hand);
/* x (B, I), h and c (B, H). h_prev or c_prev NULL: zeros; c_next NULL: not written; h_next may be h_prev. */
UR_API ur_status ur_hand_forward(ur_hand *hand, const ur_real *x, const ur_real *h_prev, const ur_real *c_prev,
                                 ur_real *h_next, ur_real *c_next, ur_error *error);
/* From the gradients of h_next and c_next (the latter may be NULL) to those of x, h_prev and c_prev (each may be NULL). */
UR_API ur_status ur_hand_backward(ur_hand *hand, const ur_real *dh_next, const ur_real *dc_next, ur_real *dx,
                                  ur_real *dh_prev, ur_real *dc_prev, ur_error *error);

#ifdef __cplusplus
}
#endif
#endif
