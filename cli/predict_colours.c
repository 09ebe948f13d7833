/* See predict_colours.h. */
#include "cli/predict_colours.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>

/* Colours that can be read on a light and on a dark background. */
static const struct {
    int r, g, b;
} COLOURS[] = {{0, 135, 255},  {215, 95, 0}, {95, 175, 0},   {215, 0, 95},  {0, 175, 175}, {175, 135, 0},
               {135, 95, 215}, {95, 135, 0}, {215, 95, 135}, {0, 135, 175}, {175, 95, 95}, {135, 135, 135}};
enum { COLOUR_COUNT = sizeof COLOURS / sizeof COLOURS[0] };

/* Finds the colour of a label. New labels get the colours in turn. */
static size_t find_colour(ur_cli_colouring *c, const char *label, size_t length)
{
    char name[sizeof c->label[0]] = {0};
    size_t i = 0;
    memcpy(name, label, length < sizeof name - 1 ? length : sizeof name - 1);
    while (i < c->count && strcmp(c->label[i], name) != 0) i++;
    if (i == c->count && i < UR_CLI_COLOURED_MOST) memcpy(c->label[c->count++], name, sizeof name);
    return i % COLOUR_COUNT;
}

static void print_coloured(ur_cli_colouring *c, const char *text, size_t length, const char *label, size_t label_length)
{
    size_t i = find_colour(c, label, label_length);
    ur_cli_terminal_select(c->out->file, c->colours, 38, COLOURS[i].r, COLOURS[i].g, COLOURS[i].b);
    ur_text_out_add(c->out, text, length);
    fputs("\033[0m", c->out->file);
}

/* Prints one "word/TAG" and the space after it. Returns the number of bytes read. */
static size_t print_word(ur_cli_colouring *c, const char *text, size_t left)
{
    const char *blank = memchr(text, ' ', left);
    size_t length = blank ? (size_t)(blank - text) : left, slash = length;
    while (slash > 0 && text[slash - 1] != '/') slash--;
    if (slash)
        print_coloured(c, text, length, text + slash, length - slash);
    else
        ur_text_out_add(c->out, text, length);
    if (blank) ur_text_out_add(c->out, " ", 1);
    return length + (blank != NULL);
}

/* Whether field `i` of CoNLL-U, counted from 0, is one of the coloured columns. */
static bool is_column(const ur_cli_colouring *c, int i)
{
    static const char *const names[] = {"id",    "form", "lemma",  "upos", "xpos",
                                        "feats", "head", "deprel", "deps", "misc"};
    char number[16];
    snprintf(number, sizeof number, "%d", i + 1);
    for (size_t k = 0; k < 2 && i < 10; k++)
        if (c->column[k] && (strcmp(c->column[k], names[i]) == 0 || strcmp(c->column[k], number) == 0)) return true;
    return false;
}

/* Prints a line of CoNLL-U. */
static void print_fields(ur_cli_colouring *c, const char *text, size_t length)
{
    size_t at = 0;
    for (int field = 0; at < length; field++) {
        const char *tab = memchr(text + at, '\t', length - at);
        size_t size = tab ? (size_t)(tab - text) - at : length - at;
        bool coloured = is_column(c, field) && !(size == 1 && text[at] == '_');
        if (coloured) print_coloured(c, text + at, size, text + at, size);
        if (!coloured) ur_text_out_add(c->out, text + at, size);
        if (tab) ur_text_out_add(c->out, "\t", 1);
        at += size + (tab != NULL);
    }
}

static void print_line(ur_cli_colouring *c, const char *text, size_t length)
{
    if (length && text[0] == '#')
        ur_text_out_add(c->out, text, length);
    else if (length && memchr(text, '\t', length))
        print_fields(c, text, length);
    else
        for (size_t at = 0; at < length;) at += print_word(c, text + at, length - at);
    ur_text_out_add(c->out, "\n", 1);
}

static ur_status add(ur_cli_colouring *c, const char *bytes, size_t size, ur_error *error)
{
    if (c->length + size > c->room) {
        char *grown = realloc(c->line, 2 * (c->length + size));
        if (!grown) return ur_fail_memory(error, "a line");
        c->line = grown;
        c->room = 2 * (c->length + size);
    }
    memcpy(c->line + c->length, bytes, size);
    c->length += size;
    return UR_OK;
}

static ur_status write_piece(void *context, const char *bytes, size_t size, ur_error *error)
{
    ur_cli_colouring *c = context;
    const ur_sink plain = ur_cli_sink(c->out);
    size_t at = 0;
    UR_TRY(add(c, bytes, size, error));
    for (const char *end; (end = memchr(c->line + at, '\n', c->length - at)); at = (size_t)(end - c->line) + 1)
        print_line(c, c->line + at, (size_t)(end - c->line) - at);
    memmove(c->line, c->line + at, c->length - at);
    c->length -= at;
    return plain.write(plain.context, "", 0, error); /* reports a failed write to the file */
}

ur_sink ur_cli_colouring_sink(ur_cli_colouring *c, ur_text_out *out, ur_cli_colours colours)
{
    c->out = out;
    c->colours = colours;
    return (ur_sink){.write = write_piece, .context = c};
}

void ur_cli_colouring_free(ur_cli_colouring *c) { free(c->line); }
