/*
 * Text that comes in pieces, written as valid UTF-8: an incomplete character is held back, and a byte that cannot be
 * part of a character is written as U+FFFD.
 */
#ifndef UR_CLI_TEXT_OUT_H
#define UR_CLI_TEXT_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct ur_text_out {
    FILE *file;
    bool raw;  /* writes bytes unchanged */
    bool safe; /* for a terminal: characters that act (glyphs.h), except tab and line break, are shown as \xNN or
                * \uNNNN */
    bool any, ends_line; /* something was written; the last character written is a line break */
    unsigned char held[4];
    size_t held_count;
} ur_text_out;

void ur_text_out_add(ur_text_out *out, const char *text, size_t length);

/* Ends the text. An incomplete character that is still held is dropped, or written as U+FFFD. */
void ur_text_out_finish(ur_text_out *out, bool show_rest);

/* Writes text in one line: characters that act (glyphs.h) and bytes that are not UTF-8 become \n, \t, \xNN or
 * \uNNNN. */
void ur_cli_print_shown(FILE *file, const char *text, size_t length);
/* Does the same for a string that ends with a zero byte: a name, a label, or anything else from outside. */
void ur_cli_print_name(FILE *file, const char *text);
/* Writes a message of the library. A backslash stays as it is. A setting, which the library writes as `name`, is shown
 * as the option --name. */
void ur_cli_print_message(FILE *file, const char *text);
/* The number of columns of a character's escape, or 0 if the character is written unescaped. */
size_t ur_cli_escape_length(uint32_t code);

#endif
