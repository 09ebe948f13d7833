/* Pictures in idx files, for tasks that read them one by one: split into parts, converted to grey, and put into
 * batches. */
#ifndef UR_TASK_PICTURE_PARTS_H
#define UR_TASK_PICTURE_PARTS_H

#include "data/labelled.h"
#include "task/order.h"
#include "train/task.h"

typedef struct ur_picture_part {
    const ur_labelled *set; /* NULL if there is no such part */
    uint32_t *example;      /* indices of its pictures in the set */
    uint32_t *length;       /* all 1, for the order */
    size_t count;
    ur_order order;
} ur_picture_part;

/* Begins as zeros. */
typedef struct ur_picture_parts {
    ur_labelled *set, *validation; /* owned; validation is NULL if a share of the set is held out */
    ur_picture_part part[UR_PARTS];
    ur_example example; /* the picture that was read last */
    uint64_t seed;
    size_t batch; /* pictures per batch */
} ur_picture_parts;

void ur_picture_parts_close(ur_picture_parts *pictures);

/* Splits the open sets into parts: either to train and validate, with `path` for the message, or all of the set for
 * evaluation. */
ur_status ur_picture_parts_share(ur_picture_parts *pictures, const char *path, ur_error *error);
ur_status ur_picture_parts_judge(ur_picture_parts *pictures, ur_error *error);
/* A hash of the part's files; 0 if the part has no files of its own. */
uint64_t ur_picture_parts_hash(const ur_picture_parts *pictures, ur_part part);

uint64_t ur_picture_parts_batches(const ur_picture_parts *pictures, ur_part part);
/* The lanes of a batch; each is an index into part.example. */
ur_status ur_picture_parts_batch(ur_picture_parts *pictures, ur_part part, uint64_t epoch, uint64_t number,
                                 const uint32_t **place, size_t *lanes, ur_error *error);
/* Sets what such a batch always has: one step, and states that begin at zero. */
void ur_picture_parts_fill(ur_task_batch *batch, size_t lanes);

/* ur_picture_parts_read reads picture i of a set into pictures->example. ur_picture_parts_grey then gives the grey
 * value of a pixel, 0 to 1: the mean of its channels. */
ur_status ur_picture_parts_read(ur_picture_parts *pictures, const ur_labelled *set, size_t i, ur_error *error);
static inline float ur_picture_parts_grey(const ur_picture_parts *p, const ur_labelled *set, size_t pixel)
{
    const size_t channels = ur_labelled_channels(set);
    float sum = 0;
    for (size_t c = 0; c < channels; c++) sum += p->example.value[pixel * channels + c];
    return sum / (float)channels;
}

/* Grows the blocks so that they have space for `lanes` lanes. Block i holds bytes[i] per lane. Blocks never shrink. */
ur_status ur_picture_parts_room(void **memory, const size_t *bytes, size_t blocks, size_t lanes, ur_error *error);

#endif
