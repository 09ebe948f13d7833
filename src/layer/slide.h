/*
 * A filter that slides over a picture: y(r, c, n) = b(n) + Σ x(r + h − above, c + w − left, k)·W(n, h, w, k), one chain in the
 * order h, w, k; outside the picture x is 0. The result is as large as the picture. Pictures lie (rows, columns, channels).
 *
 * A picture with its border of zeros is all that the product needs: the numbers under a filter lie in runs of it, one for each
 * of the filter's rows.
 */
#ifndef UR_LAYER_SLIDE_H
#define UR_LAYER_SLIDE_H

#include "kernel/compute.h"
#include "layer/picture.h"

#include <stdbool.h>

typedef struct ur_slide {
    ur_picture in;       /* channels: in memory, and of the filter */
    size_t outputs;      /* N */
    size_t high, wide;   /* of the filter */
    size_t above, left;  /* of its middle */
    const real *weights; /* packed: panels of 16 outputs, depth (high, wide, channels) */
    const real *bias;    /* (panels, 16); NULL: 0 */
} ur_slide;

/* Numbers of a picture with its border, and room behind it that is zero as well, for who reads a little further. */
size_t ur_slide_bordered(const ur_slide *slide);
/* Numbers of a row of the picture between border and border. */
static inline size_t ur_slide_row(const ur_slide *s) { return (s->in.columns + s->wide - 1) * s->in.channels; }

/* `from`: the picture, of which a place has `given` ≤ channels numbers; the others become 0. */
void ur_slide_border(const ur_slide *slide, const real *from, size_t given, real *bordered);

/* Numbers of room for ur_slide_over. */
static inline size_t ur_slide_strip(const ur_slide *s) { return s->in.columns * ur_padded(s->outputs); }
/* The filter over one picture: set, or added to where `add`. */
void ur_slide_over(const ur_slide *slide, const ur_kernels *kernels, const real *bordered, real *strip, real *to,
                   bool add);

#endif
