/*
 * Classification: one label for a whole sequence. A text is cut into tokens; a picture is read row by row, a recording
 * slice by slice. A batch has examples of similar length, so that little is computed after their ends.
 */
#ifndef UR_TASK_CLASSIFY_CLASSIFY_H
#define UR_TASK_CLASSIFY_CLASSIFY_H

#include "data/labelled.h"
#include "data/vocabulary.h"
#include "layer/recurrent.h"
#include "task/first_vectors.h"
#include "task/order.h"
#include "task/spelling.h"
#include "train/task.h"

/* Settings; see the rows of settings.c. */
typedef struct ur_classify_settings {
    const char *form, *text_column, *label_column, *header, *label_from, *relabel, *val_match, *val_fold, *vectors;
    ur_setting_type phrases, scan; /* index of the chosen word */
    double sentence_weight;
    const char *token; /* NULL if left open */
    const char *characters;
    bool keep_case, vectors_fixed;
    size_t min_count, vocabulary_limit, max_length;
    double token_dropout;
    bool hierarchy;
    double label_smoothing;
    enum { UR_CLASS_WEIGHTS_NONE, UR_CLASS_WEIGHTS_SQRT, UR_CLASS_WEIGHTS_FULL } class_weights;
    bool no_augment;
} ur_classify_settings;

/* With `hierarchy` the labels are in this order, and there are two outputs. */
enum { UR_CLASS_NEGATIVE, UR_CLASS_NEUTRAL, UR_CLASS_POSITIVE, UR_CLASS_SIDES };
enum { UR_CLASS_OUT_POLAR, UR_CLASS_OUT_POSITIVE, UR_CLASS_OUT_SIDES };

/* The examples of one part of the data, and the order in which they are read. */
typedef struct ur_class_part {
    const ur_labelled *set;
    uint32_t *example; /* (count) indices in the set */
    uint32_t *length;  /* (count) steps of each, at most max_length */
    size_t count;
    ur_order order; /* of indices into the two lists */
} ur_class_part;

/* A wrong answer, kept for the report. */
typedef struct ur_class_mistake {
    double sureness; /* probability of the wrong label */
    uint32_t example, taken;
} ur_class_mistake;

enum { UR_CLASS_MISTAKES = 10, UR_CLASS_BINS = 15, UR_CLASS_CONFUSION = 64 };

/* Sums over an evaluation. */
typedef struct ur_class_tally {
    size_t count, right;
    struct {
        size_t count, right;
        double sureness;
    } bin[UR_CLASS_BINS]; /* by the probability of the answer, for the calibration error */
    ur_class_mistake mistake[UR_CLASS_MISTAKES];
    size_t mistakes;
} ur_class_tally;

typedef struct ur_classify {
    ur_classify_settings settings;
    const struct ur_watcher *watcher; /* used while data are opened; NULL if there is none */
    uint64_t seed;
    size_t batch;
    ur_labelled *set, *validation; /* validation is NULL if a share of `set` is held out */
    ur_class_part part[UR_PARTS];
    const char **labels; /* label_count of them, from the set or the model */
    size_t label_count;
    ur_vocabulary *vocabulary; /* owned by the model once there is one; NULL if the examples are numbers */
    ur_vocabulary *characters; /* NULL if words are not spelled */
    bool given;                /* the model owns both vocabularies */
    const ur_model *model;
    struct {
        size_t rows, columns, channels;
        uint32_t rate;
    } input;           /* size or rate of the pictures or recordings that the model takes; 0 if unknown */
    bool one_output;   /* `dense 1 sigmoid`: the output is the probability of the second label */
    bool gives_logits; /* in inference the outputs are logits; with `dense N sigmoid` they are probabilities */
    ur_example example;
    int32_t *tokens;  /* tokens of the example read last, at most max_length … */
    bool cut;         /* … and whether it had more */
    size_t cut_count; /* number of examples that had more */
    size_t token_room;
    char *text; /* the current example as it is cut */
    size_t text_room;
    ur_field *word; /* of each token: its text without the blank before it, valid until the next text … */
    uint32_t *end;  /* … and the offset in `text` at which it ends */
    ur_spelling spelling;
    int32_t *ids, *lane_of; /* (T, B); lane_of: lane of the line that spells the words */
    real *values;           /* (T, B, F) */
    int32_t *lengths;       /* (B) */
    int32_t *targets;       /* (B) */
    real *target_values;    /* (B, 2), or (B) with one output: the targets of sigmoid outputs */
    real *weights;          /* (B) */
    double *class_weight;   /* weight of each label, or NULL if all are equal */
    double mean_weight;     /* mean weight of the training examples */
    ur_first_vectors vectors;
    float *varied; /* an example as augmented for this epoch */
    size_t varied_room;
    size_t places, lanes; /* capacity: T·B, and B */
    size_t *counts;       /* (label, 3) of an evaluation: correct, predicted, actual */
    size_t *confusion;    /* (actual, predicted); NULL if there are many labels */
    ur_kept_rows kept;    /* of the words read in answers */
} ur_classify;

extern const ur_task ur_task_classify;
extern const ur_setting_table ur_classify_setting_table;

/* In settings.c: */
ur_status ur_classify_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_classify_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* In open.c: */
ur_labelled_options ur_classify_options(const ur_classify *c);
ur_status ur_classify_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_classify_close(void *data);
void ur_classify_describe(const void *data, char *text, size_t size);
uint64_t ur_classify_hash(const void *data, ur_part part);

/* In record.c: writes labels and vocabularies into the model's record, and reads them from there. */
ur_status ur_classify_record(void *data, ur_model *model, ur_error *error);
ur_status ur_classify_take_model(ur_classify *c, const ur_model *model, ur_error *error);

/* In tokens.c: cuts a text into at most max_length tokens, in c->tokens and c->word. *count is at least 1. If `into` is
 * given, the tokens are counted there instead: c->tokens is not set, no vocabulary is needed, and *count may be 0. */
ur_status ur_classify_cut(ur_classify *c, const char *text, size_t length, size_t *count, ur_vocabulary *into,
                          ur_error *error);

/* In batches.c: */
ur_status ur_classify_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                              ur_error *error);
uint64_t ur_classify_batches(const void *data, ur_part part, uint64_t epoch);
/* Fills the inputs of a batch whose lanes have been put. */
ur_status ur_classify_fill(ur_classify *c, size_t steps, size_t lanes, ur_batch *batch, ur_error *error);
ur_status ur_classify_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error);
/* Makes space for (steps, lanes), with no lane put yet. */
ur_status ur_classify_room(ur_classify *c, size_t steps, size_t lanes, ur_error *error);
/* Puts `count` tokens of c->tokens, and their spelling, into lane b of (steps, lanes). */
ur_status ur_classify_put_lane(ur_classify *c, size_t b, size_t lanes, size_t steps, size_t count, ur_error *error);

ur_status ur_classify_read_text(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                                const uint32_t **end, ur_error *error);

ur_status ur_classify_initialize(void *data, ur_model *model, ur_error *error);

/* In weigh.c: how much a training example counts; 1 on average. */
ur_status ur_classify_prepare_weights(ur_classify *c, ur_error *error);
bool ur_classify_weighs(const ur_classify *c);
double ur_classify_weight(const ur_classify *c, uint32_t example);

/* In vary.c: augments the example that was read, differently in each epoch. Texts stay as they are. */
ur_status ur_classify_vary(ur_classify *c, uint64_t epoch, uint32_t example, ur_error *error);

/* In judge.c: */
ur_status ur_classify_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
ur_status ur_classify_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                             struct json_t *more, ur_error *error);
/* The probabilities of all labels, from a row of outputs. `logits` says whether the outputs are logits, as in training,
 * or the last layer's own values. */
void ur_classify_probabilities(const ur_classify *c, const real *row, bool logits, double *probability);
/* The most probable label. With `hierarchy`: neutral if its probability is at least 1/2, else the more probable
 * side. */
size_t ur_classify_decide(const ur_classify *c, const double *probability);

/* In answer_file.c: answers pictures of an idx file, or recordings of a file or folder, without labels. */
bool ur_classify_takes_files(const void *data);
ur_status ur_classify_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                  ur_error *error);

ur_status ur_classify_look_file(ur_classify *c, const ur_model *model, const char *path, size_t number, ur_batch *batch,
                                ur_error *error);

/* In answer.c: */
/* Writes the answer as a line or as an object. `where` names its source, or is NULL. */
ur_status ur_classify_write(const ur_classify *c, const double *p, const char *where, bool json, const ur_sink *sink,
                            ur_error *error);
size_t ur_classify_cut_items(const void *data);
ur_status ur_classify_label(void *data, ur_learner *learner, const char *text, size_t length, size_t *label,
                            double *probabilities, ur_error *error);
ur_status ur_classify_look(void *data, const ur_model *model, const char *item, size_t length, size_t number,
                           ur_item *seen, ur_error *error);
const char *ur_classify_step_text(const void *data, size_t step, size_t *length);
ur_status ur_classify_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                             const ur_sink *sink, ur_error *error);

#endif
