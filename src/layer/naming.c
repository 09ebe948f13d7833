/* Names of parameters: a line's name stands in front, as in encoder.rnn.weight_ih_l0. */
#include "layer/kind.h"

#include "base/memory.h"

#include <stdio.h>

ur_param *ur_name_param(ur_naming *n, const char *owner, const char *what, size_t rows, size_t columns, double spread)
{
    ur_param *p = &n->params[n->count];
    snprintf(p->name, sizeof p->name, "%s%s%s.%s", n->line, n->line[0] ? "." : "", owner, what);
    p->rank = columns ? 2 : 1;
    p->shape[0] = rows;
    p->shape[1] = columns;
    p->spread = spread;
    if (!ur_mul_fits(rows, columns ? columns : 1, &p->size) || p->size > SIZE_MAX / 256) {
        ur_fail(n->error, UR_ERR_USAGE, "the network is too large: %s would have %zu x %zu numbers", p->name, rows,
                columns);
        return NULL;
    }
    n->count++;
    return p;
}
