/*
 * Connectionist temporal classification (Graves et al. 2006): the network is trained on sequences of labels without
 * knowing at which step each label occurs. The input is x (T, B, K + 1): a number for each of K labels, and a last one
 * for the blank.
 *
 *   p_t    = softmax(x_t)
 *   a path = a label or the blank at each step; its probability is Π_t p_t(path_t)
 *   a path spells what remains after equal neighbours are merged and then blanks are removed
 *   p(y)   = Σ of the probabilities of the paths that spell y
 */
#ifndef UR_LAYER_CTC_H
#define UR_LAYER_CTC_H

#include "kernel/compute.h"

/* The fewest steps in which a path can spell the target: one for each label, and a blank between two equal neighbours.
 * Label i is ids[i·stride]. */
size_t ur_ctc_steps(const int32_t *ids, size_t stride, size_t count);

/* The label that the most probable path begins at this step, whose K + 1 = `width` numbers are x; −1 if it begins none.
 * *before is what the path had at the step before, −1 before the first step; it is updated. Of equally probable labels
 * the first is taken. */
int32_t ur_ctc_next(const real *x, size_t width, int32_t *before);

/* What the most probable path spells, for `length` steps that are `stride` numbers apart in x. Returns the number of
 * labels, at most `length`. Label i goes to labels[i·label_stride]. */
size_t ur_ctc_best(const real *x, size_t width, size_t stride, size_t length, int32_t *labels, size_t label_stride);

#endif
