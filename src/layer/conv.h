/* Convolution of the pictures of a window. The weights have PyTorch's order, (N, C, H, W). */
#ifndef UR_LAYER_CONV_H
#define UR_LAYER_CONV_H

#include "layer/slide.h"
#include "tape/param.h"
#include "tape/tape.h"

typedef struct ur_conv {
    ur_picture in; /* of the input; the output is the same with N channels */
    size_t outputs, high, wide;
    ur_activation activation;
    const ur_param *weight, *bias; /* bias may be NULL */
    /* Packed weights. `back` holds the rotated filter, which turns dy into dx; NULL without training. */
    real *forward, *packed_bias, *back;
    real *sorted; /* scratch for packing: the weights as (N, H, W, C) */
} ur_conv;

ur_slide ur_conv_forward_slide(const ur_conv *conv);
ur_slide ur_conv_back_slide(const ur_conv *conv);

/* The number of packed weights, and where they are stored. */
size_t ur_conv_packed_size(const ur_conv *conv, bool training);
void ur_conv_place(ur_conv *conv, real *memory, bool training);
void ur_conv_pack(ur_conv *conv);

/* Scratch numbers that one picture needs in addition to its input and output. */
size_t ur_conv_room(const ur_conv *conv);
/* Turns `count` padded rows of x, one picture each, into padded rows of y. room: (count, ur_conv_room); the pictures
 * with their borders stay in it. */
void ur_conv_forward(const ur_conv *conv, const ur_compute *compute, const real *x, real *y, size_t count, real *room);

ur_tensor *ur_conv_layer(ur_tape *tape, const ur_conv *conv, ur_tensor *x);

#endif
