/* Measures transcripts: the share of characters and of words that are wrong (CER, WER). This is the number of edits
 * that turn the found text into the true one, divided by the number of characters or words in the true one. */
#include "task/speech/speech.h"

#include <jansson.h>
#include <string.h>

/* Finds the true text of a string. */
static ur_status find_truth(ur_listener *l, uint32_t number, ur_error *error)
{
    ur_spoken_string s;
    const ur_utterances *set = l->part[l->at].set;
    ur_speech_plan(l, l->at, 0, number, &s);
    l->truth.length = 0;
    for (size_t k = 0; k < s.count; k++) {
        const char *text = ur_utterances_text(set, s.item[k]);
        if (k) UR_TRY(ur_speech_text_add(&l->truth, " ", 1, error));
        UR_TRY(ur_speech_text_add(&l->truth, text, strlen(text), error));
    }
    return UR_OK;
}

static ur_status judge_lane(ur_listener *l, const ur_tensor *y, size_t b, uint32_t number, ur_speech_tally *t,
                            ur_error *error)
{
    size_t wrong, count;
    UR_TRY(find_truth(l, number, error));
    if (l->attends)
        UR_TRY(ur_speech_written(l, b, &l->said, error));
    else
        UR_TRY(ur_speech_decode(l, y->value + b * y->row, y->lanes * y->row, (size_t)l->lengths[b], &l->said, error));
    UR_TRY(ur_speech_edits(l, &l->said, &l->truth, false, &wrong, &count, error));
    t->characters += count;
    t->wrong_characters += wrong;
    UR_TRY(ur_speech_edits(l, &l->said, &l->truth, true, &wrong, &count, error));
    t->words += count;
    t->wrong_words += wrong;
    t->exact += wrong == 0;
    t->utterances++;
    return UR_OK;
}

ur_status ur_speech_tally_batch(void *data, const ur_task_batch *batch, const ur_value *out, void *tally,
                                ur_error *error)
{
    ur_listener *l = data;
    const uint32_t *number = batch->extra;
    const ur_tensor *y = out[0].y;
    if (l->attends) UR_TRY(ur_speech_write(l, NULL, &batch->network, error));
    for (size_t b = 0; b < y->lanes; b++) UR_TRY(judge_lane(l, y, b, number[b], tally, error));
    return UR_OK;
}

static double share(size_t wrong, size_t all) { return (double)wrong / (double)(all ? all : 1); }

ur_status ur_speech_finish(const void *data, const void *tally, const ur_window_result *all, double *metric,
                           struct json_t *more, ur_error *error)
{
    const ur_listener *l = data;
    const ur_speech_tally *t = tally;
    const ur_speech_part *p = &l->part[l->at];
    if (!t->utterances) return ur_fail(error, UR_ERR_DATA, "there are no recordings to judge");
    metric[0] = share(t->wrong_characters, t->characters);
    metric[1] = share(t->wrong_words, t->words);
    metric[2] = all->sum / (double)(all->count ? all->count : 1);
    if (!more) return UR_OK;
    int failed = json_object_set_new(more, "utterances", json_integer((json_int_t)t->utterances));
    failed |= json_object_set_new(more, "exact", json_real(share(t->exact, t->utterances)));
    failed |= json_object_set_new(more, "words", json_integer((json_int_t)t->words));
    failed |= json_object_set_new(more, "characters", json_integer((json_int_t)t->characters));
    failed |= json_object_set_new(more, "unknown", json_integer((json_int_t)p->unknown));
    failed |= json_object_set_new(more, "left_out", json_integer((json_int_t)p->left_out));
    failed |= json_object_set_new(more, "data", json_string(ur_utterances_found(p->set)));
    return failed ? ur_fail_memory(error, "the result") : UR_OK;
}
