/*
 * DRAW (Gregor et al. 2015, "DRAW: A Recurrent Neural Network For Image Generation"). A picture is painted in T strokes
 * on a canvas of logits. At each stroke an encoder looks at the picture and at what the canvas still lacks, and gives
 * means and deviations of Z numbers. The numbers are drawn, and a decoder makes the next stroke from them. Without a
 * picture the numbers are drawn from N(0, 1), which gives new pictures. The network is a set of lines, which paint.c
 * runs one after another at each stroke:
 *
 *   canvas    1 → the first canvas                      canvas: dense nobias
 *   look      h of the decoder → where to read          look: join decoder > dense
 *   reader    what is read → input of the encoder       reader: dense 256 relu
 *   encoder   reader, h of the decoder → means, log σ   encoder: join reader > join decoder > lstm 256 > dense
 *   decoder   the numbers drawn → h                     decoder: lstm 256
 *   place     h → where to write                        place: join decoder > dense
 *   write     h → what is added to the canvas           write: join decoder > dense
 *
 * `look` is needed only to read with attention, and `place` only to write with attention.
 */
#ifndef UR_TASK_DRAW_DRAW_H
#define UR_TASK_DRAW_DRAW_H

#include "layer/grid.h"
#include "model/graph.h"
#include "task/picture_parts.h"
#include "train/task.h"

/* Settings; see the rows of settings.c. */
typedef struct ur_draw_settings {
    size_t strokes, latent, read_size, write_size;
    enum { UR_BINARISE_SAMPLE, UR_BINARISE_RESAMPLE, UR_BINARISE_THRESHOLD } binarise;
} ur_draw_settings;

/* ---- the network -------------------------------------------------------------------------------------------------- */

typedef enum ur_draw_line {
    UR_DRAW_CANVAS,
    UR_DRAW_LOOK,
    UR_DRAW_READER,
    UR_DRAW_ENCODER,
    UR_DRAW_DECODER,
    UR_DRAW_PLACE,
    UR_DRAW_WRITE,
    UR_DRAW_LINES
} ur_draw_line;

/* The sizes of a painting, and the lines that paint. */
typedef struct ur_draw_net {
    size_t strokes, latent, rows, columns;
    size_t read_size, write_size; /* 0 without attention */
    size_t line[UR_DRAW_LINES];   /* index of each line in the network */
} ur_draw_net;

/* Pictures being painted, one per lane. */
typedef struct ur_painting {
    const ur_draw_net *net;
    const ur_model *model;
    ur_tape *tape;
    ur_value *values; /* of the lines */
    size_t lanes;
    ur_tensor *canvas;   /* logits (1, B, rows·columns) */
    ur_dense_kept *kept; /* the reader's product with the picture, the same at each stroke; NULL if not kept */
} ur_painting;

/* In paint.c: begins with the first canvas, and a decoder that has read nothing. Returns false after a failure, which
 * the tape keeps. */
bool ur_painting_begin(ur_painting *painting);
/* Paints stroke t, counted from 0. `noise` (B, Z) is from N(0, 1); it must stay valid until the tape has gone back.
 * With a picture (1, B, rows·columns), *kl is the KL divergence of the stroke in nats, summed over the lanes, and
 * `scale` times its gradient is recorded. With `picture` NULL nothing is looked at. */
bool ur_painting_stroke(ur_painting *painting, size_t t, ur_tensor *picture, const real *noise, double scale,
                        double *kl);

/* In compare.c: what the canvas still lacks, x − σ(canvas): (1, B, P) twice → (1, B, P). With `both`, x and this
 * difference side by side for each pixel, (1, B, 2P). Gradients go to the canvas only. */
ur_tensor *ur_draw_compare(ur_tape *tape, ur_tensor *picture, ur_tensor *canvas, bool both);

/* In network.c: finds the indices of the lines in a model. UR_ERR_USAGE if a line is missing or has other sizes. */
ur_status ur_draw_find_lines(ur_draw_net *net, const ur_model *model, ur_error *error);
ur_status ur_draw_network(const void *data, const ur_settings *settings, ur_net_request *request, ur_error *error);

/* ---- the task ----------------------------------------------------------------------------------------------------- */

typedef struct ur_draw {
    ur_draw_settings settings;
    ur_picture_parts pictures;
    ur_draw_net net;

    real *picture;            /* (B, P) pixels in black and white, 0 and 1 */
    real *ones, *noise;       /* (B); (T, B, Z) */
    uint64_t *number, *first; /* (B) indices of the pictures in their set; position of each picture's random numbers */
    size_t lanes;             /* capacity in lanes */

    double reconstruction, *kl; /* of the last batch; kl (T), by stroke */
    double *kl_sum;             /* (T) sums over an evaluation */
    char *text;                 /* text of a sample */
    unsigned char *pixel;
} ur_draw;

/* Sums over an evaluation, in nats over all pictures. */
typedef struct ur_draw_tally {
    double reconstruction, kl;
    size_t count;
} ur_draw_tally;

/* Streams of random numbers; each is added to UR_USE_DRAW. */
enum { UR_DRAW_LEARNT, UR_DRAW_JUDGED, UR_DRAW_NEW, UR_DRAW_BINARY };

static inline size_t ur_draw_pixels(const ur_draw *d) { return d->net.rows * d->net.columns; }

/* In settings.c: */
extern const ur_setting_table ur_draw_setting_table;
ur_status ur_draw_choose(const void *data, ur_settings *settings, ur_error *error);

/* In open.c: */
ur_status ur_draw_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error);
void ur_draw_close(void *data);
void ur_draw_describe(const void *data, char *text, size_t size);
uint64_t ur_draw_hash(const void *data, ur_part part);
ur_status ur_draw_record(void *data, ur_model *model, ur_error *error);

/* In first.c: */
ur_status ur_draw_initialize(void *data, ur_model *model, ur_error *error);

/* In batches.c: */
ur_status ur_draw_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                          ur_error *error);
uint64_t ur_draw_batches(const void *data, ur_part part, uint64_t epoch);
ur_status ur_draw_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch,
                        ur_error *error);
/* Reads picture i of a set in black and white. `draw` is 0, or the number of another random drawing. */
ur_status ur_draw_read_binary(ur_draw *d, const ur_labelled *set, size_t i, uint64_t draw, real *to, ur_error *error);
ur_status ur_draw_room(ur_draw *d, size_t lanes, ur_error *error);

/* In show.c: */
ur_status ur_draw_paint(void *data, const ur_model *model, size_t count, uint64_t seed, ur_painted *painted,
                        ur_error *error);
ur_status ur_draw_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error);

/* In judge.c: */
ur_status ur_draw_forward(void *data, ur_pass *pass, const ur_task_batch *batch, ur_window_result *sums,
                          ur_error *error);
ur_status ur_draw_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                              ur_error *error);
ur_status ur_draw_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                         struct json_t *more, ur_error *error);

#endif
