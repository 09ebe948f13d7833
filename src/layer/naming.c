/* Names of parameters. They begin with the name of the line, as in encoder.rnn.weight_ih_l0. */
#include "layer/kind.h"

#include "base/memory.h"

#include <stdio.h>
#include <string.h>

/* Writes LINE.OWNER. into text and returns its length. */
static size_t write_owner(const ur_naming *n, const char *owner, char text[96])
{
    int length = snprintf(text, 96, "%s%s%s.", n->line, n->line[0] ? "." : "", owner);
    return length < 96 ? (size_t)length : 95;
}

static bool is_taken(const ur_naming *n, const char *owner)
{
    char text[96];
    size_t length = write_owner(n, owner, text);
    for (size_t i = 0; i < n->count; i++)
        if (strncmp(n->params[i].name, text, length) == 0) return true;
    return false;
}

void ur_name_owner(const ur_naming *n, const char *word, char owner[UR_NAME_MAX])
{
    snprintf(owner, UR_NAME_MAX, "%s", word);
    for (int i = 2; is_taken(n, owner); i++) snprintf(owner, UR_NAME_MAX, "%.20s%d", word, i);
}

static ur_param *add_param(ur_naming *n, const char *owner, const char *what, size_t rank, const size_t shape[4],
                           double spread)
{
    ur_param *p = &n->params[n->count];
    snprintf(p->name, sizeof p->name, "%s%s%s.%s", n->line, n->line[0] ? "." : "", owner, what);
    p->rank = rank;
    p->spread = spread;
    p->size = 1;
    bool fits = true;
    for (size_t i = 0; i < rank; i++) fits = ur_mul_fits(p->size, p->shape[i] = shape[i], &p->size) && fits;
    if (!fits || p->size > SIZE_MAX / 256) {
        ur_fail(n->error, UR_ERR_USAGE, "the network is too large: %s would have %zu x %zu numbers", p->name, shape[0],
                p->size / (shape[0] ? shape[0] : 1));
        return NULL;
    }
    n->count++;
    return p;
}

ur_param *ur_name_param(ur_naming *n, const char *owner, const char *what, size_t rows, size_t columns, double spread)
{
    return add_param(n, owner, what, columns ? 2 : 1, (size_t[4]){rows, columns}, spread);
}

ur_param *ur_name_filter(ur_naming *n, const char *owner, const char *what, const size_t shape[4], double spread)
{
    return add_param(n, owner, what, 4, shape, spread);
}
