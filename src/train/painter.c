/* Makes pictures with a model: ur_paint of unroll_train.h. */
#include "base/float_mode.h"
#include "train/task.h"

#include <stdlib.h>

bool ur_paints(const ur_settings *settings) { return settings->task->paint != NULL; }

void ur_painted_free(ur_painted *p)
{
    free(p->pixel);
    free(p->given);
    free(p->read);
    free(p->written);
    *p = (ur_painted){0};
}

static ur_status paint(const ur_model *model, const ur_settings *settings, void *data, size_t count, uint64_t seed,
                       ur_painted *painted, ur_error *error)
{
    UR_TRY(settings->task->open(data, settings, model, error));
    return settings->task->paint(data, model, count, seed, painted, error);
}

ur_status ur_paint(const ur_model *model, const ur_settings *settings, size_t count, uint64_t seed, ur_painted *painted,
                   ur_error *error)
{
    *painted = (ur_painted){0};
    if (!ur_paints(settings))
        return ur_fail(error, UR_ERR_UNSUPPORTED,
                       "a model of the task %s paints no pictures; train one with unroll train draw",
                       settings->task->name);
    void *data = calloc(1, settings->task->data_size + 1);
    if (!data) return ur_fail_memory(error, "the pictures");
    ur_float_mode mode = ur_float_mode_enter();
    ur_status status = paint(model, settings, data, count, seed, painted, error);
    settings->task->close(data);
    ur_float_mode_leave(mode);
    free(data);
    if (status != UR_OK) ur_painted_free(painted);
    return status;
}
