/* Runs a loss alone, without a network. Include after cmocka.h. */
#ifndef UR_TEST_LOSS_RUN_H
#define UR_TEST_LOSS_RUN_H

#include "layer/loss.h"
#include "support/lab.h"
#include "support/ok.h"

typedef struct loss_run {
    double sum;
    size_t count;
    real *d; /* (T, B, W) the gradient of the sum; the caller frees it */
} loss_run;

/* x: (T, B, W), with the sizes that the targets name. isa and threads as in lab_open. */
static inline loss_run run_loss(const ur_loss_kind *kind, const char *isa, size_t threads, const real *x,
                                ur_targets targets)
{
    lab l;
    loss_run r = {0};
    lab_open(&l, isa, threads);
    lab_begin(&l, true);
    ur_tensor *y = ur_tensor_from(&l.tape, x, targets.steps, targets.lanes, targets.width, true);
    kind->take(&l.tape, &targets);
    if (l.tape.status == UR_OK) kind->loss(&l.tape, y, &targets, 1, &r.sum);
    ok(l.tape.status, &l.tape.error);
    r.count = targets.count;
    r.d = dense_copy(y->gradient, y->steps * y->lanes, y->width);
    lab_close(&l);
    return r;
}

#endif
