/* See predict_heard.h. */
#include "cli/predict_heard.h"

#include "cli/predict_looked.h"
#include "cli/report/shade.h"
#include "cli/report/terminal.h"
#include "cli/support/glyphs.h"
#include "cli/support/text_out.h"

#include <string.h>

enum { COLUMNS = 48, TOKEN = 16 };

/* The time at which a step begins, in hundredths of a second. It is an integer, because printing a fraction could write
 * a comma in some locales. */
static unsigned begin_of(const json_t *object, size_t step)
{
    return (unsigned)(100 * json_number_value(json_object_get(object, "step_seconds")) * (double)step + 0.5);
}

/* ---- On the terminal ---------------------------------------------------------------------------------------------- */

/* The sum of the shares of the steps that fall into one column of the strip. */
static double sum_column(const json_t *shares, size_t column, size_t columns)
{
    size_t steps = json_array_size(shares);
    double sum = 0;
    for (size_t i = column * steps / columns; i < (column + 1) * steps / columns; i++)
        sum += ur_cli_looked_share(shares, i);
    return sum;
}

static void print_strip(const json_t *shares)
{
    size_t columns = json_array_size(shares) < COLUMNS ? json_array_size(shares) : COLUMNS;
    if (ur_cli_terminal_colours(stdout) == UR_CLI_PLAIN) return;
    fputs("  ", stdout);
    for (size_t i = 0; i < columns; i++)
        ur_cli_shade_terminal(stdout, "·", strlen("·"), sum_column(shares, i, columns));
    ur_cli_shade_end_terminal(stdout);
}

void ur_cli_heard_print(const json_t *object)
{
    const char *text = json_string_value(json_object_get(object, "text")),
               *file = json_string_value(json_object_get(object, "file"));
    if (file) ur_cli_print_shown(stdout, file, strlen(file));
    if (file) fputs("  ", stdout);
    ur_cli_print_shown(stdout, text ? text : "", text ? strlen(text) : 0);
    putchar('\n');
    for (size_t i = 0; i < json_array_size(json_object_get(object, "target")); i++) {
        const json_t *shares = ur_cli_looked_shares(object, i);
        size_t most = ur_cli_looked_most(shares);
        unsigned begin = begin_of(object, most), share = (unsigned)(100 * ur_cli_looked_share(shares, most) + 0.5);
        ur_cli_print_padded(stdout, ur_cli_looked_token(object, i), TOKEN);
        printf("  %u.%02u  at %u.%02u s", share / 100, share % 100, begin / 100, begin % 100);
        print_strip(shares);
        putchar('\n');
    }
    putchar('\n');
}

/* ---- As a table --------------------------------------------------------------------------------------------------- */

/* Draws the steps as a strip, darkest where the network looked most. */
static void put_strip(FILE *out, const json_t *shares)
{
    size_t steps = json_array_size(shares);
    double most = ur_cli_looked_share(shares, ur_cli_looked_most(shares));
    fprintf(out,
            "<svg viewBox=\"0 0 %zu 1\" preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\" "
            "style=\"margin:0;width:36rem;max-width:70vw;height:1.2rem\">",
            steps);
    for (size_t i = 0; i < steps; i++) {
        int cent = (int)(100 * (most > 0 ? ur_cli_looked_share(shares, i) / most : 0) + 0.5);
        if (cent)
            fprintf(out, "<path style=\"fill:rgba(var(--pos),%d.%02d)\" d=\"M%zu 0h1v1h-1\"/>", cent / 100, cent % 100,
                    i);
    }
    fputs("</svg>", out);
}

void ur_cli_heard_put(ur_cli_page *page, const json_t *object)
{
    const char *file = json_string_value(json_object_get(object, "file"));
    if (file) ur_cli_page_note(page, "%s", file);
    fputs("<table>\n", page->out);
    for (size_t i = 0; i < json_array_size(json_object_get(object, "target")); i++) {
        const json_t *shares = ur_cli_looked_shares(object, i);
        unsigned begin = begin_of(object, ur_cli_looked_most(shares));
        fputs("<tr><td>", page->out);
        ur_cli_html_text(page->out, ur_cli_looked_token(object, i), strlen(ur_cli_looked_token(object, i)));
        fprintf(page->out, "</td><td>%u.%02u s</td><td>", begin / 100, begin % 100);
        put_strip(page->out, shares);
        fputs("</td></tr>\n", page->out);
    }
    fputs("</table>\n", page->out);
}
