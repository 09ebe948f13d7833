/* Measures a translation: its losses, and a comparison of the written texts with the expected ones. */
#include "task/translate/translate.h"

#include "kernel/scalar.h"

#include <jansson.h>
#include <string.h>

/* ---- Sums ---------------------------------------------------------------------------------------------------------- */

static ur_status add_text(ur_translate *c, ur_translate_count *t, ur_error *error)
{
    ur_field wanted = c->pair.text[UR_TARGET];
    const ur_written *w = &c->written;
    t->exact += w->length == wanted.length && memcmp(w->text, wanted.text, wanted.length) == 0;
    UR_TRY(ur_bleu_add(&t->bleu, &c->scores, false, w->text, w->length, wanted.text, wanted.length, error));
    UR_TRY(ur_bleu_add(&t->bleu_lower, &c->scores, true, w->text, w->length, wanted.text, wanted.length, error));
    return ur_chrf_add(&t->chrf, &c->scores, w->text, w->length, wanted.text, wanted.length, error);
}

ur_status ur_translate_tally(void *data, const ur_task_batch *batch, const ur_value *out, void *tally, ur_error *error)
{
    ur_translate *c = data;
    ur_translate_count *t = tally;
    const ur_translate_part *p = &c->part[c->at.part];
    (void)out, (void)batch;
    for (size_t b = 0; b < c->at.lanes; b++) {
        UR_TRY(ur_pairs_read(p->set, p->pair[c->at.place[b]], &c->pair, error));
        UR_TRY(ur_translate_text(c, b, 0, error));
        bool empty = !c->pair.text[UR_SOURCE].length;
        if (empty) c->written.length = 0; /* `predict` gives an empty answer, too */
        t->empty += empty;
        UR_TRY(add_text(c, t, error));
    }
    t->sentences += c->at.lanes;
    t->own.sum += c->own.sum;
    t->own.count += c->own.count;
    return UR_OK;
}

/* ---- Results ------------------------------------------------------------------------------------------------------- */

static double mean(double sum, size_t count) { return sum / (double)(count ? count : 1); }

static ur_status tell_more(const ur_translate *c, const ur_translate_count *t, json_t *more, ur_error *error)
{
    double seconds = c->writing;
    int failed = json_object_set_new(more, "sentences", json_integer((json_int_t)t->sentences));
    failed |= json_object_set_new(more, "tokens", json_integer((json_int_t)t->own.count));
    if (t->empty) failed |= json_object_set_new(more, "sources_empty", json_integer((json_int_t)t->empty));
    if (c->cut) failed |= json_object_set_new(more, "sources_cut", json_integer((json_int_t)c->cut));
    failed |=
        json_object_set_new(more, "sentences_per_second", json_real(seconds > 0 ? (double)t->sentences / seconds : 0));
    failed |= json_object_set_new(more, "bleu_signature", json_string(UR_BLEU_SIGNATURE));
    failed |= json_object_set_new(more, "chrf_signature", json_string(UR_CHRF_SIGNATURE));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}

ur_status ur_translate_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                              struct json_t *more, ur_error *error)
{
    const ur_translate *c = data;
    const ur_translate_count *t = tally;
    metric[0] = ur_chrf_score(&t->chrf);
    metric[1] = ur_bleu_score(&t->bleu);
    metric[2] = ur_bleu_score(&t->bleu_lower);
    metric[3] = mean((double)t->exact, t->sentences);
    metric[4] = mean(all->sum, all->count);
    metric[5] = ur_exp(metric[4]);
    metric[6] = mean(t->own.sum, t->own.count);
    return more ? tell_more(c, t, more, error) : UR_OK;
}
