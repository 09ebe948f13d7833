/*
 * Text that comes in pieces, written as valid UTF-8: a character that is not complete yet is held back, a byte that
 * cannot be part of one is written as U+FFFD.
 */
#ifndef UR_CLI_TEXT_OUT_H
#define UR_CLI_TEXT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct ur_text_out {
    FILE *file;
    bool raw;  /* bytes as they come */
    bool safe; /* for a terminal: what acts (glyphs.h), tab and line break excepted, is shown as \xNN, \uNNNN */
    bool any, ends_line; /* something was written; its last character is a line break */
    unsigned char held[4];
    size_t held_count;
} ur_text_out;

void ur_text_out_add(ur_text_out *out, const char *text, size_t length);

/* What is still held is cut off: dropped, or written as U+FFFD. */
void ur_text_out_finish(ur_text_out *out, bool show_rest);

/* Text in one line: what acts (glyphs.h) and bytes that are not UTF-8 as \n, \t, \xNN, \uNNNN. */
void ur_cli_print_shown(FILE *file, const char *text, size_t length);
/* The same of a text that ends with a zero: names, labels, all that comes from outside. */
void ur_cli_print_name(FILE *file, const char *text);
/* A sentence of the library's, in which a backslash stays as it is; a setting, which the library writes as `name`, is what one
 * types: --name. */
void ur_cli_print_message(FILE *file, const char *text);
/* Columns of a character that is shown so; 0: it is written as it is. */
size_t ur_cli_escape_length(uint32_t code);

#endif
