/* Coloured text in a report. An element's title holds the value: the reader can see it, and the style sheet colours by
 * it. */
#include "cli/report/shade.h"

#include "cli/report/page.h"

#include <math.h>
#include <string.h>

/* The value in tenths, limited to ±10; 0 if it is not a number. */
static int tenths_of(double value)
{
    if (isnan(value)) return 0;
    return (int)lround(fmax(-1, fmin(1, value)) * 10);
}

/* Writes `<b title=-.3>`, without quotes and zeros, because there is one tag per token. */
static void open_tag(FILE *file, int tenths)
{
    const char *sign = tenths < 0 ? "-" : "";
    int size = tenths < 0 ? -tenths : tenths;
    if (size == 10)
        fprintf(file, "<b title=%s1>", sign);
    else
        fprintf(file, "<b title=%s.%d>", sign, size);
}

static void put_piece(FILE *file, const char *text, size_t length, int tenths)
{
    if (length == 0) return;
    if (tenths) open_tag(file, tenths);
    ur_cli_html_text(file, text, length);
    if (tenths) fputs("</b>", file);
}

void ur_cli_shade_html(FILE *file, const char *text, size_t length, double value)
{
    int tenths = tenths_of(value);
    size_t begin = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '\n' && text[i] != '\t') continue;
        /* A coloured line break is shown by a visible mark. */
        put_piece(file, text + begin, i - begin + (tenths && text[i] == '\n'), tenths);
        fputc(text[i], file);
        begin = i + 1;
    }
    put_piece(file, text + begin, length - begin, tenths);
}

void ur_cli_shade_begin_html(FILE *file)
{
    fputs("<p class=\"key\">below 0 ", file);
    for (int tenths = -10; tenths <= 10; tenths += 5) {
        if (tenths) open_tag(file, tenths);
        fprintf(file, "%s%g", tenths < 0 ? "−" : tenths ? "+" : "&nbsp; ", fabs(tenths / 10.0));
        fputs(tenths ? "</b>" : " &nbsp;", file);
    }
    fputs(" above 0</p>\n<pre class=\"shade\">\n", file);
}

void ur_cli_shade_end_html(FILE *file) { fputs("</pre>\n", file); }
