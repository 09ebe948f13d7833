/*
 * Tagging: a label for every word of a sentence. A word is read as one of the vocabulary and, by a line of the network of its
 * own, as its characters: each different word of a batch is spelled once. Batches have about equal numbers of words.
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

/* As the rows of settings.c say. */
typedef struct ur_tag_settings {
    const char *column, *also;
    double also_weight;
    const char *characters, *vectors;
    bool keep_case, vectors_fixed;
    size_t min_count, vocabulary_limit;
    double token_dropout, label_smoothing;
    const char *lines; /* of what is to be answered; NULL: found by looking */
    bool in_line;
} ur_tag_settings;

/* Sentences of a part of the data, and in which order they are read. */
typedef struct ur_tag_part {
    const ur_conllu *set;
    uint32_t *sentence, *words; /* count of them: numbers in the set, and the words of each */
    size_t count;
    ur_order order;
} ur_tag_part;

/* A column that is learnt: labels, and the line of the network that gives them. */
typedef struct ur_tag_head {
    size_t field, line;
    ur_vocabulary *labels;
    double weight;
    int32_t *there,
        *target; /* (T, B): the label, −1 none, UR_TAG_UNSEEN one that was never seen; what the loss takes */
} ur_tag_head;

enum { UR_TAG_UNSEEN = -2, UR_TAG_HEADS = 2, UR_TAG_COMMONEST = 10 };

/* What an evaluation adds up. */
typedef struct ur_tag_count {
    size_t sentences, sentences_right, words, right, unknown, unknown_right, unseen, also, also_right;
    size_t spans_there, spans_taken, spans_right;
} ur_tag_count;

/* Text that grows. */
typedef struct ur_tag_text {
    char *text;
    size_t length, room;
} ur_tag_text;

/* Where a sentence that is answered is on its way (answer.c). */
typedef struct ur_tag_input {
    enum { UR_TAG_LOOKING, UR_TAG_TEXT, UR_TAG_TOKENS, UR_TAG_CONLLU } form;
    ur_tag_text lines, made, out; /* lines so far; what is not CoNLL-U, as CoNLL-U; the answer */
} ur_tag_input;

typedef struct ur_tag {
    ur_tag_settings settings;
    uint64_t seed;
    size_t batch;
    ur_conllu *set, *validation;
    ur_tag_part part[UR_PARTS];
    ur_tag_head head[UR_TAG_HEADS]; /* the column, and the other one where there is one */
    size_t heads;
    ur_vocabulary *words, *characters; /* characters: NULL: they are not read */
    bool given;                        /* the model has them */
    const ur_model *model;
    ur_sentence sentence;
    ur_spelling spelling;
    ur_first_vectors vectors;
    int32_t *ids, *lane_of; /* (T, B) */
    int32_t *lengths;       /* (B) */
    int32_t *taken;         /* (T, B): labels that a head gave */
    size_t places, lanes;   /* for which there is room */
    size_t *mistakes;       /* (label, label): there, taken; of an evaluation */
    bool spans;             /* labels look like B-X, I-X, O */
    double began;           /* when the evaluation did */
    ur_tag_input input;
    ur_tag_text shown; /* a sentence, its words with blanks between … */
    uint32_t *ends;    /* … and where each ends in it */
    size_t end_room;
} ur_tag;

extern const ur_task ur_task_tag;
extern const ur_setting_table ur_tag_setting_table;

/* settings.c */
ur_status ur_tag_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_tag_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* open.c */
ur_status ur_tag_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_tag_close(void *data);
void ur_tag_describe(const void *data, char *text, size_t size);
uint64_t ur_tag_hash(const void *data, ur_part part);

/* record.c: labels and vocabularies, in the model's file and out of it. */
ur_status ur_tag_record(void *data, ur_model *model, ur_error *error);
ur_status ur_tag_initialize(void *data, ur_model *model, ur_error *error);
ur_status ur_tag_take_model(ur_tag *c, const ur_model *model, ur_error *error);

/* words.c */
enum { UR_TAG_WORD_BYTES = UR_TOKEN_MAX_BYTES };
/* A word as the vocabulary has it, into UR_TAG_WORD_BYTES; returns its length, 0: it is too long. */
size_t ur_tag_plain(const ur_tag *c, ur_field word, char *plain);
/* Its id; the unknown one where it is not there. */
int32_t ur_tag_word(const ur_tag *c, ur_field word);
/* The label at a word, as in ur_tag_head.there. */
int32_t ur_tag_label(const ur_tag_head *head, const ur_conllu_word *word);

/* batches.c */
ur_status ur_tag_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                         ur_error *error);
uint64_t ur_tag_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_tag_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                       ur_error *error);
ur_status ur_tag_read_text(void *data, ur_part part, const ur_task_batch *batch, size_t lane, const char **text,
                           const uint32_t **end, ur_error *error);
/* c->sentence as a batch of one. */
ur_status ur_tag_batch_sentence(ur_tag *c, ur_batch *batch, ur_error *error);

/* judge.c */
ur_status ur_tag_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
ur_status ur_tag_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                        struct json_t *more, ur_error *error);

/* spans.c: labels B-X, I-X and O. */
bool ur_spans_look(const ur_vocabulary *labels);
/* Adds the spans of a lane: of those there, those taken, and those that are the same. */
void ur_spans_count(const ur_vocabulary *labels, const int32_t *there, const int32_t *taken, size_t length,
                    size_t stride, ur_tag_count *tally);

/* text.c: the first word of a text, which does not begin with a blank: its length. Blanks end words; punctuation at a word's
 * ends is a word of its own. */
size_t ur_tag_cut(const char *text, size_t length);

/* answer.c, write.c */
ur_status ur_tag_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                        const ur_sink *sink, ur_error *error);
ur_status ur_tag_look(void *data, const ur_model *model, const char *item, size_t length, size_t number, ur_item *seen,
                      ur_error *error);
const char *ur_tag_step_text(const void *data, size_t step, size_t *length);
ur_status ur_tag_add_text(ur_tag_text *to, const char *text, size_t length, ur_error *error);
/* The sentence c->sentence, which stands in `text`, with the labels of each head, (words). */
ur_status ur_tag_write(ur_tag *c, const char *text, size_t length, int32_t *const labels[UR_TAG_HEADS], bool json,
                       const ur_sink *sink, ur_error *error);

#endif
