/* The weights of a convolution in the orders in which they are read. */
#include "kernel/pack.h"
#include "layer/conv.h"

#include <string.h>

static ur_picture with_channels(ur_picture p, size_t channels) { return (ur_picture){p.rows, p.columns, channels}; }

/* As PyTorch's padding="same": if a side of the filter is even, the larger part of the border comes after the
 * picture. */
ur_slide ur_conv_forward_slide(const ur_conv *c)
{
    return (ur_slide){.in = c->in,
                      .outputs = c->outputs,
                      .high = c->high,
                      .wide = c->wide,
                      .above = (c->high - 1) / 2,
                      .left = (c->wide - 1) / 2,
                      .weights = c->forward,
                      .bias = c->packed_bias};
}

/* Here dy has ⌈N/16⌉·16 channels, because the weight gradient reads dy in this form too. */
ur_slide ur_conv_back_slide(const ur_conv *c)
{
    return (ur_slide){.in = with_channels(c->in, ur_padded(c->outputs)),
                      .outputs = c->in.channels,
                      .high = c->high,
                      .wide = c->wide,
                      .above = c->high / 2,
                      .left = c->wide / 2,
                      .weights = c->back};
}

static size_t depth_of(const ur_slide *s) { return s->high * s->wide * s->in.channels; }

/* The number of weights of a slide, in rows and in panels. */
static size_t sorted_size(const ur_slide *s) { return s->outputs * depth_of(s); }
static size_t panels_size(const ur_slide *s) { return ur_padded(s->outputs) * depth_of(s); }

size_t ur_conv_packed_size(const ur_conv *c, bool training)
{
    ur_slide forward = ur_conv_forward_slide(c), back = ur_conv_back_slide(c);
    size_t sorted = sorted_size(&forward);
    if (training && sorted_size(&back) > sorted) sorted = sorted_size(&back);
    return ur_padded(c->outputs) + panels_size(&forward) + (training ? panels_size(&back) : 0) + ur_padded(sorted);
}

void ur_conv_place(ur_conv *c, real *memory, bool training)
{
    ur_slide forward = ur_conv_forward_slide(c), back = ur_conv_back_slide(c);
    c->packed_bias = memory;
    c->forward = memory + ur_padded(c->outputs);
    c->sorted = c->forward + panels_size(&forward);
    c->back = training ? c->sorted : NULL;
    if (training) c->sorted += panels_size(&back);
}

static real weight_at(const ur_conv *c, size_t n, size_t k, size_t h, size_t w)
{
    return c->weight->value[((n * c->in.channels + k) * c->high + h) * c->wide + w];
}

/* Row n of (N, H, W, C). */
static void sort_forward(const ur_conv *c, size_t n, real *to)
{
    for (size_t h = 0; h < c->high; h++)
        for (size_t w = 0; w < c->wide; w++)
            for (size_t k = 0; k < c->in.channels; k++) *to++ = weight_at(c, n, k, h, w);
}

/* Row k of (C, H, W, N), with the filter rotated by 180°. */
static void sort_back(const ur_conv *c, size_t k, real *to)
{
    size_t padded = ur_padded(c->outputs);
    for (size_t h = c->high; h-- > 0;)
        for (size_t w = c->wide; w-- > 0; to += padded) {
            memset(to, 0, padded * sizeof(real));
            for (size_t n = 0; n < c->outputs; n++) to[n] = weight_at(c, n, k, h, w);
        }
}

static void pack_slide(const ur_conv *c, const ur_slide *s, real *packed, void (*sort)(const ur_conv *, size_t, real *))
{
    const ur_gate_rows rows = {.units = s->outputs, .gates = 1};
    for (size_t i = 0; i < s->outputs; i++) sort(c, i, c->sorted + i * depth_of(s));
    ur_pack_forward(packed, c->sorted, &rows, depth_of(s));
}

void ur_conv_pack(ur_conv *c)
{
    const ur_gate_rows rows = {.units = c->outputs, .gates = 1};
    ur_slide forward = ur_conv_forward_slide(c), back = ur_conv_back_slide(c);
    memset(c->packed_bias, 0, ur_padded(c->outputs) * sizeof(real));
    if (c->bias) ur_pack_bias(c->packed_bias, c->bias->value, &rows);
    pack_slide(c, &forward, c->forward, sort_forward);
    if (c->back) pack_slide(c, &back, c->back, sort_back);
}
