/*
 * Connectionist temporal classification (Graves et al. 2006): labels are learnt from a sequence of steps, and nobody says at
 * which step each of them is. What enters is x (T, B, K + 1): a number for each of K labels, and the last one for the blank.
 *
 *   p_t    = softmax(x_t)
 *   a path = a label or the blank at each step; its probability is Π_t p_t(path_t)
 *   a path says what is left of it when equal neighbours are made one, and then blanks are taken out
 *   p(y)   = Σ over the paths that say y of their probabilities
 */
#ifndef UR_LAYER_CTC_H
#define UR_LAYER_CTC_H

#include "kernel/compute.h"

/* Steps without which no path says the target: one for each label, and a blank between two equal neighbours. Label i is
 * ids[i·stride]. */
size_t ur_ctc_steps(const int32_t *ids, size_t stride, size_t count);

/* The label that the likeliest path begins at this step, whose K + 1 = `width` numbers are x; −1: none. *before is what it had
 * at the step before, −1 in front of the first one. Of equally likely ones the first. */
int32_t ur_ctc_next(const real *x, size_t width, int32_t *before);

/* What the likeliest path says, of `length` steps that are `stride` numbers apart at x. Returns how many labels it has, at most
 * `length`: label i is labels[i·label_stride]. */
size_t ur_ctc_best(const real *x, size_t width, size_t stride, size_t length, int32_t *labels, size_t label_stride);

#endif
