/* See history.h. */
#include "cli/train/history.h"

static void thin_out(double *values, size_t count)
{
    for (size_t i = 0; 2 * i < count; i++) values[i] = values[2 * i];
}

void ur_cli_history_add(ur_cli_history *h, double x, const double y[UR_CLI_HISTORY_CURVES])
{
    if (h->apart == 0) h->apart = 1;
    if (h->added++ % h->apart != 0) return;
    if (h->count == UR_CLI_HISTORY_ROOM) {
        thin_out(h->x, h->count);
        for (size_t k = 0; k < UR_CLI_HISTORY_CURVES; k++) thin_out(h->y[k], h->count);
        h->count /= 2;
        h->apart *= 2;
    }
    h->x[h->count] = x;
    for (size_t k = 0; k < UR_CLI_HISTORY_CURVES; k++) h->y[k][h->count] = y[k];
    h->count++;
}
