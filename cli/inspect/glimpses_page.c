/* Glimpses as a figure; see glimpses.h: on the left the picture with the path, on the right what was seen and
 * answered. */
#include "cli/inspect/glimpses.h"

#include "cli/report/chart_frame.h"
#include "cli/report/page.h"
#include "cli/report/picture.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { PICTURE = 224, LEFT = 248, TILE = 60, CELL = 78, ACROSS = 6, TOP = 20, BELOW = 36, LOOKS = UR_CLI_SERIES_LOOKS };

/* Units of the figure per pixel of the picture. */
static double scale_of(const ur_cli_glimpses *g)
{
    return (double)PICTURE / (double)(g->rows > g->columns ? g->rows : g->columns);
}

static double cell_height(const ur_cli_glimpses *g) { return TOP + (double)(g->scales * (TILE + 4)) + BELOW; }

static double figure_height(const ur_cli_glimpses *g)
{
    double cells = (double)((g->count + ACROSS - 1) / ACROSS) * cell_height(g);
    return cells > PICTURE + 8 ? cells : PICTURE + 8;
}

static ur_status put_image(FILE *out, const unsigned char *pixel, size_t rows, size_t columns, double x, double y,
                           double scale, ur_error *error)
{
    char attributes[160];
    snprintf(attributes, sizeof attributes,
             "style=\"image-rendering:pixelated\" x=\"%.1f\" y=\"%.1f\" width=\"%.2f\" height=\"%.2f\"", x, y,
             (double)columns * scale, (double)rows * scale);
    return ur_cli_picture_svg(out, pixel, rows, columns, attributes, error);
}

/* ---- The path ----------------------------------------------------------------------------------------------------- */

static void draw_squares(const ur_cli_glimpses *g, FILE *out, double scale)
{
    for (size_t t = 0; t < g->count; t++) {
        double side = g->at[t].side * scale;
        fprintf(out,
                "<rect class=\"s%zu\" fill=\"none\" stroke-width=\"1.5\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                "height=\"%.1f\"/>\n",
                t % LOOKS, (g->at[t].column + 0.5) * scale - side / 2, (g->at[t].row + 0.5) * scale - side / 2, side,
                side);
    }
}

static void draw_path(const ur_cli_glimpses *g, FILE *out, double scale)
{
    char number[24];
    fputs("<polyline class=\"s1\" fill=\"none\" stroke-width=\"1.5\" points=\"", out);
    for (size_t t = 0; t < g->count; t++)
        fprintf(out, "%.1f,%.1f ", (g->at[t].column + 0.5) * scale, (g->at[t].row + 0.5) * scale);
    fputs("\"/>\n", out);
    for (size_t t = 0; t < g->count; t++) {
        snprintf(number, sizeof number, "%zu", t + 1);
        ur_cli_figure_text(out, (g->at[t].column + 0.5) * scale, (g->at[t].row + 0.5) * scale + 4, "mid halo", number,
                           0);
    }
}

/* ---- What was seen ------------------------------------------------------------------------------------------------ */

static void draw_answer(const ur_cli_glimpse *at, FILE *out, double x, double y)
{
    char text[32];
    snprintf(text, sizeof text, "%.2f", at->probability);
    fprintf(out, "<rect class=\"grid\" x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"3\"/>", x, y, TILE);
    fprintf(out, "<rect class=\"f0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"3\"/>\n", x, y,
            at->probability * TILE);
    ur_cli_figure_text(out, x, y + 16, "", at->label, TILE / 2);
    ur_cli_figure_text(out, x + TILE, y + 16, "soft end", text, 0);
}

static ur_status draw_glimpse(const ur_cli_glimpses *g, size_t t, FILE *out, ur_error *error)
{
    char number[24];
    double x = LEFT + (double)(t % ACROSS * CELL), y = (double)(t / ACROSS) * cell_height(g) + TOP;
    snprintf(number, sizeof number, "%zu", t + 1);
    ur_cli_figure_text(out, x, y - 6, "soft", number, 0);
    for (size_t s = 0; s < g->scales; s++, y += TILE + 4)
        UR_TRY(put_image(out, g->seen + (t * g->scales + s) * g->size * g->size, g->size, g->size, x, y,
                         (double)TILE / (double)g->size, error));
    draw_answer(&g->at[t], out, x, y);
    return UR_OK;
}

ur_status ur_cli_glimpses_draw(const ur_cli_glimpses *g, FILE *out, ur_error *error)
{
    const double scale = scale_of(g);
    fputs("<h2>", out);
    ur_cli_html_text(out, g->where, strlen(g->where));
    fputs(": ", out);
    ur_cli_html_text(out, g->label, strlen(g->label));
    fprintf(out, "</h2>\n<svg viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"glimpses at a picture\">\n",
            (int)UR_CLI_FIGURE_WIDTH, figure_height(g));
    UR_TRY(put_image(out, g->picture, g->rows, g->columns, 0, 0, scale, error));
    draw_squares(g, out, scale);
    draw_path(g, out, scale);
    for (size_t t = 0; t < g->count; t++) UR_TRY(draw_glimpse(g, t, out, error));
    fputs("</svg>\n", out);
    return UR_OK;
}
