/* Paints new pictures, or given ones again. Shows some of them during training. */
#include "task/draw/draw.h"

#include "base/mosaic.h"
#include "base/random.h"
#include "layer/latent.h"

#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 64, SHOWN_ACROSS = 8, COLUMNS_MOST = 79, NUMBERS_MOST = 1 << 22 };

/* How many of `most` things, with this many numbers each, fit into the memory that may be used. */
static size_t count_fitting(size_t most, size_t numbers)
{
    size_t fit = NUMBERS_MOST / numbers;
    return fit > most ? most : fit ? fit : 1;
}

/* Paints as many pictures as there are lanes, from number `first` on. */
typedef struct show {
    ur_draw *d;
    ur_painted *to;
    size_t first;
    uint64_t seed;
    ur_painting at;
} show;

/* ---- Keeping ------------------------------------------------------------------------------------------------------ */

static void keep_pixels(const real *shade, size_t count, unsigned char *to)
{
    for (size_t i = 0; i < count; i++) to[i] = shade[i] > 0 ? (unsigned char)((double)shade[i] * 255 + 0.5) : 0;
}

static size_t frame_of(const show *s, size_t b, size_t frame) { return (s->first + b) * s->to->frames + frame; }

static bool keep_canvas(const show *s, size_t frame)
{
    const ur_tensor *canvas = s->at.canvas;
    real *shade = ur_tape_alloc(s->at.tape, canvas->row, sizeof *shade);
    for (size_t b = 0; shade && b < s->at.lanes; b++) {
        memcpy(shade, canvas->value + b * canvas->row, canvas->row * sizeof *shade);
        s->at.model->kernels->activate(UR_SIGMOID, shade, canvas->row);
        keep_pixels(shade, canvas->width, s->to->pixel + frame_of(s, b, frame) * canvas->width);
    }
    return shade != NULL;
}

static void keep_gaze(const show *s, ur_draw_line which, size_t side, size_t frame, ur_gaze *to)
{
    const ur_draw_net *n = &s->d->net;
    const ur_tensor *place = s->at.values[n->line[which]].y;
    const ur_grid grid = {n->rows, n->columns, 1, side};
    for (size_t b = 0; b < s->at.lanes; b++) {
        ur_grid_spot spot = ur_grid_spot_of(&grid, place->value + b * place->row);
        to[frame_of(s, b, frame)] =
            (ur_gaze){(float)spot.row, (float)spot.column, (float)(spot.apart * (double)(side - 1))};
    }
}

/* ---- Painting ----------------------------------------------------------------------------------------------------- */

static void fill_noise(const show *s, const ur_compute *compute)
{
    const ur_draw_net *n = &s->d->net;
    for (size_t t = 0; t < n->strokes; t++) {
        for (size_t b = 0; b < s->at.lanes; b++)
            s->d->first[b] = ((uint64_t)(s->first + b) * n->strokes + t) * n->latent;
        ur_latent_noise(compute, s->seed, UR_USE_DRAW + UR_DRAW_NEW, s->d->first, s->at.lanes, n->latent,
                        s->d->noise + t * s->at.lanes * n->latent);
    }
}

static bool paint_strokes(show *s, ur_tensor *picture)
{
    const ur_draw_net *n = &s->d->net;
    double kl;
    if (!ur_painting_begin(&s->at) || !keep_canvas(s, 0)) return false;
    for (size_t t = 0; t < n->strokes; t++) {
        const real *noise = s->d->noise + t * s->at.lanes * n->latent;
        if (!ur_painting_stroke(&s->at, t, picture, noise, 1, &kl) || !keep_canvas(s, t + 1)) return false;
        if (picture && n->read_size) keep_gaze(s, UR_DRAW_LOOK, n->read_size, t + 1, s->to->read);
        if (n->write_size) keep_gaze(s, UR_DRAW_PLACE, n->write_size, t + 1, s->to->written);
    }
    return true;
}

static ur_status read_given(const show *s, ur_error *error)
{
    const ur_picture_part *p = &s->d->pictures.part[UR_PART_TEST];
    const size_t pixels = ur_draw_pixels(s->d);
    for (size_t b = 0; p->set && b < s->at.lanes; b++) {
        real *picture = s->d->picture + b * pixels;
        UR_TRY(ur_draw_read_binary(s->d, p->set, p->example[s->first + b], 0, picture, error));
        keep_pixels(picture, pixels, s->to->given + (s->first + b) * pixels);
    }
    return UR_OK;
}

static ur_status paint_some(show *s, ur_arena *arena, ur_error *error)
{
    const ur_model *m = s->at.model;
    const ur_compute compute = {m->kernels, ur_train_kernels_of(m->kernels), NULL};
    ur_tape tape;
    ur_value values[UR_LINES_MAX] = {{0}};
    ur_tensor *picture = NULL;
    UR_TRY(ur_draw_room(s->d, s->at.lanes, error));
    UR_TRY(read_given(s, error));
    fill_noise(s, &compute);
    ur_tape_begin(&tape, &compute, arena, false);
    s->at.tape = &tape;
    s->at.values = values;
    if (s->to->given) picture = ur_tensor_from(&tape, s->d->picture, 1, s->at.lanes, ur_draw_pixels(s->d), false);
    paint_strokes(s, picture);
    ur_arena_reset(arena);
    return ur_tape_status(&tape, error);
}

static ur_status make_painted(const ur_draw *d, size_t count, ur_painted *to, ur_error *error)
{
    const size_t frames = d->net.strokes + 1, pixels = ur_draw_pixels(d);
    *to = (ur_painted){.count = count, .frames = frames, .rows = d->net.rows, .columns = d->net.columns};
    size_t all;
    if (!ur_mul_fits(count, frames * pixels, &all)) return ur_fail_memory(error, "the pictures");
    to->pixel = calloc(all + 1, 1);
    to->read = calloc(count * frames + 1, sizeof *to->read);
    to->written = calloc(count * frames + 1, sizeof *to->written);
    if (d->pictures.part[UR_PART_TEST].set) to->given = calloc(count * pixels + 1, 1);
    bool made = to->pixel && to->read && to->written && (to->given || !d->pictures.part[UR_PART_TEST].set);
    return made ? UR_OK : ur_fail_memory(error, "the pictures");
}

ur_status ur_draw_paint(void *data, const ur_model *model, size_t count, uint64_t seed, ur_painted *painted,
                        ur_error *error)
{
    ur_draw *d = data;
    const ur_picture_part *given = &d->pictures.part[UR_PART_TEST];
    ur_arena arena;
    ur_status status = UR_OK;
    if (given->set && count > given->count) count = given->count;
    UR_TRY(make_painted(d, count, painted, error));
    const size_t lanes = count_fitting(AT_ONCE, d->net.strokes * ur_draw_pixels(d));
    ur_arena_init(&arena);
    for (size_t first = 0; first < count && status == UR_OK; first += lanes) {
        show s = {.d = d, .to = painted, .first = first, .seed = seed, .at = {.net = &d->net, .model = model}};
        s.at.lanes = count - first < lanes ? count - first : lanes;
        status = paint_some(&s, &arena, error);
    }
    ur_arena_free(&arena);
    return status;
}

/* ---- During training ---------------------------------------------------------------------------------------------- */

/* Makes a mosaic of the last frames. */
static ur_status make_mosaic(ur_draw *d, const ur_painted *p, const ur_mosaic *m, ur_error *error)
{
    unsigned char *grown = realloc(d->pixel, m->size[0] * m->size[1]);
    if (!grown) return ur_fail_memory(error, "a sample");
    d->pixel = memset(grown, UR_MOSAIC_GREY, m->size[0] * m->size[1]);
    for (size_t i = 0; i < p->count; i++)
        ur_mosaic_put(m, i, p->pixel + ((i + 1) * p->frames - 1) * p->rows * p->columns, d->pixel);
    return UR_OK;
}

static bool is_white(const ur_mosaic *m, const unsigned char *all, size_t row, size_t column)
{
    return row < m->size[0] && column < m->size[1] && all[row * m->size[1] + column] >= 128;
}

/* Writes two by two pixels as one character, a quadrant block of the terminal. */
static size_t write_blocks(const ur_mosaic *m, const unsigned char *all, size_t rows, size_t columns, char *text)
{
    static const char *const BLOCKS[] = {" ", "▘", "▝", "▀", "▖", "▌", "▞", "▛",
                                         "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█"};
    size_t length = 0;
    for (size_t row = 0; row < rows; row += 2) {
        for (size_t column = 0; column < columns; column += 2) {
            const char *block =
                BLOCKS[is_white(m, all, row, column) + 2 * is_white(m, all, row, column + 1) +
                       4 * is_white(m, all, row + 1, column) + 8 * is_white(m, all, row + 1, column + 1)];
            memcpy(text + length, block, strlen(block));
            length += strlen(block);
        }
        while (length && text[length - 1] == ' ') length--;
        text[length++] = '\n';
    }
    return length;
}

/* Writes the first row of the mosaic, with as many pictures as fit across a terminal. */
static ur_status write_text(ur_draw *d, const ur_mosaic *m, ur_shown *shown, ur_error *error)
{
    size_t wide = m->picture[1] + UR_MOSAIC_MARGIN, fit = (2 * COLUMNS_MOST - UR_MOSAIC_MARGIN) / wide;
    size_t columns = (fit < m->across ? fit ? fit : 1 : m->across) * wide, rows = m->picture[0] + UR_MOSAIC_MARGIN + 1;
    char *grown = realloc(d->text, (rows / 2 + 1) * (3 * (columns / 2 + 1) + 1));
    if (!grown) return ur_fail_memory(error, "a sample");
    d->text = grown;
    *shown = (ur_shown){.text = d->text,
                        .length = write_blocks(m, d->pixel, rows, columns, d->text),
                        .pixel = d->pixel,
                        .rows = m->size[0],
                        .columns = m->size[1]};
    return UR_OK;
}

/* Draws the same random numbers each time, so that the same pictures can be seen to improve. */
ur_status ur_draw_show(void *data, const ur_model *model, uint64_t step, ur_shown *shown, ur_error *error)
{
    ur_draw *d = data;
    ur_painted painted = {0};
    (void)step;
    const size_t count = count_fitting(SHOWN_ACROSS * SHOWN_ACROSS, ur_draw_pixels(d));
    ur_status status = ur_draw_paint(d, model, count, d->pictures.seed, &painted, error);
    const ur_mosaic m = ur_mosaic_of(painted.count, SHOWN_ACROSS, painted.rows, painted.columns);
    if (status == UR_OK) status = make_mosaic(d, &painted, &m, error);
    if (status == UR_OK) status = write_text(d, &m, shown, error);
    ur_painted_free(&painted);
    return status == UR_ERR_NUMERIC ? UR_OK : status;
}
