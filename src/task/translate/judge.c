/* How good a translation is. */
#include "task/translate/translate.h"

#include "base/clock.h"
#include "kernel/scalar.h"

#include <jansson.h>

ur_status ur_translate_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ur_translate *c = data;
    ur_translate_count *t = tally;
    (void)out, (void)error;
    t->sentences += batch->network.input[0].lanes;
    t->own.sum += c->own.sum;
    t->own.count += c->own.count;
    return UR_OK;
}

static double mean(double sum, size_t count) { return sum / (double)(count ? count : 1); }

static ur_status tell_more(const ur_translate *c, const ur_translate_count *t, json_t *more, ur_error *error)
{
    double seconds = ur_clock() - c->began;
    int failed = json_object_set_new(more, "sentences", json_integer((json_int_t)t->sentences));
    failed |= json_object_set_new(more, "tokens", json_integer((json_int_t)t->own.count));
    if (c->cut) failed |= json_object_set_new(more, "sources_cut", json_integer((json_int_t)c->cut));
    failed |=
        json_object_set_new(more, "sentences_per_second", json_real(seconds > 0 ? (double)t->sentences / seconds : 0));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}

ur_status ur_translate_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                              struct json_t *more, ur_error *error)
{
    const ur_translate *c = data;
    const ur_translate_count *t = tally;
    metric[0] = mean(all->sum, all->count);
    metric[1] = ur_exp(metric[0]);
    metric[2] = mean(t->own.sum, t->own.count);
    return more ? tell_more(c, t, more, error) : UR_OK;
}
