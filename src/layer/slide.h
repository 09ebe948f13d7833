/*
 * A filter that slides over a picture: y(r, c, n) = b(n) + Σ x(r + h − above, c + w − left, k)·W(n, h, w, k), one chain
 * in the order h, w, k. Outside the picture x is 0. The result has as many places as the picture. Pictures are (rows,
 * columns, channels).
 *
 * The product needs only a picture with a border of zeros: the numbers under a filter are runs of consecutive numbers,
 * one for each row of the filter.
 */
#ifndef UR_LAYER_SLIDE_H
#define UR_LAYER_SLIDE_H

#include "kernel/compute.h"
#include "layer/picture.h"

#include <stdbool.h>

typedef struct ur_slide {
    ur_picture in;       /* channels: as in memory, and of the filter */
    size_t outputs;      /* N */
    size_t high, wide;   /* of the filter */
    size_t above, left;  /* distance of the filter's middle from its first row and column */
    const real *weights; /* packed: panels of 16 outputs, depth (high, wide, channels) */
    const real *bias;    /* (panels, 16), or NULL for zeros */
} ur_slide;

/* Size of a picture with its border, and of zeros after it for readers that read a little further. */
size_t ur_slide_bordered(const ur_slide *slide);
/* Distance between the rows of a picture with its border. */
static inline size_t ur_slide_row(const ur_slide *s) { return (s->in.columns + s->wide - 1) * s->in.channels; }

/* `from` is the picture, with `given` ≤ channels numbers for each place. The other channels become 0. */
void ur_slide_border(const ur_slide *slide, const real *from, size_t given, real *bordered);

/* Scratch numbers for ur_slide_over. */
static inline size_t ur_slide_strip(const ur_slide *s) { return s->in.columns * ur_padded(s->outputs); }
/* Slides the filter over one picture. The result is written to `to`, or added if `add`. */
void ur_slide_over(const ur_slide *slide, const ur_kernels *kernels, const real *bordered, real *strip, real *to,
                   bool add);

#endif
