/*
 * Captions: the network sees a picture and writes a line of text about it. All lines of the network but the last see
 * the picture, or features that another network has computed from it. The last line is the decoder, which reads what
 * has been written so far. In training it reads the true caption (teacher forcing).
 */
#ifndef UR_TASK_CAPTION_CAPTION_H
#define UR_TASK_CAPTION_CAPTION_H

#include "data/pictures/album.h"
#include "data/pictures/captions.h"
#include "data/pictures/npy.h"
#include "data/scores/bleu.h"
#include "data/tokens.h"
#include "model/graph.h"
#include "task/decoder.h"
#include "task/order.h"
#include "task/scaling.h"
#include "task/teaching.h"
#include "train/task.h"

/* Settings; see the rows of settings.c. */
typedef struct ur_caption_settings {
    const char *images, *val_images, *features, *val_features;
    const char *nearest, *nearest_images;
    const char *caption_column, *file_column, *header;
    size_t side;
    bool no_augment;
    const char *token, *nfc, *attend;
    bool input_feed;
    size_t min_count, vocabulary_limit, max_length;
    double token_dropout, label_smoothing;
    size_t beam, n_best;
    double length_power;
    bool attention;
} ur_caption_settings;

/* A table of captions, and what they describe: pictures or features; the other is NULL. */
typedef struct ur_caption_set {
    ur_captions *table;
    ur_album *album;
    ur_npy *features;
} ur_caption_set;

/* The captions of one part of the data, and the order in which they are read. */
typedef struct ur_caption_part {
    const ur_caption_set *set;
    uint32_t *row, *tokens; /* (count) row in the table, and number of tokens with the end token */
    size_t count;
    ur_order order;
} ur_caption_part;

/* The form of a picture that the network takes: scaled numbers. */
typedef struct ur_caption_input {
    ur_picture_size size; /* rows 0 if the input is features */
    size_t places, width; /* (L, D) of features; a picture counts as one place */
    ur_scaling by;        /* per channel, or per feature */
} ur_caption_input;

static inline size_t ur_caption_means(const ur_caption_input *in)
{
    return in->size.rows ? in->size.channels : in->width;
}

typedef struct ur_caption_task {
    ur_caption_settings settings;
    uint64_t seed;
    size_t batch;
    ur_caption_set set, validation, nearest; /* nearest: captions to compare with; without a table there are none */
    ur_caption_part part[UR_PARTS];
    ur_caption_input input;
    ur_vocabulary *vocabulary;
    bool given; /* the model owns the vocabulary */
    ur_model *model;
    ur_ids text; /* tokens of the current caption */

    float *picture, *varied; /* the current picture, and its augmented form */
    real *values;            /* (L, B, D) */
    size_t lanes;            /* capacity of `values` and at.row */
    ur_teaching teaching;    /* inputs and targets of the decoder */
    struct {
        ur_part part;
        size_t lanes;
        uint32_t *row; /* (B) rows of the table */
    } at;              /* the current batch */
    double began;      /* time at which the evaluation began */

    size_t threads;
    ur_decoding *decoding;
    int32_t never; /* the token that is never written */
    ur_written written;
    ur_score_room scores;
    char shown[720];
} ur_caption_task;

/* Sums over an evaluation. */
typedef struct ur_caption_count {
    size_t captions, pictures, exact, nearest_exact;
    ur_bleu bleu, nearest_bleu;
} ur_caption_count;

extern const ur_task ur_task_caption;
extern const ur_setting_table ur_caption_setting_table;

/* In settings.c: */
ur_status ur_caption_choose(const void *data, ur_settings *settings, ur_error *error);
ur_status ur_caption_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* In open.c: */
ur_status ur_caption_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_caption_close(void *data);
void ur_caption_describe(const void *data, char *text, size_t size);
uint64_t ur_caption_hash(const void *data, ur_part part);

void ur_caption_close_set(ur_caption_set *set);
/* Refuses features whose size differs from what the network takes. */
ur_status ur_caption_check_width(const ur_caption_task *c, const ur_npy *features, const char *path, ur_error *error);

/* In input.c: */
/* Computes mean and standard deviation over the pictures of the training set. */
ur_status ur_caption_measure(ur_caption_task *c, ur_error *error);
/* Allocates space for one picture. */
ur_status ur_caption_picture_room(ur_caption_task *c, ur_error *error);
/* Reads a picture's numbers, from 0 to 1, or its features, (L, D), into c->picture. */
ur_status ur_caption_read_picture(ur_caption_task *c, const ur_caption_set *set, size_t picture, ur_error *error);
/* Augments the picture, differently in each epoch. Returns where the result is. Features stay as they are. */
const float *ur_caption_vary(ur_caption_task *c, uint64_t epoch, uint32_t row);
/* Scales a picture and puts it into lane b of c->values. */
void ur_caption_put_picture(ur_caption_task *c, const float *picture, size_t b, size_t lanes);

/* In record.c: writes vocabulary and scaling into the model's record, and reads them from there. */
ur_status ur_caption_record(void *data, ur_model *model, ur_error *error);
ur_status ur_caption_take_model(ur_caption_task *c, const ur_model *model, ur_error *error);

/* In batches.c: */
ur_status ur_caption_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                             ur_error *error);
uint64_t ur_caption_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_caption_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                           ur_error *error);
/* Makes space for `lanes` pictures. */
ur_status ur_caption_room(ur_caption_task *c, size_t lanes, ur_error *error);
/* Reads the tokens of row i of a table into c->text. A caption that is too long is cut. */
ur_status ur_caption_read_row(ur_caption_task *c, const ur_captions *table, size_t i, ur_error *error);

/* In write.c: starts writing, unless it has started. Each step keeps `width` hypotheses; `best` of them are
 * returned. */
ur_status ur_caption_begin_writing(ur_caption_task *c, ur_learner *learner, size_t width, size_t best, ur_error *error);
void ur_caption_end_writing(ur_caption_task *c);
/* ur_caption_write writes captions for the pictures in c->values. ur_caption_write_besides does so with a learner of
 * its own. ur_caption_text puts caption i of a lane into c->written. */
ur_status ur_caption_write(ur_caption_task *c, size_t lanes, ur_error *error);
ur_status ur_caption_write_besides(ur_caption_task *c, size_t lanes, ur_error *error);
ur_status ur_caption_text(ur_caption_task *c, size_t lane, size_t i, ur_error *error);

/* For inspection and for samples. */
ur_status ur_caption_source_text(void *data, size_t lane, const char **text, size_t *length, ur_error *error);
const char *ur_caption_token_text(void *data, int32_t token, size_t *length);
ur_status ur_caption_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error);

/* In answer.c: */
bool ur_caption_takes_files(const void *data);
ur_status ur_caption_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                            const ur_sink *sink, ur_error *error);
ur_status ur_caption_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                 ur_error *error);

/* In judge.c: */
ur_status ur_caption_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error);
ur_status ur_caption_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                            struct json_t *more, ur_error *error);

#endif
