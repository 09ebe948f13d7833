/*
 * A picture as the network sees it. On a larger canvas it may be anywhere. Around it there are pieces of other pictures
 * of the same part, also anywhere; where they overlap, the lighter pixel is shown. In evaluation the places of a
 * picture are always the same, whatever the seed of the training, so that models are compared on the same pictures. In
 * training they change with each epoch.
 */
#include "task/glimpse/glimpse.h"

#include "base/random.h"
#include "data/media/augment.h"

#include <stdlib.h>
#include <string.h>

enum { PIECE = 8, CHOICES = 5, CHOICES_MOST = 512 };

static size_t rows_of(const ur_picture_part *p) { return ur_labelled_rows(p->set); }
static size_t columns_of(const ur_picture_part *p) { return ur_labelled_columns(p->set); }

/* Reads the mean of the channels into g->grey[0]. */
static ur_status read_grey(ur_glimpse *g, const ur_picture_part *p, uint32_t i, ur_error *error)
{
    const size_t pixels = rows_of(p) * columns_of(p);
    for (size_t k = 0; k < 2 && g->grey_room < pixels; k++) {
        float *grown = realloc(g->grey[k], pixels * sizeof *grown);
        if (!grown) return ur_fail_memory(error, "a picture");
        g->grey[k] = grown;
    }
    if (g->grey_room < pixels) g->grey_room = pixels;
    UR_TRY(ur_picture_parts_read(&g->pictures, p->set, i, error));
    for (size_t k = 0; k < pixels; k++) g->grey[0][k] = ur_picture_parts_grey(&g->pictures, p->set, k);
    return UR_OK;
}

/* The random numbers of one picture. */
typedef struct chance {
    uint64_t seed, first;
} chance;

static size_t choose(const chance *c, size_t number, size_t below)
{
    return (size_t)(ur_random_uniform(c->seed, UR_USE_GLIMPSE + UR_GLIMPSE_PUT, c->first + number) * (double)below);
}

/* A rectangle of a picture. */
typedef struct piece {
    size_t row, column, rows, columns;
} piece;

static void put(const ur_glimpse *g, const float *from, size_t across, piece what, size_t row, size_t column, real *to)
{
    for (size_t y = 0; y < what.rows; y++)
        for (size_t x = 0; x < what.columns; x++) {
            real grey = (real)from[(what.row + y) * across + what.column + x];
            real *at = &to[(row + y) * g->net.columns + column + x];
            if (grey > *at) *at = grey;
        }
}

static ur_status put_piece(ur_glimpse *g, const ur_picture_part *p, const chance *c, size_t number, real *to,
                           ur_error *error)
{
    const size_t rows = rows_of(p), columns = columns_of(p);
    piece what = {.rows = rows < PIECE ? rows : PIECE, .columns = columns < PIECE ? columns : PIECE};
    UR_TRY(read_grey(g, p, p->example[choose(c, number, p->count)], error));
    what.row = choose(c, number + 1, rows - what.rows + 1);
    what.column = choose(c, number + 2, columns - what.columns + 1);
    put(g, g->grey[0], columns, what, choose(c, number + 3, g->net.rows - what.rows + 1),
        choose(c, number + 4, g->net.columns - what.columns + 1), to);
    return UR_OK;
}

ur_status ur_glimpse_picture(ur_glimpse *g, const ur_picture_part *p, uint32_t i, uint64_t vary, real *to,
                             ur_error *error)
{
    const uint64_t seed = vary ? ur_augment_seed(g->pictures.seed, vary - 1) : 0;
    const chance c = {seed, (uint64_t)i * CHOICES_MOST};
    const piece all = {.rows = rows_of(p), .columns = columns_of(p)};
    const bool moved = g->canvas[0] && (all.rows < g->net.rows || all.columns < g->net.columns);
    const bool varied = vary && !g->settings.no_augment;
    UR_TRY(read_grey(g, p, i, error));
    if (varied) ur_picture_vary(g->grey[0], all.rows, all.columns, 1, seed, i, g->grey[1]);
    memset(to, 0, ur_glimpse_pixels(g) * sizeof *to);
    put(g, g->grey[varied], all.columns, all, moved ? choose(&c, 0, g->net.rows - all.rows + 1) : 0,
        moved ? choose(&c, 1, g->net.columns - all.columns + 1) : 0, to);
    for (size_t k = 0; moved && k < g->settings.clutter; k++) UR_TRY(put_piece(g, p, &c, 2 + k * CHOICES, to, error));
    return UR_OK;
}
