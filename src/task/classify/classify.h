/*
 * Classification: one label for a whole sequence. A text is cut into tokens; a picture is read row by row, a recording slice
 * by slice. Batches are of examples of about one length, so that little is computed behind their ends.
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

/* As the rows of settings.c say. */
typedef struct ur_classify_settings {
    const char *form, *text_column, *label_column, *header, *label_from, *relabel, *val_match, *val_fold, *vectors;
    ur_setting_type phrases, scan; /* places among the words */
    double sentence_weight;
    const char *token; /* NULL: open */
    const char *characters;
    bool keep_case, vectors_fixed;
    size_t min_count, vocabulary_limit, max_length;
    double token_dropout;
    bool hierarchy;
    double label_smoothing;
    enum { UR_CLASS_WEIGHTS_NONE, UR_CLASS_WEIGHTS_SQRT, UR_CLASS_WEIGHTS_FULL } class_weights;
    bool no_augment;
} ur_classify_settings;

/* Under a hierarchy labels are in this order, and outputs are two. */
enum { UR_CLASS_NEGATIVE, UR_CLASS_NEUTRAL, UR_CLASS_POSITIVE, UR_CLASS_SIDES };
enum { UR_CLASS_OUT_POLAR, UR_CLASS_OUT_POSITIVE, UR_CLASS_OUT_SIDES };

/* Examples of a part of the data, and in which order they are read. */
typedef struct ur_class_part {
    const ur_labelled *set;
    uint32_t *example; /* count of them: numbers in the set */
    uint32_t *length;  /* steps of each, at most max_length */
    size_t count;
    ur_order order; /* places in the two lists */
} ur_class_part;

/* A wrong answer, kept for people. */
typedef struct ur_class_mistake {
    double sureness; /* the probability of the wrong label */
    uint32_t example, taken;
} ur_class_mistake;

enum { UR_CLASS_MISTAKES = 10, UR_CLASS_BINS = 15, UR_CLASS_CONFUSION = 64 };

/* What an evaluation adds up. */
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
    const struct ur_watcher *watcher; /* while data are opened; NULL: none */
    uint64_t seed;
    size_t batch;
    ur_labelled *set, *validation; /* validation: NULL where a share of set is held out */
    ur_class_part part[UR_PARTS];
    const char **labels; /* label_count of them: the set's, or the model's */
    size_t label_count;
    ur_vocabulary *vocabulary; /* the model's, once there is one; NULL: the examples are numbers */
    ur_vocabulary *characters; /* NULL: words are not spelled */
    bool given;                /* the model has them */
    const ur_model *model;
    struct {
        size_t rows, columns, channels;
        uint32_t rate;
    } input;           /* of pictures or recordings, that the model wants; 0: not known */
    bool one_output;   /* `dense 1 sigmoid`: the probability of the second label */
    bool gives_logits; /* in use; `dense N sigmoid` gives what comes out of it */
    ur_example example;
    int32_t *tokens;  /* of the example that was read last: max_length of them, at most … */
    bool cut;         /* … and it had more */
    size_t cut_count; /* examples that have more */
    size_t token_room;
    char *text; /* an example as it is cut */
    size_t text_room;
    ur_field *word; /* of each token: its text, without the blank before it; until the next text … */
    uint32_t *end;  /* … and where it ends in that */
    ur_spelling spelling;
    int32_t *ids, *lane_of; /* (T, B); lane_of: of what is spelled */
    real *values;           /* (T, B, F) */
    int32_t *lengths;       /* (B) */
    int32_t *targets;       /* (B) */
    real *target_values;    /* (B, 2): one output, or two under a hierarchy */
    real *weights;          /* (B) */
    double *class_weight;   /* of each label; NULL: all alike */
    double mean_weight;     /* of a training example */
    ur_first_vectors vectors;
    float *varied; /* an example as it is learnt from this time */
    size_t varied_room;
    size_t places, lanes; /* for which there is room */
    size_t *counts;       /* (label, 3): right, taken, there; of an evaluation */
    size_t *confusion;    /* (there, taken); NULL for many labels */
    ur_kept_rows kept;    /* of the words that were answered */
} ur_classify;

extern const ur_task ur_task_classify;
extern const ur_setting_table ur_classify_setting_table;

/* settings.c */
ur_status ur_classify_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_classify_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* open.c */
ur_labelled_options ur_classify_options(const ur_classify *c);
ur_status ur_classify_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_classify_close(void *data);
void ur_classify_describe(const void *data, char *text, size_t size);
uint64_t ur_classify_hash(const void *data, ur_part part);

/* record.c: labels and vocabulary, in the model's file and out of it. */
ur_status ur_classify_record(void *data, ur_model *model, ur_error *error);
ur_status ur_classify_take_model(ur_classify *c, const ur_model *model, ur_error *error);

/* tokens.c: the tokens of a text into c->tokens and c->word, at most max_length; *count is at least 1. The vocabulary is
 * needed but for counting: `into` takes all of them and c->tokens stays. */
ur_status ur_classify_cut(ur_classify *c, const char *text, size_t length, size_t *count, ur_vocabulary *into,
                          ur_error *error);

/* batches.c */
ur_status ur_classify_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                              ur_error *error);
uint64_t ur_classify_batches(const void *data, ur_part part, uint64_t epoch);
/* The inputs of a batch whose lanes were put. */
ur_status ur_classify_fill(ur_classify *c, size_t steps, size_t lanes, ur_batch *batch, ur_error *error);
ur_status ur_classify_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                            ur_error *error);
/* Room for (steps, lanes), of which none is put. */
ur_status ur_classify_room(ur_classify *c, size_t steps, size_t lanes, ur_error *error);
/* Tokens of c->tokens, and as they are spelled, into lane b of (steps, lanes). */
ur_status ur_classify_put_lane(ur_classify *c, size_t b, size_t lanes, size_t steps, size_t count, ur_error *error);

ur_status ur_classify_read_text(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                                const uint32_t **end, ur_error *error);

ur_status ur_classify_initialize(void *data, ur_model *model, ur_error *error);

/* weigh.c: how much an example of the training counts; 1 on average. */
ur_status ur_classify_prepare_weights(ur_classify *c, ur_error *error);
bool ur_classify_weighs(const ur_classify *c);
double ur_classify_weight(const ur_classify *c, uint32_t example);

/* vary.c: the example that was read, a little otherwise in each epoch; texts stay. */
ur_status ur_classify_vary(ur_classify *c, uint64_t epoch, uint32_t example, ur_error *error);

/* judge.c */
ur_status ur_classify_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
ur_status ur_classify_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                             struct json_t *more, ur_error *error);
/* Probabilities of all labels from a row of outputs: logits, or behind `answers` what the last layer gives. */
void ur_classify_probabilities(const ur_classify *c, const real *row, bool logits, double *probability);
/* The likeliest label; under a hierarchy neutral where that is as likely as not, else the likelier side. */
size_t ur_classify_decide(const ur_classify *c, const double *probability);

/* answer_file.c: pictures of an idx file, recordings of a file or folder, without labels. */
bool ur_classify_takes_files(const void *data);
ur_status ur_classify_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                  ur_error *error);

ur_status ur_classify_look_file(ur_classify *c, const ur_model *model, const char *path, size_t number, ur_batch *batch,
                                ur_error *error);

/* answer.c */
/* A line with the answer, or an object; `where` it was found, or NULL. */
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
