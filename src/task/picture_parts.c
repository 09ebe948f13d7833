/* See picture_parts.h. */
#include "task/picture_parts.h"

#include "base/memory.h"
#include "base/room.h"

#include <stdlib.h>

static void free_part(ur_picture_part *p)
{
    free(p->example);
    free(p->length);
    ur_order_free(&p->order);
}

void ur_picture_parts_close(ur_picture_parts *p)
{
    for (size_t i = 0; i < UR_PARTS; i++) free_part(&p->part[i]);
    ur_labelled_close(p->set);
    ur_labelled_close(p->validation);
    ur_example_free(&p->example);
}

/* ---- Parts -------------------------------------------------------------------------------------------------------- */

/* Collects the pictures of a set that are held out, or those that are not, or with `all` both. */
static ur_status make_part(ur_picture_part *p, const ur_labelled *set, bool held, bool all, ur_error *error)
{
    const size_t count = ur_labelled_count(set);
    free_part(p);
    *p = (ur_picture_part){.set = set};
    p->example = calloc(count + 1, sizeof *p->example);
    p->length = calloc(count + 1, sizeof *p->length);
    if (!p->example || !p->length) return ur_fail_memory(error, "the pictures");
    for (size_t i = 0; i < count; i++) {
        if (!all && ur_labelled_held(set, i) != held) continue;
        p->length[p->count] = 1;
        p->example[p->count++] = (uint32_t)i;
    }
    return UR_OK;
}

ur_status ur_picture_parts_share(ur_picture_parts *p, const char *path, ur_error *error)
{
    ur_picture_part *validation = &p->part[UR_PART_VALIDATION];
    const size_t *count = &p->part[UR_PART_TRAIN].count;
    UR_TRY(make_part(&p->part[UR_PART_TRAIN], p->set, false, false, error));
    if (*count < 2)
        return ur_fail(error, UR_ERR_DATA, "%s: %zu pictures to train on; there must be two at least", path, *count);
    if (p->validation) return make_part(validation, p->validation, false, true, error);
    return make_part(validation, p->set, true, false, error);
}

ur_status ur_picture_parts_judge(ur_picture_parts *p, ur_error *error)
{
    return make_part(&p->part[UR_PART_TEST], p->set, false, true, error);
}

uint64_t ur_picture_parts_hash(const ur_picture_parts *p, ur_part part)
{
    if (part == UR_PART_TRAIN) return ur_labelled_hash(p->set);
    return part == UR_PART_VALIDATION && p->validation ? ur_labelled_hash(p->validation) : 0;
}

/* ---- Batches ------------------------------------------------------------------------------------------------------ */

uint64_t ur_picture_parts_batches(const ur_picture_parts *p, ur_part part)
{
    return (p->part[part].count + p->batch - 1) / p->batch;
}

ur_status ur_picture_parts_batch(ur_picture_parts *p, ur_part part, uint64_t epoch, uint64_t number,
                                 const uint32_t **place, size_t *lanes, ur_error *error)
{
    ur_picture_part *from = &p->part[part];
    const bool training = part == UR_PART_TRAIN;
    from->order.length = from->length;
    from->order.count = from->count;
    from->order.lanes = p->batch;
    from->order.batches = (size_t)ur_picture_parts_batches(p, part);
    UR_TRY(ur_order_make(&from->order, p->seed, training ? epoch : 0, training, error));
    *place = ur_order_batch(&from->order, number, lanes);
    return UR_OK;
}

void ur_picture_parts_fill(ur_task_batch *batch, size_t lanes)
{
    for (size_t i = 0; i < UR_MAX_LINES; i++) batch->network.input[i] = (ur_sequences){.steps = 1, .lanes = lanes};
    batch->fresh = true;
}

ur_status ur_picture_parts_read(ur_picture_parts *p, const ur_labelled *set, size_t i, ur_error *error)
{
    return ur_labelled_read(set, i, &p->example, error);
}

ur_status ur_picture_parts_room(void **memory, const size_t *bytes, size_t blocks, size_t lanes, ur_error *error)
{
    for (size_t i = 0; i < blocks; i++) UR_TRY(ur_room_grow(&memory[i], lanes, bytes[i], error));
    return UR_OK;
}
