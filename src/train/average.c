/* Averaged weights (Polyak & Juditsky 1992), as an exponential moving average. They are the weights that are evaluated,
 * shown and kept. */
#include "train/trainer.h"

#include <string.h>

ur_status ur_trainer_make_average(ur_trainer *t, ur_error *error)
{
    if (!(t->run->average > 0)) return UR_OK;
    t->average = ur_block_alloc(t->model->numbers, sizeof(real));
    t->spare = ur_block_alloc(t->model->numbers, sizeof(real));
    return t->average && t->spare ? UR_OK : ur_fail_memory(error, "the averaged weights");
}

typedef struct ur_averaging {
    const ur_trainer *t;
    real share;
} ur_averaging;

static void add_part(void *context, size_t member, size_t members)
{
    const ur_averaging *a = context;
    const ur_trainer *t = a->t;
    size_t begin, end;
    ur_pool_share(t->model->numbers, 16, member, members, &begin, &end);
    if (begin < end)
        t->learner->compute.train->average(t->average + begin, t->model->values + begin, a->share, end - begin);
}

void ur_trainer_add_to_average(ur_trainer *t)
{
    if (!t->average) return;
    real share = (real)(1 - t->run->average);
    double warm = 4 / (double)(t->at.step + 4); /* early on, about the last quarter: the first weights fade */
    if ((double)share < warm) share = (real)warm;
    ur_averaging a = {t, share};
    ur_pool_run(t->learner->pool, add_part, &a);
}

void ur_trainer_use_average(ur_trainer *t, bool use)
{
    if (!t->average || use == t->averaged_in_use) return;
    size_t bytes = t->model->numbers * sizeof(real);
    if (use) {
        memcpy(t->spare, t->model->values, bytes);
        memcpy(t->model->values, t->average, bytes);
    } else {
        memcpy(t->model->values, t->spare, bytes);
    }
    t->averaged_in_use = use;
    ur_model_pack(t->model, NULL);
}
