/*
 * Tagging: a label for every word of a sentence. A word is read as a token of the vocabulary and, by another line of
 * the network, as its characters: each different word of a batch is spelled once. Batches have about equal numbers of
 * words.
 */
#ifndef UR_TASK_TAG_TAG_H
#define UR_TASK_TAG_TAG_H

#include "data/table/conllu.h"
#include "data/vocabulary.h"
#include "model/graph.h"
#include "task/first_vectors.h"
#include "task/order.h"
#include "task/spelling.h"
#include "train/task.h"

/* Settings; see the rows of settings.c. */
typedef struct ur_tag_settings {
    const char *column, *also;
    double also_weight;
    const char *characters, *vectors;
    bool keep_case, vectors_fixed;
    size_t min_count, vocabulary_limit;
    double token_dropout, label_smoothing;
    const char *lines; /* form of the lines to be answered; NULL to find it by looking */
    bool in_line;
} ur_tag_settings;

/* The sentences of one part of the data, and the order in which they are read. */
typedef struct ur_tag_part {
    const ur_conllu *set;
    uint32_t *sentence, *words; /* (count) index in the set, and number of words */
    size_t count;
    ur_order order;
} ur_tag_part;

/* A column that is trained on: its labels, and the line of the network that gives them. */
typedef struct ur_tag_head {
    size_t field, line;
    ur_vocabulary *labels;
    double weight;
    int32_t *there, *target; /* (T, B): the label (−1 none, UR_TAG_UNSEEN never seen); the loss's target */
} ur_tag_head;

enum { UR_TAG_UNSEEN = -2, UR_TAG_HEADS = 2, UR_TAG_COMMONEST = 10 };

/* Sums over an evaluation. */
typedef struct ur_tag_count {
    size_t sentences, sentences_right, words, right, unknown, unknown_right, unseen, also, also_right;
    size_t spans_there, spans_taken, spans_right;
} ur_tag_count;

/* A text in a buffer that grows. */
typedef struct ur_tag_text {
    char *text;
    size_t length, room;
} ur_tag_text;

/* The state of reading a sentence that is to be answered (answer.c). */
typedef struct ur_tag_input {
    enum { UR_TAG_LOOKING, UR_TAG_TEXT, UR_TAG_TOKENS, UR_TAG_CONLLU } form;
    ur_tag_text lines, made, out; /* lines so far; other text turned into CoNLL-U; the answer */
} ur_tag_input;

typedef struct ur_tag {
    ur_tag_settings settings;
    uint64_t seed;
    size_t batch;
    ur_conllu *set, *validation;
    ur_tag_part part[UR_PARTS];
    ur_tag_head head[UR_TAG_HEADS]; /* `column`, and `also` if it is given */
    size_t heads;
    ur_vocabulary *words, *characters; /* `characters` is NULL if they are not read */
    bool given;                        /* the model owns the vocabularies */
    const ur_model *model;
    ur_sentence sentence;
    ur_spelling spelling;
    ur_first_vectors vectors;
    int32_t *ids, *lane_of; /* (T, B) */
    int32_t *lengths;       /* (B) */
    int32_t *taken;         /* (T, B) labels that a head predicted */
    size_t places, lanes;   /* capacity: T·B, and B */
    size_t *mistakes;       /* (actual label, predicted label) of an evaluation */
    bool spans;             /* labels have the form B-X, I-X, O */
    double began;           /* time at which the evaluation began */
    ur_tag_input input;
    ur_tag_text shown; /* a sentence as words with blanks between them … */
    uint32_t *ends;    /* … and the offset at which each word ends */
    size_t end_room;
} ur_tag;

extern const ur_task ur_task_tag;
extern const ur_setting_table ur_tag_setting_table;

/* In settings.c: */
ur_status ur_tag_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_tag_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* In open.c: */
ur_status ur_tag_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_tag_close(void *data);
void ur_tag_describe(const void *data, char *text, size_t size);
uint64_t ur_tag_hash(const void *data, ur_part part);

/* In record.c: writes labels and vocabularies into the model's record, and reads them from there. */
ur_status ur_tag_record(void *data, ur_model *model, ur_error *error);
ur_status ur_tag_initialize(void *data, ur_model *model, ur_error *error);
ur_status ur_tag_take_model(ur_tag *c, const ur_model *model, ur_error *error);

/* In words.c: */
enum { UR_TAG_WORD_BYTES = UR_TOKEN_MAX_BYTES };
/* Writes a word in the form of the vocabulary into `plain`, which has UR_TAG_WORD_BYTES. Returns its length, or 0 if it
 * is too long. */
size_t ur_tag_plain(const ur_tag *c, ur_field word, char *plain);
/* The id of a word; that of the unknown token if the vocabulary does not have it. */
int32_t ur_tag_word(const ur_tag *c, ur_field word);
/* The label of a word, as in ur_tag_head.there. */
int32_t ur_tag_label(const ur_tag_head *head, const ur_conllu_word *word);

/* In batches.c: */
ur_status ur_tag_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                         ur_error *error);
uint64_t ur_tag_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_tag_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                       ur_error *error);
ur_status ur_tag_read_text(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                           const uint32_t **end, ur_error *error);
/* Makes c->sentence a batch of one lane. */
ur_status ur_tag_batch_sentence(ur_tag *c, ur_batch *batch, ur_error *error);

/* In judge.c: */
ur_status ur_tag_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
ur_status ur_tag_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                        struct json_t *more, ur_error *error);

/* In spans.c: labels of the form B-X, I-X and O. */
bool ur_spans_look(const ur_vocabulary *labels);
/* Counts the spans of a lane: the true ones, the predicted ones, and those that are equal. */
void ur_spans_count(const ur_vocabulary *labels, const int32_t *there, const int32_t *taken, size_t length,
                    size_t stride, ur_tag_count *tally);

/* In text.c: the length of the first word of a text, which must not begin with a blank. Blanks end words; punctuation
 * at either end of a word is a word of its own. */
size_t ur_tag_cut(const char *text, size_t length);

/* In answer.c and write.c: */
ur_status ur_tag_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                        const ur_sink *sink, ur_error *error);
ur_status ur_tag_look(void *data, const ur_model *model, const char *item, size_t length, size_t number, ur_item *seen,
                      ur_error *error);
const char *ur_tag_step_text(const void *data, size_t step, size_t *length);
ur_status ur_tag_add_text(ur_tag_text *to, const char *text, size_t length, ur_error *error);
/* Writes c->sentence, which lies in `text`, with the labels of each head, (words). */
ur_status ur_tag_write(ur_tag *c, const char *text, size_t length, int32_t *const labels[UR_TAG_HEADS], bool json,
                       const ur_sink *sink, ur_error *error);

#endif
