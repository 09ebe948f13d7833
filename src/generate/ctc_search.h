/*
 * The likeliest text of a network that ends in ctc, and not its likeliest path: prefix beam search (Hannun et al. 2014). Of all
 * beginnings of a text the `width` likeliest are kept, each with the probability of its paths that end in the blank and of those
 * that end in its last label; so paths that say the same are added up. A judge has a say: what it thinks of each label behind a
 * beginning is added to log p, and so is what it thinks of the end.
 */
#ifndef UR_GENERATE_CTC_SEARCH_H
#define UR_GENERATE_CTC_SEARCH_H

#include "base/error.h"

/* Each beginning has `size` bytes of the judge's own. Nothing here fails. */
typedef struct ur_ctc_judge {
    void *context;
    size_t size;
    void (*begin)(void *context, void *own);                                     /* in front of the first label */
    double (*score)(void *context, const void *own, int32_t label);              /* of a label that would come next */
    void (*move)(void *context, const void *own, int32_t label, void *own_next); /* it has come */
    double (*end)(void *context, const void *own);
} ur_ctc_judge;

typedef struct ur_ctc_searching {
    size_t width;              /* 1 or more */
    double least;              /* labels less likely at a step than e^least are not begun there; −infinity: all are */
    const ur_ctc_judge *judge; /* NULL: there is none */
} ur_ctc_searching;

/* x: `steps` rows of `outputs` numbers, `stride` apart; the last output is the blank. labels: room for `steps` of them; *score:
 * log p of the text and what the judge said. */
ur_status ur_ctc_search(const ur_ctc_searching *how, const ur_real *x, size_t outputs, size_t stride, size_t steps,
                        int32_t *labels, size_t *count, double *score, ur_error *error);

#endif
