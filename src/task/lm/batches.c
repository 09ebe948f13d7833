/* The batches of a language model: windows over the lanes of a text. */
#include "task/lm/lm.h"

#include "base/random.h"
#include "kernel/scalar.h"

#include <stdlib.h>

/* ---- lanes ------------------------------------------------------------------------------------------------------ */

static ur_status open_validation_lanes(ur_lm *lm, size_t batch, ur_error *error)
{
    uint64_t tokens = lm->validation_end - lm->validation_begin, most = lm->settings.validation_tokens;
    size_t steps = lm->settings.bptt < 64 ? 64 : lm->settings.bptt;
    ur_lanes *l = &lm->validation_lanes;
    if (!tokens) return UR_OK;
    *l = (ur_lanes){.lanes = batch, .k1 = steps, .k2 = steps};
    while (l->lanes > 1 && tokens / l->lanes < 4 * steps + 2) l->lanes /= 2;
    uint64_t each = (tokens - 1) / l->lanes, even = each / (each / steps + (each % steps > 0));
    l->k1 = l->k2 = (size_t)even; /* so that the last window is about as long as the others */
    ur_corpus *text = lm->validation ? lm->validation : lm->corpus;
    UR_TRY(ur_lanes_open(l, text, lm->vocabulary, lm->validation_begin, lm->validation_end, error));
    uint64_t windows = most / (l->lanes * l->k2); /* from the beginning of each lane, so from all parts of the text */
    if (most && tokens > most && l->windows > windows) l->windows = windows ? windows : 1;
    return UR_OK;
}

/* Counts how often each token occurs, for a sampled softmax. The unknown token counts all tokens outside the
 * vocabulary. */
static ur_status count_tokens(ur_lm *lm, ur_error *error)
{
    const ur_vocabulary *v = lm->vocabulary;
    uint64_t left = lm->train_end;
    lm->counts = calloc(ur_vocabulary_size(v), sizeof *lm->counts);
    if (!lm->counts) return ur_fail_memory(error, "the sampled softmax");
    for (size_t i = 0; i < ur_vocabulary_size(v); i++) left -= lm->counts[i] = ur_vocabulary_times(v, (int32_t)i);
    if (ur_vocabulary_unknown(v) >= 0) lm->counts[ur_vocabulary_unknown(v)] = left;
    return UR_OK;
}

ur_status ur_lm_prepare(void *data, const ur_settings *settings, ur_learning *learning, double *first_loss,
                        ur_error *error)
{
    ur_lm *lm = data;
    const ur_lm_settings *s = settings->own;
    lm->settings = *s;
    if (learning->sampled) UR_TRY(count_tokens(lm, error));
    learning->counts = lm->counts;
    *first_loss = ur_log((double)ur_vocabulary_size(lm->vocabulary));
    lm->lanes = (ur_lanes){.lanes = settings->run.batch, .k1 = s->bptt_step, .k2 = s->bptt, .whole = s->whole_windows};
    ur_status status = ur_lanes_open(&lm->lanes, lm->corpus, lm->vocabulary, 0, lm->train_end, error);
    if (status == UR_ERR_DATA) ur_corpus_fail_in(lm->corpus, error, status);
    UR_TRY(status);
    return open_validation_lanes(lm, settings->run.batch, error);
}

/* ---- batches ---------------------------------------------------------------------------------------------------- */

uint64_t ur_lm_batches(const void *data, ur_part part, uint64_t epoch)
{
    const ur_lm *lm = data;
    (void)epoch;
    return part == UR_PART_TRAIN ? lm->lanes.windows : part == UR_PART_VALIDATION ? lm->validation_lanes.windows : 0;
}

/* Whether chance lets a window of the training begin from a zero state. */
static bool begins_anew(const ur_lm *lm, uint64_t epoch, uint64_t number)
{
    uint64_t place = epoch * lm->lanes.windows + number;
    return lm->settings.zero_state > 0 &&
           ur_random_uniform(lm->seed, UR_USE_ZERO_STATE, place) < lm->settings.zero_state;
}

ur_status ur_lm_batch(void *data, ur_part part, uint64_t epoch, uint64_t number, ur_task_batch *batch, ur_error *error)
{
    ur_lm *lm = data;
    ur_lanes *l = part == UR_PART_TRAIN ? &lm->lanes : &lm->validation_lanes;
    UR_TRY(ur_lanes_read(l, number, error));
    batch->network = (ur_batch){.input = {{.steps = l->steps, .lanes = l->lanes, .ids = l->ids}},
                                .target = {{.ids = l->targets}},
                                .target_count = 1};
    batch->fresh = number == 0 || (part == UR_PART_TRAIN && begins_anew(lm, epoch, number));
    batch->carry_at = l->k1 < l->steps ? l->k1 : 0;
    return UR_OK;
}
