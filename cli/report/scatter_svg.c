/* Dots in a plane as SVG. */
#include "cli/report/scatter.h"

#include "cli/report/chart_frame.h"
#include "cli/support/glyphs.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    NAMES_MOST = 250,
    MARKED_MOST = 100,
    APART = 3,
    EDGE = 26,
    LEAST_HEIGHT = 260,
    MOST_HEIGHT = 620,
    NAME_WIDEST = 150
};

typedef struct box {
    double left, top, right, bottom;
} box;

typedef struct picture {
    const ur_cli_scatter *scatter;
    double x, y, scale; /* position of the origin; units of the picture per unit of the plane */
    double top, bottom;
    box taken[NAMES_MOST + MARKED_MOST];
    size_t count; /* number of places taken */
} picture;

static box extent_of(const ur_cli_scatter *s)
{
    box all = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < s->count; i++) {
        all.left = fmin(all.left, s->dots[i].x);
        all.right = fmax(all.right, s->dots[i].x);
        all.top = fmin(all.top, s->dots[i].y);
        all.bottom = fmax(all.bottom, s->dots[i].y);
    }
    return all;
}

/* Chooses the largest scale at which all dots fit. */
static void measure(picture *p, double top)
{
    box all = extent_of(p->scatter);
    double across = UR_CLI_FIGURE_WIDTH - 2 * EDGE, wide = all.right - all.left, high = all.bottom - all.top;
    double height = fmax(LEAST_HEIGHT, fmin(MOST_HEIGHT, wide > 0 ? across * high / wide : MOST_HEIGHT));
    p->scale = fmin(wide > 0 ? across / wide : INFINITY, high > 0 ? height / high : INFINITY);
    if (!isfinite(p->scale)) p->scale = 1;
    p->top = top;
    p->bottom = top + height + 2 * EDGE;
    p->x = UR_CLI_FIGURE_WIDTH / 2.0 - p->scale * (all.left + all.right) / 2;
    p->y = (p->top + p->bottom) / 2 + p->scale * (all.top + all.bottom) / 2;
}

static double x_of(const picture *p, size_t i) { return p->x + p->scale * p->scatter->dots[i].x; }
static double y_of(const picture *p, size_t i) { return p->y - p->scale * p->scatter->dots[i].y; }

/* ---- Names ------------------------------------------------------------------------------------------------------- */

static bool touches(const picture *p, const box *b)
{
    for (size_t i = 0; i < p->count; i++) {
        const box *t = &p->taken[i];
        if (b->left < t->right + APART && b->right > t->left - APART && b->top < t->bottom && b->bottom > t->top)
            return true;
    }
    return false;
}

/* The box of a name beside a dot, at a distance `away`: right, left, above or below, for `side` 0 to 3. */
static box beside(double x, double y, double away, double width, int side)
{
    double half = width / 2, high = UR_CLI_FONT + 1;
    switch (side) {
    case 0:
        return (box){x + away, y - high / 2, x + away + width, y + high / 2};
    case 1:
        return (box){x - away - width, y - high / 2, x - away, y + high / 2};
    case 2:
        return (box){x - half, y - away - high, x + half, y - away};
    default:
        return (box){x - half, y + away, x + half, y + away + high};
    }
}

static bool is_inside(const picture *p, const box *b)
{
    return b->left >= 0 && b->right <= UR_CLI_FIGURE_WIDTH && b->top >= p->top && b->bottom <= p->bottom;
}

static void name_dot(FILE *file, picture *p, size_t i)
{
    const char *name = p->scatter->dots[i].name;
    double width = fmin(ur_cli_ems(name, strlen(name)) * UR_CLI_FONT, NAME_WIDEST);
    bool marked = i < p->scatter->marked;
    for (int side = 0; side < 4; side++) {
        box b = beside(x_of(p, i), y_of(p, i), marked ? 8 : 5, width, side);
        if (!is_inside(p, &b) || touches(p, &b)) continue;
        p->taken[p->count++] = b;
        static const char *const CLASSES[2][3] = {{"soft halo", "soft halo end", "soft halo mid"},
                                                  {"halo", "halo end", "halo mid"}};
        double at = side == 0 ? b.left : side == 1 ? b.right : (b.left + b.right) / 2;
        ur_cli_figure_text(file, at, b.bottom - 3, CLASSES[marked][side < 2 ? side : 2], name, NAME_WIDEST);
        return;
    }
}

/* Keeps the places of marked dots free of names. */
static void take_marked(picture *p)
{
    for (size_t i = 0; i < p->scatter->marked && i < MARKED_MOST; i++)
        p->taken[p->count++] = (box){x_of(p, i) - 4, y_of(p, i) - 4, x_of(p, i) + 4, y_of(p, i) + 4};
}

/* ---- Drawing ----------------------------------------------------------------------------------------------------- */

/* Draws all dots as one path of lines without length, of which only the round ends are visible. */
static void draw_dots(FILE *file, const picture *p)
{
    fprintf(file, "<path class=\"dots\" stroke-width=\"%s\" d=\"", p->scatter->count > 3000 ? "2" : "3.5");
    for (size_t i = 0; i < p->scatter->count; i++) fprintf(file, "M%.1f %.1fh0", x_of(p, i), y_of(p, i));
    fputs("\"/>\n", file);
}

static void draw_marked(FILE *file, const picture *p)
{
    for (size_t i = p->scatter->marked; i-- > 0;) ur_cli_mark(file, i ? 1 : 0, x_of(p, i), y_of(p, i));
}

void ur_cli_scatter_svg(FILE *file, const ur_cli_scatter *s)
{
    picture p = {.scatter = s};
    double title = ur_cli_figure_title_height(s->title), above = s->y_label ? UR_CLI_FONT + 6 : 0;
    measure(&p, title + above);
    ur_cli_figure_begin(file, s->title, p.bottom + (s->x_label ? UR_CLI_FONT + 8 : 2));
    if (s->y_label) ur_cli_figure_text(file, 0, title + UR_CLI_FONT, "soft", s->y_label, UR_CLI_FIGURE_WIDTH);
    if (s->x_label)
        ur_cli_figure_text(file, UR_CLI_FIGURE_WIDTH, p.bottom + UR_CLI_FONT + 4, "soft end", s->x_label,
                           UR_CLI_FIGURE_WIDTH);
    fprintf(file, "<path class=\"axis\" d=\"M.5 %.1fH719.5V%.1fH.5z\"/>\n", p.top, p.bottom);
    if (s->count > 0) draw_dots(file, &p);
    draw_marked(file, &p);
    take_marked(&p);
    for (size_t i = 0; i < s->count && p.count < NAMES_MOST; i++)
        if (s->dots[i].name) name_dot(file, &p, i);
    ur_cli_figure_end(file);
}
