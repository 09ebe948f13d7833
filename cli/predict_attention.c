/* See predict_attention.h. There is a row for each token that was written. The last token is the end of the text. */
#include "cli/predict_attention.h"
#include "cli/predict_heard.h"
#include "cli/predict_looked.h"
#include "cli/predict_seen.h"

#include "cli/report/shade.h"
#include "cli/report/terminal.h"
#include "cli/support/glyphs.h"
#include "cli/support/text_out.h"

#include "base/error.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- On the terminal ----------------------------------------------------------------------------------------------- */

static size_t find_width(const json_t *tokens)
{
    size_t width = 0;
    for (size_t i = 0; i < json_array_size(tokens); i++) {
        const char *text = ur_cli_looked_word(tokens, i);
        size_t columns = ur_cli_shown_columns(text, strlen(text));
        if (columns > width) width = columns;
    }
    return width < 24 ? width : 24;
}

/* Prints "dog      0.93  Hund    ein Hund läuft": the token, the largest share, the source token with that share, and,
 * on a terminal with colours, the shaded source. */
static void print_row(const json_t *object, size_t row, size_t width, size_t source_width)
{
    const json_t *source = json_object_get(object, "source"), *shares = ur_cli_looked_shares(object, row);
    size_t most = ur_cli_looked_most(shares);
    ur_cli_print_padded(stdout, ur_cli_looked_token(object, row), width);
    printf("  %.2f  ", ur_cli_looked_share(shares, most));
    if (ur_cli_terminal_colours(stdout) == UR_CLI_PLAIN) {
        const char *text = ur_cli_looked_word(source, most);
        ur_cli_print_shown(stdout, text, strlen(text));
        putchar('\n');
        return;
    }
    ur_cli_print_padded(stdout, ur_cli_looked_word(source, most), source_width);
    fputs("  ", stdout);
    for (size_t i = 0; i < json_array_size(source); i++) {
        const char *text = json_string_value(json_array_get(source, i));
        text = text && *text ? text : " .";
        ur_cli_shade_terminal(stdout, text, strlen(text), ur_cli_looked_share(shares, i));
    }
    ur_cli_shade_end_terminal(stdout);
    putchar('\n');
}

static void print_object(const json_t *object)
{
    const json_t *target = json_object_get(object, "target");
    const char *text = json_string_value(json_object_get(object, "text"));
    size_t width = find_width(target), source_width = find_width(json_object_get(object, "source"));
    if (json_object_get(object, "picture")) {
        ur_cli_seen_print(object);
        return;
    }
    if (json_object_get(object, "step_seconds")) {
        ur_cli_heard_print(object);
        return;
    }
    ur_cli_print_shown(stdout, text ? text : "", text ? strlen(text) : 0);
    putchar('\n');
    for (size_t i = 0; i < json_array_size(target); i++) print_row(object, i, width, source_width);
    if (json_array_size(target)) putchar('\n');
}

/* ---- As a page ----------------------------------------------------------------------------------------------------- */

static void put_source(FILE *out, const json_t *source)
{
    fputs("<table class=\"attention\"><tr><th></th>", out);
    for (size_t i = 0; i < json_array_size(source); i++) {
        const char *text = ur_cli_looked_word(source, i);
        fputs("<th style=\"writing-mode:vertical-rl;transform:rotate(180deg);padding:.2rem;border:0\">", out);
        ur_cli_html_text(out, text, strlen(text));
        fputs("</th>", out);
    }
    fputs("</tr>\n", out);
}

/* A share of 5 % or more is also written as a number. */
static void put_row(FILE *out, const json_t *object, size_t row)
{
    const char *text = ur_cli_looked_token(object, row);
    const json_t *shares = ur_cli_looked_shares(object, row);
    fputs("<tr><td>", out);
    ur_cli_html_text(out, text, strlen(text));
    fputs("</td>", out);
    for (size_t i = 0; i < json_array_size(json_object_get(object, "source")); i++) {
        int cent = (int)(100 * ur_cli_looked_share(shares, i) + 0.5);
        fprintf(out,
                "<td style=\"background:rgba(var(--pos),%d.%02d);padding:.2rem;min-width:1.7rem;text-align:center\">",
                cent / 100, cent % 100);
        if (cent >= 5) fprintf(out, "%d", cent);
        fputs("</td>", out);
    }
    fputs("</tr>\n", out);
}

static const char *explain(bool seen, bool heard)
{
    if (seen)
        return "The picture as the network sees it, and for each token that was written where it looked: what is "
               "covered it looked at less.";
    if (heard)
        return "Each row is a token that was written, with the time at which the network looked most, and the "
               "recording from its beginning to its end, darkest there.";
    return "Each row is a token that was written, each column one that was read: the share of the attention, in "
           "per cent.";
}

static void put_object(ur_cli_attention *a, const json_t *object)
{
    ur_cli_page *page = a->page;
    const json_t *source = json_object_get(object, "source"), *picture = json_object_get(object, "picture");
    const json_t *heard = json_object_get(object, "step_seconds");
    const char *text = json_string_value(json_object_get(object, "text"));
    if (!source && !picture && !heard) return;
    if (!a->count++) ur_cli_page_note(page, "%s", explain(picture, heard));
    ur_cli_page_heading(page, text ? text : "");
    if (picture) {
        ur_cli_seen_put(page, object, a->count);
        return;
    }
    if (heard) {
        ur_cli_heard_put(page, object);
        return;
    }
    put_source(page->out, source);
    for (size_t i = 0; i < json_array_size(json_object_get(object, "target")); i++) put_row(page->out, object, i);
    fputs("</table>\n", page->out);
}

/* ---- Answers as they come -------------------------------------------------------------------------------------- */

static ur_status take_object(ur_cli_attention *a, ur_error *error)
{
    json_t *object = json_loadb(a->text, a->length, 0, NULL);
    if (!object) return ur_fail_memory(error, "an answer");
    if (a->page) put_object(a, object);
    if (a->json) fwrite(a->text, 1, a->length, stdout);
    if (!a->json) print_object(object);
    fflush(stdout);
    json_decref(object);
    a->length = 0;
    return UR_OK;
}

static ur_status take(void *context, const char *bytes, size_t size, ur_error *error)
{
    ur_cli_attention *a = context;
    if (a->length + size > a->room) {
        char *grown = realloc(a->text, 2 * (a->length + size));
        if (!grown) return ur_fail_memory(error, "an answer");
        a->text = grown;
        a->room = 2 * (a->length + size);
    }
    memcpy(a->text + a->length, bytes, size);
    a->length += size;
    return bytes[size - 1] == '\n' ? take_object(a, error) : UR_OK;
}

ur_sink ur_cli_attention_sink(ur_cli_attention *attention) { return (ur_sink){take, attention}; }

void ur_cli_attention_free(ur_cli_attention *attention) { free(attention->text); }
