/* Pictures moved, turned and scaled, recordings stretched and masked: as much as leaves a digit the digit that it is. */
#include "data/media/augment.h"
#include "task/classify/classify.h"

#include <stdlib.h>

static ur_status grow_varied(ur_classify *c, size_t count, ur_error *error)
{
    if (count <= c->varied_room) return UR_OK;
    float *grown = realloc(c->varied, count * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "an example");
    c->varied = grown;
    c->varied_room = count;
    return UR_OK;
}

/* A fourteenth of the width, as 2 pixels are of 28. */
static void vary_picture(ur_classify *c, uint64_t seed, uint32_t example)
{
    size_t rows = ur_labelled_rows(c->set), columns = ur_labelled_columns(c->set);
    ur_augment how = {.shift = (double)(rows < columns ? rows : columns) / 14, .turn = 10, .scale = 0.1};
    ur_warp warp = ur_augment_choose(&how, seed, example);
    ur_picture_warp(c->example.value, rows, columns, ur_labelled_channels(c->set), &warp, c->varied);
}

ur_status ur_classify_vary(ur_classify *c, uint64_t epoch, uint32_t example, ur_error *error)
{
    ur_example *e = &c->example;
    uint64_t seed = c->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1);
    if (c->vocabulary || c->settings.no_augment) return UR_OK;
    UR_TRY(grow_varied(c, e->steps * e->features, error));
    if (ur_labelled_rows(c->set))
        vary_picture(c, seed, example);
    else
        ur_sound_vary(e->value, e->steps, e->features, seed, example, c->varied);
    e->value = c->varied;
    return UR_OK;
}
