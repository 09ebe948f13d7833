/* The curves of unroll inspect gradient as one chart, in powers of ten. */
#include "cli/inspect/gradient.h"

#include "cli/report/chart.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CURVES = 3, ROWS = 18 }; /* most curves of a layer: h, c, and c by the "+" alone */

typedef struct drawing {
    const ur_cli_subjects *all;
    ur_cli_series *series;
    char (*names)[UR_CLI_WORDS];
    double *x, *y; /* (steps + 1), then as many for each series */
    size_t count;
    bool alone;
} drawing;

static void add(drawing *d, const char *name, const char *what, const double *ln, bool dashed)
{
    size_t points = d->all->steps + 1;
    double *y = d->y + d->count * points;
    char *text = d->names[d->count];
    for (size_t k = 0; k < points; k++) y[k] = ur_cli_log10_of(ln[k]);
    strcpy(text, "");
    strncat(text, name, UR_CLI_WORDS - 64);
    if (*name && *what) strcat(text, " ");
    strcat(text, what);
    d->series[d->count++] = (ur_cli_series){.name = text, .x = d->x, .y = y, .count = points, .dashed = dashed};
}

/* Adds the curves of a layer. A network that is alone in the chart is not named at each line. */
static void add_layer(drawing *d, const ur_cli_subject *s, size_t layer)
{
    const ur_flow_layer *l = &s->layer[layer];
    char title[UR_CLI_WORDS];
    ur_cli_subject_title(s, layer, title);
    const char *name = !d->alone ? title : s->layers > 1 ? title + strlen(s->name) + 1 : "";
    add(d, name, d->alone || l->c ? "h" : "", l->h, false);
    if (l->c) add(d, name, "c", l->c, true);
    if (l->plus && d->alone) add(d, name, "c by + alone", l->plus, true);
}

static void draw(drawing *d, FILE *out, const char *title, size_t columns)
{
    ur_cli_chart chart = {.title = title,
                          .x_label = "k, steps back",
                          .y_label = "log10 of the gradient's norm",
                          .series = d->series,
                          .count = d->count};
    if (columns)
        ur_cli_chart_terminal(out, &chart, columns, ROWS);
    else
        ur_cli_chart_svg(out, &chart);
}

size_t ur_cli_picture_of(const ur_cli_subjects *all, size_t which[UR_CLI_PICTURE_MOST])
{
    size_t from = 0, stride = all->fresh ? all->gains : 1, count = 0;
    for (size_t i = 1; all->fresh && i < all->gains; i++)
        if (fabs(log(all->list[i].gain)) < fabs(log(all->list[from].gain))) from = i;
    for (size_t i = from; i < all->count && count < UR_CLI_PICTURE_MOST; i += stride) which[count++] = i;
    return count;
}

ur_status ur_cli_gradient_chart(FILE *out, const ur_cli_subjects *all, const size_t *which, size_t count,
                                const char *title, size_t columns, ur_error *error)
{
    drawing d = {.all = all, .alone = count == 1};
    size_t most = 0, points = all->steps + 1;
    for (size_t i = 0; i < count; i++) most += CURVES * all->list[which[i]].layers;
    d.series = calloc(most, sizeof *d.series);
    d.names = calloc(most, sizeof *d.names);
    d.x = calloc((most + 1) * points, sizeof *d.x);
    d.y = d.x ? d.x + points : NULL;
    bool room = d.series && d.names && d.x;
    for (size_t k = 0; room && k < points; k++) d.x[k] = (double)k;
    for (size_t i = 0; room && i < count; i++)
        for (size_t layer = 0; layer < all->list[which[i]].layers; layer++) add_layer(&d, &all->list[which[i]], layer);
    if (room) draw(&d, out, title, columns);
    free(d.series);
    free(d.names);
    free(d.x);
    return room ? UR_OK : ur_fail_memory(error, "the chart");
}
