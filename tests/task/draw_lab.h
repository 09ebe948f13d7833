/* A small network of DRAW, and the loss of a painting with fixed noise, as in tests/golden/make_draw.py. */
#ifndef UR_TEST_DRAW_LAB_H
#define UR_TEST_DRAW_LAB_H

#include "layer/layers.h"
#include "model/model.h"
#include "support/lab.h"
#include "task/draw/draw.h"

#include <stdio.h>

enum { LANES = 3, STROKES = 3, LATENT = 2, ROWS = 6, COLUMNS = 5, PIXELS = ROWS * COLUMNS };

typedef struct draw_lab {
    lab lab;
    ur_model *model;
    ur_draw_net net;
    const real *picture, *noise; /* (B, P), (T, B, Z) */
    ur_tensor *canvas;
    double kl[STROKES], lost;
} draw_lab;

static void draw_lab_open(draw_lab *d, size_t read_size, size_t write_size, const char *isa)
{
    ur_error error;
    char line[512];
    const size_t written = write_size ? write_size * write_size : PIXELS;
    ur_sizes lines[UR_LINES_MAX] = {
        {.features = 1}, {.features = LATENT}, {.features = 2 * (read_size ? read_size * read_size : PIXELS)}};
    snprintf(line, sizeof line,
             "canvas: dense %d nobias; decoder: lstm 7; reader: dense 6 relu; "
             "encoder: join reader > join decoder > lstm 7 > dense %d; %s%swrite: join decoder > dense %zu",
             PIXELS, 2 * LATENT, read_size ? "look: join decoder > dense 5; " : "",
             write_size ? "place: join decoder > dense 5; " : "", written);
    *d = (draw_lab){.net = {.strokes = STROKES,
                            .latent = LATENT,
                            .rows = ROWS,
                            .columns = COLUMNS,
                            .read_size = read_size,
                            .write_size = write_size}};
    lab_open(&d->lab, isa, 0);
    if (ur_model_build(&d->model, line, &(ur_sizes){.lines = lines}, isa, &error) != UR_OK) fail_msg("%s", error.text);
    if (ur_model_prepare_training(d->model, &error) != UR_OK) fail_msg("%s", error.text);
    if (ur_draw_find_lines(&d->net, d->model, &error) != UR_OK) fail_msg("%s", error.text);
}

static void draw_lab_close(draw_lab *d)
{
    ur_model_free(d->model);
    lab_close(&d->lab);
}

/* Runs forward and returns the bound. Gradients left on the tape are those of the sum over lanes. */
static double draw_lab_bound(draw_lab *d)
{
    double sum = 0;
    ur_value values[UR_LINES_MAX] = {{0}};
    ur_tape *tape = &d->lab.tape;
    ur_model_pack(d->model, NULL);
    lab_begin(&d->lab, true);
    ur_painting p = {.net = &d->net, .model = d->model, .tape = tape, .values = values, .lanes = LANES};
    ur_tensor *picture = ur_tensor_from(tape, d->picture, 1, LANES, PIXELS, false);
    assert_true(ur_painting_begin(&p));
    for (size_t t = 0; t < STROKES; t++) {
        assert_true(ur_painting_stroke(&p, t, picture, d->noise + t * LANES * LATENT, 1, &d->kl[t]));
        sum += d->kl[t];
    }
    assert_int_equal(ur_sigmoid_loss(tape, p.canvas, d->picture, 1, &d->lost), UR_OK);
    d->canvas = p.canvas;
    return sum + d->lost;
}

#endif
