/*
 * The recurrent attention model (Mnih et al. 2014, "Recurrent Models of Visual Attention"). A network looks at parts of
 * a picture, one after the other. After each it says where to look next, and at the end what it saw. It is a set of
 * lines, which look.c runs one after another at each glimpse:
 *
 *   glimpse   what is seen: size x size x scales numbers  glimpse: dense 128 relu
 *   where     the place of the glimpse                    where: dense 128 relu
 *   core      both, and its memory                        core: join glimpse > join where > dense 256 relu > rnn 256
 *   place     h → where to look next                      place: join core > dense 128 relu > dense 2
 *   baseline  h → how probable the right label will be    baseline: join core > dense 1
 *   answer    h → the label; the last line                answer: join core > dense
 *
 * Hard glimpses are cut out of the picture (layer/retina.h), near the place that the line `place` gives. This line
 * learns by trial (layer/policy.h), from the probability of the right label in all answers from there on, minus the
 * probability that `baseline` expected. Neither of these two lines sends a gradient into the core. Soft glimpses are
 * read with a grid of filters (layer/grid.h), whose place has a gradient. They need no baseline, and `place` gives five
 * numbers. The first place is the middle of the picture, or in training a place near it.
 */
#ifndef UR_TASK_GLIMPSE_GLIMPSE_H
#define UR_TASK_GLIMPSE_GLIMPSE_H

#include "layer/grid.h"
#include "layer/retina.h"
#include "model/graph.h"
#include "task/picture_parts.h"
#include "train/task.h"

enum { UR_GLIMPSES_MOST = 64, UR_GLIMPSE_PIECES_MOST = 64, UR_GLIMPSE_MEAN_MOST = 64 };

/* Settings; see the rows of settings.c. */
typedef struct ur_glimpse_settings {
    const char *place;
    size_t clutter, glimpses, size, scales, mean_of;
    enum { UR_GAZE_HARD, UR_GAZE_SOFT } gaze;
    double first_spread, spread, policy_weight;
    bool no_augment, seen;
} ur_glimpse_settings;

/* ---- the network -------------------------------------------------------------------------------------------------- */

typedef enum ur_glimpse_line {
    UR_GLIMPSE_SEEN,
    UR_GLIMPSE_WHERE,
    UR_GLIMPSE_CORE,
    UR_GLIMPSE_PLACE,
    UR_GLIMPSE_BASELINE,
    UR_GLIMPSE_ANSWER,
    UR_GLIMPSE_LINES
} ur_glimpse_line;

/* The sizes of what is looked at and seen, and the lines that look. */
typedef struct ur_glimpse_net {
    size_t glimpses, labels, rows, columns;
    size_t size, scales;
    bool soft;
    double first_spread, spread;   /* σ of the first hard place, and of the later ones */
    size_t line[UR_GLIMPSE_LINES]; /* index of each line in the network */
} ur_glimpse_net;

static inline size_t ur_glimpse_numbers(const ur_glimpse_net *n)
{
    return n->soft ? UR_GRID_NUMBERS : UR_RETINA_NUMBERS;
}
static inline size_t ur_glimpse_inputs(const ur_glimpse_net *n) { return n->size * n->size * n->scales; }

/* One glimpse. All tensors are (1, B, …). */
typedef struct ur_glimpsed {
    ur_tensor *mean, *expected; /* what `place` and `baseline` gave before it; NULL if first or soft */
    ur_tensor *place;           /* where the network looks, as input of the line `where` */
    ur_tensor *seen, *logits;   /* logits: the answer so far */
} ur_glimpsed;

/* Pictures being looked at, one per lane. */
typedef struct ur_looking {
    const ur_glimpse_net *net;
    const ur_model *model;
    ur_tape *tape;
    ur_value *values; /* of the lines; zeros at first */
    size_t lanes;
    ur_tensor *picture; /* (1, B, rows·columns) */
    const real *noise;  /* (T, B, 2) from N(0, 1); NULL to look at the middle, and then where the network wants to */
    ur_glimpsed at[UR_GLIMPSES_MOST];
} ur_looking;

/* In look.c: runs all glimpses. Returns false after a failure, which the tape keeps. */
bool ur_looking_run(ur_looking *looking);
/* Computes the losses of the glimpses. `labels` is (B). *sum is the cross-entropy of all lanes after the last
 * glimpse. */
bool ur_looking_learn(ur_looking *looking, const int32_t *labels, double policy_weight, double *sum);

/* In network.c: finds the indices of the lines in a model. UR_ERR_USAGE if a line is missing or has other sizes. */
ur_status ur_glimpse_find_lines(ur_glimpse_net *net, const ur_model *model, ur_error *error);
ur_status ur_glimpse_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* ---- the task ----------------------------------------------------------------------------------------------------- */

typedef struct ur_glimpse {
    ur_glimpse_settings settings;
    ur_picture_parts pictures;
    const struct ur_watcher *watcher; /* used while data are opened; NULL if there is none */
    const char **labels;              /* net.labels of them, owned by the set or the model */
    size_t canvas[2]; /* rows and columns of the canvas on which pictures are put; 0 if they stay as they are */
    ur_glimpse_net net;
    float *grey[2]; /* the current picture, and its augmented form */
    size_t grey_room;

    real *picture, *noise; /* (B, P); (T, B, 2) */
    uint32_t *number;      /* (B) indices of the pictures in their set */
    int32_t *label;        /* (B) */
    double *share;         /* (T, B, labels) probabilities of the last batch that was evaluated */
    size_t lanes;          /* capacity in lanes */
    size_t *right;         /* (T) right answers after each glimpse, over an evaluation */
} ur_glimpse;

/* Sums over an evaluation. */
typedef struct ur_glimpse_tally {
    size_t count; /* number of pictures; the other sums are in g->right */
} ur_glimpse_tally;

/* Streams of random numbers; each is added to UR_USE_GLIMPSE. */
enum { UR_GLIMPSE_LEARNT, UR_GLIMPSE_JUDGED, UR_GLIMPSE_PUT };

static inline size_t ur_glimpse_pixels(const ur_glimpse *g) { return g->net.rows * g->net.columns; }

/* In settings.c: */
extern const ur_setting_table ur_glimpse_setting_table;
ur_status ur_glimpse_choose(const void *data, ur_settings *settings, ur_error *error);
/* Chooses size, scales and spread, if left open, for pictures of net->rows and net->columns. */
void ur_glimpse_choose_sizes(ur_glimpse_net *net);
/* Reads "60x60". Gives zeros if nothing is set. */
ur_status ur_glimpse_read_canvas(const ur_glimpse_settings *settings, size_t canvas[2], ur_error *error);

/* In open.c: */
ur_status ur_glimpse_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_glimpse_close(void *data);
void ur_glimpse_describe(const void *data, char *text, size_t size);
uint64_t ur_glimpse_hash(const void *data, ur_part part);
/* Opens pictures without labels, as the part to be evaluated. */
ur_status ur_glimpse_open_pictures(ur_glimpse *g, const char *path, ur_error *error);

/* In record.c: writes labels and picture size into the model's record, and reads them from there. */
ur_status ur_glimpse_record(void *data, ur_model *model, ur_error *error);
ur_status ur_glimpse_take_model(ur_glimpse *g, const ur_model *model, ur_error *error);

/* In picture.c: makes picture i of a part as the network sees it: grey and, if asked for, put somewhere on a canvas.
 * `vary` is the epoch of training, counted from 1; 0 for evaluation, where a picture always looks the same. */
ur_status ur_glimpse_picture(ur_glimpse *g, const ur_picture_part *part, uint32_t i, uint64_t vary, real *to,
                             ur_error *error);

/* In batches.c: */
ur_status ur_glimpse_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                             ur_error *error);
uint64_t ur_glimpse_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_glimpse_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                           ur_error *error);
ur_status ur_glimpse_room(ur_glimpse *g, size_t lanes, ur_error *error);

/* In judge.c: */
ur_status ur_glimpse_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                             ur_error *error);
/* Computes the probabilities of the current pictures into g->share. With several paths they are averaged, and `looking`
 * holds the last path. */
bool ur_glimpse_judge(ur_glimpse *g, ur_looking *looking);
ur_status ur_glimpse_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                 ur_error *error);
ur_status ur_glimpse_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                            struct json_t *more, ur_error *error);
size_t ur_glimpse_decide(const ur_glimpse *g, size_t glimpse, size_t lanes, size_t lane);

/* In answer.c: */
bool ur_glimpse_takes_files(const void *data);
ur_status ur_glimpse_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                            const ur_sink *sink, ur_error *error);
ur_status ur_glimpse_answer_file(void *data, ur_learner *learner, const char *path, bool json, const ur_sink *sink,
                                 ur_error *error);

#endif
