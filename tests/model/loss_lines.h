/*
 * A network line for every loss in loss.inc; a new loss is included without a change here. Include after cmocka.h.
 */
#ifndef UR_TEST_LOSS_LINES_H
#define UR_TEST_LOSS_LINES_H

#include "layer/loss.h"

#include <stdio.h>

typedef void loss_check(const char *line, ur_loss loss);

static inline void check_losses(loss_check *check)
{
    size_t losses = 0;
    for (const ur_loss_kind *kind; (kind = ur_loss_at(losses)) != NULL; losses++) {
        char line[64];
        snprintf(line, sizeof line, "embed 3 > gru 4 > dense 4%s%s", kind->layer ? " > " : "",
                 kind->layer ? kind->word : "");
        check(line, (ur_loss)losses);
    }
    assert_true(losses >= 6);
}

/*
 * Returns a trial's batch with the loss *loss at the end of such a line, of at most 16 places. The loss of a layer has
 * its targets already, and so has any loss that the trial chooses (NULL).
 */
static inline ur_batch batch_for(const ur_trial *trial, const ur_loss *loss)
{
    static const real values[16 * 4] = {1, -2, (real)0.5};
    ur_batch batch = *ur_trial_batch(trial);
    if (!loss || ur_loss_at((size_t)*loss)->layer) return batch;
    assert_true(batch.input[0].steps * batch.input[0].lanes <= 16);
    batch.target[0].loss = *loss;
    batch.target[0].values = values;
    return batch;
}

#endif
