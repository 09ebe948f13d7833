/*
 * The most probable text of a network that ends in ctc, as opposed to its most probable path: prefix beam search
 * (Hannun et al. 2014). The `width` most probable beginnings of a text are kept, each with the probability of its paths
 * that end in the blank and of those that end in its last label. So the paths of the same text are added up. A judge
 * can influence the search: its score of each label after a beginning is added to log p, and so is its score of the
 * end.
 */
#ifndef UR_GENERATE_CTC_SEARCH_H
#define UR_GENERATE_CTC_SEARCH_H

#include "base/error.h"

/* A judge of texts. Each beginning has `size` bytes of the judge's own data. None of the functions may fail. */
typedef struct ur_ctc_judge {
    void *context;
    size_t size;
    void (*begin)(void *context, void *own);                                     /* before the first label */
    double (*score)(void *context, const void *own, int32_t label);              /* score of a label that may come
                                                                                  * next */
    void (*move)(void *context, const void *own, int32_t label, void *own_next); /* the label has come */
    double (*end)(void *context, const void *own);
} ur_ctc_judge;

typedef struct ur_ctc_searching {
    size_t width;              /* at least 1 */
    double least;              /* a label with log p below this at a step does not extend texts there; −infinity: all
                                * do */
    const ur_ctc_judge *judge; /* NULL for none */
} ur_ctc_searching;

/* x: `steps` rows of `outputs` numbers, `stride` apart; the last output is the blank. labels: buffer for `steps`
 * labels. *score: log p of the text plus the scores of the judge. */
ur_status ur_ctc_search(const ur_ctc_searching *how, const ur_real *x, size_t outputs, size_t stride, size_t steps,
                        int32_t *labels, size_t *count, double *score, ur_error *error);

#endif
