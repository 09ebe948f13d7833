/* What all SVG figures share: the element, the title, and text that is cut to fit. */
#include "cli/report/chart_frame.h"

#include "cli/report/page.h"
#include "cli/support/glyphs.h"

#include "base/utf8.h"

#include <string.h>

enum { TITLE_FONT = 14, TITLE_LINE = 19 };

/* The number of bytes, in whole characters, that fit a width. */
static size_t fitting(const char *text, size_t length, double ems)
{
    size_t i = 0;
    double used = 0;
    while (i < length) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)text + i, length - i, &code);
        size_t step = size > 0 ? (size_t)size : 1;
        used += ur_cli_ems(text + i, step);
        if (used > ems) break;
        i += step;
    }
    return i;
}

static void put_text(FILE *file, double x, double y, const char *class, const char *text, size_t length, bool cut)
{
    fprintf(file, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">", x, y, class);
    ur_cli_html_text(file, text, length);
    fprintf(file, "%s</text>\n", cut ? "…" : "");
}

void ur_cli_figure_text(FILE *file, double x, double y, const char *class, const char *text, double most)
{
    size_t length = strlen(text);
    bool cut = most > 0 && ur_cli_ems(text, length) * UR_CLI_FONT > most;
    put_text(file, x, y, class, text, cut ? fitting(text, length, most / UR_CLI_FONT - 1) : length, cut);
}

static const double TITLE_EMS = UR_CLI_FIGURE_WIDTH / (double)TITLE_FONT - 1;

/* The number of bytes of the first line: up to the last space that fits, or as many as fit. */
static size_t first_line(const char *title)
{
    size_t length = strlen(title), fits = fitting(title, length, TITLE_EMS), at = fits;
    if (fits == length) return length;
    while (at > fits / 2 && title[at] != ' ') at--;
    return title[at] == ' ' ? at : fits;
}

double ur_cli_figure_title_height(const char *title)
{
    if (!title || !*title) return 4;
    return title[first_line(title)] ? 2 * TITLE_LINE + 6 : TITLE_LINE + 6;
}

static void put_title(FILE *file, const char *title)
{
    size_t first = first_line(title);
    put_text(file, 0, TITLE_FONT, "title", title, first, false);
    const char *rest = title + first + (title[first] == ' ');
    size_t length = strlen(rest), fits = fitting(rest, length, TITLE_EMS - 1);
    if (length > 0) put_text(file, 0, TITLE_FONT + TITLE_LINE, "title", rest, fits, fits < length);
}

double ur_cli_figure_begin(FILE *file, const char *title, double height)
{
    fprintf(file, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" role=\"img\" aria-label=\"",
            UR_CLI_FIGURE_WIDTH, height);
    if (title) ur_cli_html_text(file, title, strlen(title));
    fputs("\">\n", file);
    if (title && *title) put_title(file, title);
    return ur_cli_figure_title_height(title);
}

void ur_cli_figure_end(FILE *file) { fputs("</svg>\n", file); }
