/* How good captions are. */
#include "task/caption/caption.h"

#include <jansson.h>

ur_status ur_caption_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ur_caption_count *t = tally;
    (void)data, (void)out, (void)error;
    t->captions += batch->network.input[0].lanes;
    return UR_OK;
}

static ur_status tell_more(const ur_caption_count *t, json_t *more, ur_error *error)
{
    int failed = json_object_set_new(more, "captions", json_integer((json_int_t)t->captions));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}

ur_status ur_caption_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                            struct json_t *more, ur_error *error)
{
    (void)data;
    metric[0] = all->sum / (double)(all->count ? all->count : 1);
    return more ? tell_more(tally, more, error) : UR_OK;
}
