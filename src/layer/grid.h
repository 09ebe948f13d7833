/*
 * A grid of Gaussian filters over a picture (Gregor et al. 2015, "DRAW", section 3.2): side x side filters, placed by
 * five numbers. Reading gives what each filter sees. Writing is the reverse: each filter paints with a number.
 *
 *   the five numbers of a place   x, y, log σ², log δ, log γ
 *   middle of the grid            g_X = (columns + 1)/2·(x + 1) − 1,  g_Y = (rows + 1)/2·(y + 1) − 1: 0, 0 is the
 *                                 middle of the picture; columns and rows count from 0
 *   filter i                      μ_i = g + (i − (side − 1)/2)·d,  d = (max(rows, columns) − 1)/(side − 1)·δ
 *                                 F[i, a] = exp(−(a − μ_i)²/2σ²) / Σ_a of it, over the columns, and over the rows
 *   read                          y = γ·F_Y P F_Xᵀ, for each channel of the picture P
 *   write                         y = F_Yᵀ W F_X / γ
 *
 * The three logarithms are clamped to ±UR_GRID_LOG_MOST. As everywhere, pictures are (rows, columns, channels), with
 * the channels of a place side by side.
 */
#ifndef UR_LAYER_GRID_H
#define UR_LAYER_GRID_H

#include "tape/tape.h"

/* UR_GRID_SIDE_MOST: limit on the rows and columns of a picture. */
enum { UR_GRID_NUMBERS = 5, UR_GRID_LOG_MOST = 7, UR_GRID_SIDE_MOST = 1024 };

typedef struct ur_grid {
    size_t rows, columns, channels; /* of the picture */
    size_t side;                    /* of the grid */
} ur_grid;

/* Each lane has its own place: place (1, B, 5). Gradients go back to the place and to the picture or patch. NULL after
 * a failure, which the tape keeps. */
/* (1, B, rows·columns·channels) → (1, B, side·side·channels) */
ur_tensor *ur_grid_read(ur_tape *tape, const ur_grid *grid, ur_tensor *place, ur_tensor *picture);
/* (1, B, side·side·channels) → (1, B, rows·columns·channels) */
ur_tensor *ur_grid_write(ur_tape *tape, const ur_grid *grid, ur_tensor *place, ur_tensor *patch);

/* What the five numbers of a place mean. */
typedef struct ur_grid_spot {
    double row, column; /* the middle */
    double apart;       /* d, the distance between filters */
    double width;       /* σ */
    double strength;    /* γ */
} ur_grid_spot;
ur_grid_spot ur_grid_spot_of(const ur_grid *grid, const real *place);

/* grid_filters.c: the filters of one place, first those over the rows (side, padded rows), then those over the columns
 * (side, padded columns). */
size_t ur_grid_filters_size(const ur_grid *grid);
void ur_grid_filters_fill(const ur_grid *grid, const ur_train_kernels *kernels, const real *place, real *filters);
/* Turns the gradients of the filters into those of the first four numbers of the place, and adds them to d. */
void ur_grid_filters_back(const ur_grid *grid, const real *place, const real *filters, const real *d_filters, real *d);
/* Whether a logarithm is within its bounds. Outside of them its gradient is zero. */
bool ur_grid_within(real number);

#endif
