/* Convolution of the pictures of a window. Its weights are PyTorch's, (N, C, H, W). */
#ifndef UR_LAYER_CONV_H
#define UR_LAYER_CONV_H

#include "layer/slide.h"
#include "tape/param.h"
#include "tape/tape.h"

typedef struct ur_conv {
    ur_picture in; /* out: the same with N channels */
    size_t outputs, high, wide;
    ur_activation activation;
    const ur_param *weight, *bias; /* bias may be NULL */
    /* Packed; `back` (of the filter turned round, which takes dy to dx) NULL where nothing is trained. */
    real *forward, *packed_bias, *back;
    real *sorted; /* the weights as (N, H, W, C), while they are packed */
} ur_conv;

ur_slide ur_conv_forward_slide(const ur_conv *conv);
ur_slide ur_conv_back_slide(const ur_conv *conv);

/* Numbers of packed weights; and their place. */
size_t ur_conv_packed_size(const ur_conv *conv, bool training);
void ur_conv_place(ur_conv *conv, real *memory, bool training);
void ur_conv_pack(ur_conv *conv);

/* Numbers of room that a picture needs besides what comes in and goes out. */
size_t ur_conv_room(const ur_conv *conv);
/* `count` padded rows of x, a picture each, to padded rows of y. room: (count, ur_conv_room), in which the pictures with their
 * borders stay. */
void ur_conv_forward(const ur_conv *conv, const ur_compute *compute, const real *x, real *y, size_t count, real *room);

ur_tensor *ur_conv_layer(ur_tape *tape, const ur_conv *conv, ur_tensor *x);

#endif
