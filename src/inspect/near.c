/* Finds rows of an embedding that point in similar directions: section 7 of unroll_inspect.h. */
#include "inspect/near.h"

#include "base/error.h"

#include <math.h>

ur_status ur_near_table(const ur_model *m, const ur_param **table, ur_error *error)
{
    const ur_line *line = ur_token_line(m);
    for (size_t i = line->first; i < line->first + line->count; i++)
        if ((*table = m->layers[i].embed) != NULL) return UR_OK;
    if (!line->symbols)
        return ur_fail(error, UR_ERR_UNSUPPORTED,
                       "no line of '%.120s' reads tokens, so it has no embedding; models that read text have one",
                       m->net);
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "the network '%.120s' has no embedding; train one with `embed` 64, or with 'embed 64' at the "
                   "beginning of its line",
                   m->net);
}

ur_status ur_embedding_size(const ur_model *m, size_t *rows, size_t *width, ur_error *error)
{
    const ur_param *table = NULL;
    UR_TRY(ur_near_table(m, &table, error));
    if (rows) *rows = table->shape[0];
    if (width) *width = table->shape[1];
    return UR_OK;
}

static double product(const ur_real *a, const ur_real *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

/* Inserts a row and keeps the list sorted: larger cosines first, of equal ones the smaller id. */
static void insert(ur_neighbour *nearest, size_t count, size_t *found, ur_neighbour row)
{
    size_t k = *found < count ? (*found)++ : count;
    if (k == count && (count == 0 || !(row.cosine > nearest[count - 1].cosine))) return;
    if (k == count) k--;
    for (; k > 0 && nearest[k - 1].cosine < row.cosine; k--) nearest[k] = nearest[k - 1];
    nearest[k] = row;
}

ur_status ur_embedding_near(const ur_model *m, int32_t id, ur_neighbour *nearest, size_t count, size_t *found,
                            ur_error *error)
{
    const ur_param *table = NULL;
    UR_TRY(ur_near_table(m, &table, error));
    size_t rows = table->shape[0], width = table->shape[1];
    if (id < 0 || (size_t)id >= rows)
        return ur_fail(error, UR_ERR_USAGE, "the embedding has no row %ld; its rows are 0 to %zu", (long)id, rows - 1);
    const ur_real *own = table->value + (size_t)id * width;
    double size = sqrt(product(own, own, width));
    if (!(size > 0 && isfinite(size)))
        return ur_fail(error, UR_ERR_NUMERIC, "row %ld of the embedding is %s and has no direction", (long)id,
                       size == 0 ? "zero" : "not finite");
    *found = 0;
    for (size_t i = 0; i < rows; i++) {
        const ur_real *row = table->value + i * width;
        double cosine = product(own, row, width) / (size * sqrt(product(row, row, width)));
        if (i != (size_t)id && isfinite(cosine)) insert(nearest, count, found, (ur_neighbour){(int32_t)i, cosine});
    }
    return UR_OK;
}
