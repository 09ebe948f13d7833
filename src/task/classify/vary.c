/* Augments pictures and recordings, differently in each epoch (data/media/augment.h). */
#include "base/room.h"
#include "data/media/augment.h"
#include "task/classify/classify.h"

static ur_status grow_varied(ur_classify *c, size_t count, ur_error *error)
{
    if (count <= c->varied_room) return UR_OK;
    UR_TRY(ur_room_grow(&c->varied, count, sizeof *c->varied, error));
    c->varied_room = count;
    return UR_OK;
}

ur_status ur_classify_vary(ur_classify *c, uint64_t epoch, uint32_t example, ur_error *error)
{
    ur_example *e = &c->example;
    const uint64_t seed = ur_augment_seed(c->seed, epoch);
    const size_t rows = ur_labelled_rows(c->set), columns = ur_labelled_columns(c->set);
    if (c->vocabulary || c->settings.no_augment) return UR_OK;
    UR_TRY(grow_varied(c, e->steps * e->features, error));
    if (rows)
        ur_picture_vary(e->value, rows, columns, ur_labelled_channels(c->set), seed, example, c->varied);
    else
        ur_sound_vary(e->value, e->steps, e->features, seed, example, c->varied);
    e->value = c->varied;
    return UR_OK;
}
