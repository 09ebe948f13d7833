/*
 * Translation: reads a text and writes another one. All lines of the network but the last read the source. The last
 * line is the decoder, which begins from them, reads what has been written so far, and gives a number for each possible
 * next token. In training it reads the true tokens (teacher forcing), or its own ones for a share of them.
 */
#ifndef UR_TASK_TRANSLATE_TRANSLATE_H
#define UR_TASK_TRANSLATE_TRANSLATE_H

#include "data/scores/bleu.h"
#include "data/scores/chrf.h"
#include "data/table/pairs.h"
#include "data/tokens.h"
#include "model/graph.h"
#include "task/decoder.h"
#include "task/order.h"
#include "task/teaching.h"
#include "train/task.h"

enum { UR_SOURCE = UR_PAIR_SOURCE, UR_TARGET = UR_PAIR_TARGET, UR_SIDES = UR_PAIR_SIDES };

/* Settings; see the rows of settings.c. */
typedef struct ur_translate_settings {
    const char *source_column, *target_column, *header;
    const char *token, *joint, *nfc, *attend;
    bool input_feed;
    size_t min_count, vocabulary_limit, max_length;
    double token_dropout, label_smoothing;
    double teacher_forcing;
    size_t forcing_steps;
    size_t beam, n_best; /* n_best 0: one text, without its log probability */
    double length_power;
    bool attention;
    size_t at_once;
} ur_translate_settings;

/* The pairs of one part of the data, and the order in which they are read. */
typedef struct ur_translate_part {
    const ur_pairs *set;
    uint32_t *pair, *tokens; /* (count) index in the set, and tokens of both sides with their end tokens */
    size_t count;
    ur_order order;
} ur_translate_part;

typedef struct ur_translate_side {
    ur_vocabulary *vocabulary; /* the same for both sides if it is joint */
    ur_ids text;               /* tokens of the current text */
    ur_ids *texts;             /* tokens of the texts of a batch; capacity text_room */
    size_t text_room;
} ur_translate_side;

/* A loss being added up. */
typedef struct ur_translate_loss {
    double sum;
    size_t count;
} ur_translate_loss;

/* Sums over an evaluation. */
typedef struct ur_translate_count {
    size_t sentences, exact, empty; /* empty: empty sources, which get an empty answer */
    ur_bleu bleu, bleu_lower;
    ur_chrf chrf;
    ur_translate_loss own; /* loss with the decoder's own tokens fed */
} ur_translate_count;

/* Lines that wait to be answered together. */
typedef struct ur_translate_waiting {
    const ur_vocabulary *vocabulary;
    ur_ids *line;
    size_t count, room;
} ur_translate_waiting;

typedef struct ur_translate {
    ur_translate_settings settings;
    uint64_t seed;
    size_t batch;
    ur_pairs *set, *validation;
    ur_translate_part part[UR_PARTS];
    ur_translate_side side[UR_SIDES];
    bool joint, given;         /* given: the model owns the vocabularies */
    bool nfc;                  /* texts are converted to normal form C */
    ur_normal_form form;       /* of a line that is answered */
    size_t empty, longer, cut; /* pairs left out as a side is empty, or too long; number of sources that were cut */
    const ur_model *model;
    ur_model *built; /* the same model, in training; else NULL */
    ur_pair pair;
    struct {
        int32_t *ids, *lengths; /* (T, B) with end tokens; (B) */
        size_t places, lanes;   /* capacity: T·B, and B */
    } source;                   /* of the current batch */
    ur_teaching teaching;       /* inputs and targets of the decoder */
    int32_t *said;              /* (T, B) tokens fed to a decoder that is stepped */
    size_t places;              /* capacity of `said` */
    uint32_t *sorted;           /* places of a training batch, in the order of its lanes */
    bool sums;                  /* losses are summed, not averaged */
    ur_translate_loss own;      /* of the current batch */
    double writing;             /* seconds of the evaluation spent on writing */
    struct {
        ur_part part;
        const uint32_t *place; /* index in the part of each lane's pair */
        size_t lanes;
    } at;           /* the current batch */
    size_t longest; /* most tokens of a training target */
    size_t threads;
    ur_learner *judge; /* the learner with which evaluations write; NULL before the first */
    ur_decoding *decoding;
    int32_t never; /* the token that is never written */
    ur_written written;
    ur_score_room scores;
    ur_translate_waiting waiting;
    char shown[1024];
} ur_translate;

extern const ur_task ur_task_translate;
extern const ur_setting_table ur_translate_setting_table;

/* In settings.c: */
ur_status ur_translate_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_translate_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* In open.c and vocabulary.c: */
ur_status ur_translate_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_translate_close(void *data);
void ur_translate_describe(const void *data, char *text, size_t size);
uint64_t ur_translate_hash(const void *data, ur_part part);
/* Makes the vocabularies from the pairs of the training part, and decides what was left open about them. */
ur_status ur_translate_make_vocabularies(ur_translate *c, ur_error *error);

/* In record.c: writes the vocabularies into the model, and reads them from there. */
ur_status ur_translate_record(void *data, ur_model *model, ur_error *error);
ur_status ur_translate_take_model(ur_translate *c, const ur_model *model, ur_error *error);

/* In batches.c: */
ur_status ur_translate_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                               ur_error *error);
uint64_t ur_translate_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_translate_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                             ur_error *error);

/* Makes a batch of lines to write for. Each line that has tokens is a lane; there are c->at.lanes of them. Lines that
 * are too long are cut and counted. */
ur_status ur_translate_batch_lines(ur_translate *c, ur_ids *lines, size_t count, ur_batch *batch, ur_error *error);
/* The token that replaces a dropped one, and that is never written: the unknown token. Pieces have none, so it is the
 * byte 1, which texts do not use. */
int32_t ur_translate_mask(const ur_vocabulary *vocabulary);

/* In forward.c: the loss of a batch, and the share of true tokens that the decoder is fed at an update. */
ur_status ur_translate_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                               ur_error *error);
double ur_translate_share(const ur_translate *c, uint64_t step);

/* In write.c: starts writing, unless it has started. The learner must outlive it. */
ur_status ur_translate_begin_writing(ur_translate *c, ur_learner *learner, const ur_beam_settings *beam,
                                     ur_error *error);
void ur_translate_end_writing(ur_translate *c);
/* Writes the texts of a batch for an evaluation. */
ur_status ur_translate_write_batch(ur_translate *c, ur_model *model, const ur_batch *batch, ur_error *error);
/* Puts text i of a lane into c->written. */
ur_status ur_translate_text(ur_translate *c, size_t lane, size_t i, ur_error *error);

/* For inspection and for samples. */
ur_status ur_translate_source_text(void *data, size_t lane, const char **text, size_t *length, ur_error *error);
const char *ur_translate_token_text(void *data, int32_t token, size_t *length);
ur_status ur_translate_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error);

/* In answer.c: */
void ur_translate_end_waiting(ur_translate *c);
ur_status ur_translate_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                              const ur_sink *sink, ur_error *error);
size_t ur_translate_cut(const void *data);

/* In judge.c: */
ur_status ur_translate_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
ur_status ur_translate_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                              struct json_t *more, ur_error *error);

#endif
