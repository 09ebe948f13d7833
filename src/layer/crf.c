/* crf: scores for pairs of neighbouring labels. The layer passes its input on unchanged; the loss and the best sequence
 * read both. */
#include "layer/crf.h"
#include "layer/kind.h"

#include <stdlib.h>

/* ---- the best sequence -------------------------------------------------------------------------------------------- */

typedef struct ur_best {
    const ur_crf *crf;
    double *score, *next; /* (L) score of the best sequence that ends in each label, and the same one step later */
    int32_t *before;      /* (n, L) the label before, in the best sequence that ends in each label */
} ur_best;

/* The previous label from which `to` is reached with the best score. */
static int32_t find_before(const ur_best *b, size_t to, double *score)
{
    size_t labels = b->crf->labels, best = 0;
    const real *pairs = b->crf->transitions->value;
    *score = b->score[0] + (double)pairs[to];
    for (size_t i = 1; i < labels; i++) {
        double way = b->score[i] + (double)pairs[i * labels + to];
        if (!(way > *score)) continue;
        *score = way;
        best = i;
    }
    return (int32_t)best;
}

static void step_best(ur_best *b, const real *x, size_t step)
{
    size_t labels = b->crf->labels;
    for (size_t j = 0; j < labels; j++) {
        b->before[step * labels + j] = find_before(b, j, &b->next[j]);
        b->next[j] += (double)x[j];
    }
    double *spare = b->score;
    b->score = b->next;
    b->next = spare;
}

static size_t find_last(const ur_best *b)
{
    const real *end = b->crf->end->value;
    size_t best = 0;
    for (size_t j = 1; j < b->crf->labels; j++)
        if (b->score[j] + (double)end[j] > b->score[best] + (double)end[best]) best = j;
    return best;
}

ur_status ur_crf_best(const ur_crf *crf, const real *x, size_t stride, size_t length, int32_t *labels,
                      size_t label_stride, ur_error *error)
{
    size_t count = crf->labels;
    double *room = calloc(2 * count, sizeof *room);
    ur_best b = {crf, room, room ? room + count : NULL, calloc(length * count, sizeof(int32_t))};
    ur_status status = room && b.before ? UR_OK : ur_fail_memory(error, "the best labels");
    for (size_t j = 0; status == UR_OK && j < count; j++) b.score[j] = (double)crf->start->value[j] + (double)x[j];
    for (size_t t = 1; status == UR_OK && t < length; t++) step_best(&b, x + t * stride, t);
    if (status == UR_OK) {
        size_t at = find_last(&b);
        for (size_t t = length; t-- > 0; at = (size_t)b.before[t * count + at]) labels[t * label_stride] = (int32_t)at;
    }
    free(room);
    free(b.before);
    return status;
}

/* ---- the kind ----------------------------------------------------------------------------------------------------- */

static ur_status resolve_crf(ur_layer *l, const ur_layer_sizes *sizes, ur_error *error)
{
    (void)sizes;
    l->width = l->inputs;
    if (l->inputs <= UR_CRF_LABELS_MAX) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "network line, column %zu: a crf of %zu labels; the limit is %d",
                   l->spec.column, l->inputs, (int)UR_CRF_LABELS_MAX);
}

static ur_status name_crf(ur_naming *n, ur_layer *l)
{
    const double spread = 0.1;
    l->crf = (ur_crf){.labels = l->width,
                      .transitions = ur_name_param(n, "crf", "transitions", l->width, l->width, spread),
                      .start = ur_name_param(n, "crf", "start_transitions", l->width, 0, spread),
                      .end = ur_name_param(n, "crf", "end_transitions", l->width, 0, spread)};
    return l->crf.transitions && l->crf.start && l->crf.end ? UR_OK : UR_ERR_USAGE;
}

static ur_tensor *run_crf(ur_running *r, const ur_layer *l, ur_tensor *x)
{
    (void)r, (void)l;
    return x;
}

const ur_layer_kind ur_layer_crf = {
    .word = "crf", .in_time = true, .passes = true, .ends_line = true, .resolve = resolve_crf, .name = name_crf};
const ur_layer_run ur_layer_run_crf = {.run = run_crf};
