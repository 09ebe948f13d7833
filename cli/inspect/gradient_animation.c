/*
 * The lecture's animation: a loss at the right, and its gradient on its way back through the unrolled network, with a
 * row for each state. The size of a disc shows the gradient's, in powers of ten. The animation runs by CSS alone.
 * Readers who prefer reduced motion, and printers, get the last frame.
 */
#include "cli/inspect/gradient.h"

#include "cli/report/chart_frame.h"

#include <math.h>
#include <stdio.h>

enum {
    NODES = 21,
    ROWS_MOST = 8,
    WIDTH = 720,
    LEFT = 150,  /* x of the oldest node */
    RIGHT = 660, /* x of the newest node */
    ROW = 54,    /* distance between rows */
    TOP = 66,    /* y of the first row */
    RADIUS = 8,  /* radius for a gradient as large as at the loss */
    DECADES = 8  /* powers of ten from a full disc to none */
};

static const double TICK = 0.16; /* seconds from one node to the next */

typedef struct row {
    char name[UR_CLI_WORDS];
    const double *ln;
    size_t colour;
} row;

static double x_of(size_t node) { return RIGHT - (double)(RIGHT - LEFT) * (double)node / (NODES - 1); }

static void write_style(FILE *out)
{
    double all = NODES * TICK + 3;
    fprintf(out,
            "<style>@keyframes back{0%%{opacity:0}1.5%%{opacity:1}86%%{opacity:1}93%%,100%%{opacity:0}}"
            ".back{animation:back %.2fs linear infinite both}",
            all);
    for (size_t i = 0; i < NODES; i++) fprintf(out, ".k%zu{animation-delay:%.2fs}", i, (double)i * TICK);
    fputs("@media (prefers-reduced-motion:reduce){.back{animation:none}}@media print{.back{animation:none}}</style>\n",
          out);
}

static double radius_of(const double *ln, size_t k)
{
    double radius = RADIUS * (1 + ur_cli_log10_of(ln[k] - ln[0]) / DECADES);
    return isfinite(radius) && radius > 0 ? fmin(radius, 1.5 * RADIUS) : 0;
}

/* Draws a node, the arrow that leads to it, and the disc of the gradient there. */
static void write_node(FILE *out, const row *r, size_t place, size_t node, size_t stride)
{
    double x = x_of(node), y = TOP + ROW * (double)place, gap = (RIGHT - LEFT) / (double)(NODES - 1);
    double radius = radius_of(r->ln, node * stride);
    if (node) {
        fprintf(out, "<path class=\"axis\" d=\"M%.1f %.1fH%.1f\"/>", x + gap - RADIUS - 1, y, x + RADIUS + 1);
        if (radius > 0)
            fprintf(out, "<path class=\"line s%zu back k%zu\" d=\"M%.1f %.1fH%.1f\"/>", r->colour, node,
                    x + gap - RADIUS - 1, y, x + RADIUS + 1);
    }
    fprintf(out, "<circle class=\"axis\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"/>", x, y, RADIUS);
    if (radius > 0)
        fprintf(out, "<circle class=\"f%zu back k%zu\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", r->colour, node, x, y,
                radius);
}

static void write_row(FILE *out, const row *r, size_t place, size_t stride)
{
    double y = TOP + ROW * (double)place, end = ur_cli_log10_of(r->ln[(NODES - 1) * stride] - r->ln[0]);
    ur_cli_figure_text(out, 0, y - 2, "", r->name, LEFT - 22);
    fprintf(out, "<text class=\"soft\" x=\"0\" y=\"%.1f\">", y + 13);
    if (isfinite(end))
        fprintf(out, "at the end 10^%.1f</text>\n", end);
    else
        fputs("at the end none</text>\n", out);
    fprintf(out, "<path class=\"axis\" d=\"M%d %.1fH%d\"/><text class=\"soft\" x=\"%d\" y=\"%.1f\">loss</text>",
            RIGHT + RADIUS + 1, y, RIGHT + 30, RIGHT + 34, y + 4);
    for (size_t node = 0; node < NODES; node++) write_node(out, r, place, node, stride);
    fputc('\n', out);
}

static void write_head(FILE *out, size_t stride)
{
    for (size_t node = 0; node < NODES; node += 5) {
        fprintf(out, "<text class=\"soft mid\" x=\"%.1f\" y=\"%d\">t", x_of(node), TOP - 26);
        if (node) fprintf(out, "\xE2\x88\x92%zu", node * stride);
        fputs("</text>", out);
    }
    fputc('\n', out);
}

/* Adds rows for h and c of the last layer. The caller resets the colour at each new gain, so that the same state of the
 * same cell has the same colour at every gain. */
static size_t add_rows(const ur_cli_subject *s, row rows[ROWS_MOST], size_t count, size_t *colour)
{
    const ur_flow_layer *l = &s->layer[s->layers - 1];
    if (count < ROWS_MOST) {
        ur_cli_subject_title(s, s->layers - 1, rows[count].name);
        rows[count].colour = (*colour)++ % 8;
        rows[count++].ln = l->h;
    }
    if (l->c && count < ROWS_MOST) {
        snprintf(rows[count].name, UR_CLI_WORDS, "its memory c");
        rows[count].colour = (*colour)++ % 8;
        rows[count++].ln = l->c;
    }
    return count;
}

static void write_svg(FILE *out, const row *rows, size_t count, size_t stride)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"The gradient "
            "on its way back through the unrolled "
            "networks\">\n",
            WIDTH, TOP + ROW * count - ROW / 2);
    write_style(out); /* inside the figure, so that it also moves when it is used alone */
    fputs("<text class=\"title\" x=\"0\" y=\"16\">The gradient on its way back</text>\n", out);
    write_head(out, stride);
    for (size_t i = 0; i < count; i++) write_row(out, &rows[i], i, stride);
    fputs("</svg>\n", out);
}

void ur_cli_gradient_animation(ur_cli_page *page, const ur_cli_subjects *all, const size_t *which, size_t count)
{
    row rows[ROWS_MOST];
    size_t used = 0, colour = 0, last = all->steps < 100 ? all->steps : 100, stride = last / (NODES - 1);
    if (!stride) return; /* too few steps for a row */
    for (size_t i = 0; i < count; i++) {
        if (i && all->fresh && all->list[which[i]].gain != all->list[which[i - 1]].gain) colour = 0;
        used = add_rows(&all->list[which[i]], rows, used, &colour);
    }
    write_svg(page->out, rows, used, stride);
    ur_cli_page_note(
        page,
        "The loss is that of one prediction, at the right; its gradient comes back from state to state, %zu "
        "steps from circle to circle. A full disc: as large as where it began; half as wide: 10^-%d of that; "
        "an empty circle: 10^-%d or less; wider than its circle: more than where it began.",
        stride, DECADES / 2, DECADES);
}
