/* See slide.h. */
#include "layer/slide.h"

#include <string.h>

size_t ur_slide_bordered(const ur_slide *s)
{
    return (s->in.rows + s->high - 1) * ur_slide_row(s) + s->wide * s->in.channels + 16;
}

void ur_slide_border(const ur_slide *s, const real *from, size_t given, real *bordered)
{
    size_t row = ur_slide_row(s), channels = s->in.channels;
    memset(bordered, 0, ur_slide_bordered(s) * sizeof(real));
    for (size_t r = 0; r < s->in.rows; r++) {
        real *to = bordered + (r + s->above) * row + s->left * channels;
        if (given == channels) memcpy(to, from, s->in.columns * channels * sizeof(real));
        for (size_t c = 0; given < channels && c < s->in.columns; c++)
            memcpy(to + c * channels, from + c * given, given * sizeof(real));
        from += s->in.columns * given;
    }
}

/* Copies one row of the result from padded places to places of N numbers. */
static void put_row(const ur_slide *s, const real *strip, real *to, bool add)
{
    size_t padded = ur_padded(s->outputs);
    for (size_t c = 0; c < s->in.columns; c++, strip += padded, to += s->outputs) {
        if (!add) memcpy(to, strip, s->outputs * sizeof(real));
        for (size_t n = 0; add && n < s->outputs; n++) to[n] += strip[n];
    }
}

void ur_slide_over(const ur_slide *s, const ur_kernels *kernels, const real *bordered, real *strip, real *to, bool add)
{
    size_t row = ur_slide_row(s), panels = ur_padded(s->outputs) / 16;
    ur_product p = {.a_row = s->in.channels,
                    .a_outer = row,
                    .inner = s->wide * s->in.channels,
                    .outer = s->high,
                    .b = s->weights,
                    .bias = s->bias,
                    .start = s->bias ? UR_START_BIAS : UR_START_ZERO,
                    .c = strip,
                    .c_row = 16 * panels,
                    .group = panels};
    for (size_t r = 0; r < s->in.rows; r++) {
        p.a = bordered + r * row;
        kernels->product(&p, 0, s->in.columns, 0, panels);
        put_row(s, strip, to + r * s->in.columns * s->outputs, add);
    }
}
