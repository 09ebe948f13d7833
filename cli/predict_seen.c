/* See predict_seen.h. */
#include "cli/predict_seen.h"

#include "cli/predict_looked.h"
#include "cli/support/glyphs.h"
#include "cli/support/text_out.h"

#include <string.h>

static size_t size_of(const json_t *object, const char *key)
{
    json_int_t size = json_integer_value(json_object_get(object, key));
    return size > 0 ? (size_t)size : 0;
}

/* ---- On the terminal ---------------------------------------------------------------------------------------------- */

void ur_cli_seen_print(const json_t *object)
{
    const char *text = json_string_value(json_object_get(object, "text")),
               *where = json_string_value(json_object_get(object, "where"));
    size_t columns = size_of(object, "columns");
    ur_cli_print_shown(stdout, text ? text : "", text ? strlen(text) : 0);
    fputs("  ", stdout);
    ur_cli_print_shown(stdout, where ? where : "", where ? strlen(where) : 0);
    putchar('\n');
    for (size_t i = 0; i < json_array_size(json_object_get(object, "target")); i++) {
        size_t most = ur_cli_looked_most(ur_cli_looked_shares(object, i));
        ur_cli_print_padded(stdout, ur_cli_looked_token(object, i), 24);
        printf("  %.2f  row %zu, column %zu\n", ur_cli_looked_share(ur_cli_looked_shares(object, i), most),
               columns ? most / columns + 1 : 1, columns ? most % columns + 1 : most + 1);
    }
    putchar('\n');
}

/* ---- As a figure -------------------------------------------------------------------------------------------------- */

/* The colour of a place, as one number: red, green and blue, 8 bits each. */
static unsigned colour_at(const json_t *picture, size_t place)
{
    const json_t *numbers = json_object_get(picture, "numbers");
    size_t channels = size_of(picture, "channels");
    unsigned colour = 0;
    for (size_t k = 0; k < 3; k++) {
        size_t at = place * channels + (channels >= 3 ? k : 0);
        colour = colour << 8 | ((unsigned)json_integer_value(json_array_get(numbers, at)) & 255);
    }
    return colour;
}

/* Draws a row. Adjacent places of the same colour become one rectangle. */
static void put_row(FILE *out, const json_t *picture, size_t row)
{
    size_t columns = size_of(picture, "columns");
    for (size_t begin = 0, end; begin < columns; begin = end) {
        unsigned colour = colour_at(picture, row * columns + begin);
        for (end = begin + 1; end < columns && colour_at(picture, row * columns + end) == colour;) end++;
        fprintf(out, "<path fill=\"#%06x\" d=\"M%zu %zuh%zuv1h-%zu\"/>", colour, begin, row, end - begin, end - begin);
    }
}

static void put_picture(FILE *out, const json_t *picture, size_t number)
{
    size_t rows = size_of(picture, "rows"), columns = size_of(picture, "columns");
    fprintf(out, "<svg viewBox=\"0 0 %zu %zu\" shape-rendering=\"crispEdges\" style=\"margin:0\"><g id=\"seen%zu\">",
            columns, rows, number);
    for (size_t row = 0; row < rows; row++) put_row(out, picture, row);
    fputs("</g></svg>", out);
}

/* Covers each place the more, the less the network looked at it; the place it looked at most stays uncovered. Opacities
 * are written as integers in hundredths, because a fraction could contain a comma in some locales. */
static void put_cover(FILE *out, const json_t *object, const json_t *shares)
{
    size_t rows = size_of(object, "rows"), columns = size_of(object, "columns");
    double most = ur_cli_looked_share(shares, ur_cli_looked_most(shares));
    fprintf(out, "<svg viewBox=\"0 0 %zu %zu\" preserveAspectRatio=\"none\" style=\"margin:0\">", columns, rows);
    for (size_t i = 0; i < rows * columns; i++) {
        int covered = (int)(85 * (1 - (most > 0 ? ur_cli_looked_share(shares, i) / most : 1)) + 0.5);
        if (covered)
            fprintf(out, "<path fill=\"var(--paper)\" fill-opacity=\".%02d\" d=\"M%zu %zuh1v1h-1\"/>", covered,
                    i % columns, i / columns);
    }
    fputs("</svg>", out);
}

static void begin_cell(FILE *out, const char *text)
{
    fputs("<div style=\"display:inline-block;width:7rem;margin:0 .6rem .9rem 0;vertical-align:top;font-size:.875rem\">",
          out);
    ur_cli_html_text(out, text, strlen(text));
}

static void put_token(FILE *out, const json_t *object, size_t i, size_t number)
{
    const json_t *picture = json_object_get(object, "picture");
    begin_cell(out, ur_cli_looked_token(object, i));
    fprintf(out,
            "<div style=\"position:relative\"><svg viewBox=\"0 0 %zu %zu\" shape-rendering=\"crispEdges\" "
            "style=\"margin:0\"><use href=\"#seen%zu\"/></svg><div style=\"position:absolute;inset:0\">",
            size_of(picture, "columns"), size_of(picture, "rows"), number);
    put_cover(out, object, ur_cli_looked_shares(object, i));
    fputs("</div></div></div>\n", out);
}

void ur_cli_seen_put(ur_cli_page *page, const json_t *object, size_t number)
{
    const char *where = json_string_value(json_object_get(object, "where"));
    ur_cli_page_note(page, "%s", where ? where : "");
    fputs("<div>", page->out);
    begin_cell(page->out, "\xC2\xA0");
    put_picture(page->out, json_object_get(object, "picture"), number);
    fputs("</div>\n", page->out);
    for (size_t i = 0; i < json_array_size(json_object_get(object, "target")); i++)
        put_token(page->out, object, i, number);
    fputs("</div>\n", page->out);
}
