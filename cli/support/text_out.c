/* Turns pieces of text into valid UTF-8; see text_out.h. */
#include "cli/support/text_out.h"

#include "cli/support/glyphs.h"

#include "base/utf8.h"

#include <string.h>

/* Writes a character as an escape of C. Returns its number of columns; with `file` NULL it only counts. */
static size_t put_code(FILE *file, uint32_t code)
{
    bool small = code < 0x100, medium = code < 0x10000;
    const char *format = small ? "\\x%02x" : medium ? "\\u%04x" : "\\U%08x";
    if (file) fprintf(file, format, (unsigned)code);
    return small ? 4 : medium ? 6 : 10;
}

static void put(ur_text_out *out, const unsigned char *bytes, size_t size)
{
    fwrite(bytes, 1, size, out->file);
    out->any = true;
    out->ends_line = bytes[size - 1] == '\n';
}

static void put_replacement(ur_text_out *out) { put(out, (const unsigned char *)"\xEF\xBF\xBD", 3); }

static void put_character(ur_text_out *out, uint32_t code, size_t size)
{
    if (out->safe && ur_cli_acts(code) && code != '\n' && code != '\t') {
        put_code(out->file, code);
        out->any = true;
        out->ends_line = false;
    } else {
        put(out, out->held, size);
    }
}

static void drop_held(ur_text_out *out, size_t size)
{
    out->held_count -= size;
    memmove(out->held, out->held + size, out->held_count);
}

/* Writes the complete characters among the held bytes. */
static void flush_held(ur_text_out *out)
{
    while (out->held_count > 0) {
        uint32_t code = 0;
        int size = ur_utf8_decode(out->held, out->held_count, &code);
        if (size == 0) return;
        if (size > 0)
            put_character(out, code, (size_t)size);
        else
            put_replacement(out);
        drop_held(out, size > 0 ? (size_t)size : code);
    }
}

void ur_text_out_add(ur_text_out *out, const char *text, size_t length)
{
    if (out->raw) {
        if (length > 0) put(out, (const unsigned char *)text, length);
        return;
    }
    for (size_t i = 0; i < length; i++) {
        out->held[out->held_count++] = (unsigned char)text[i];
        flush_held(out);
    }
}

void ur_text_out_finish(ur_text_out *out, bool show_rest)
{
    if (show_rest && out->held_count > 0) put_replacement(out);
    out->held_count = 0;
}

static const char *letter_of(uint32_t code)
{
    return code == '\n' ? "\\n" : code == '\t' ? "\\t" : code == '\\' ? "\\\\" : NULL;
}

size_t ur_cli_escape_length(uint32_t code)
{
    return letter_of(code) ? 2 : ur_cli_acts(code) ? put_code(NULL, code) : 0;
}

/* Writes the character at `text` and returns its number of bytes. Characters that act on a terminal and invalid bytes
 * are escaped. */
static size_t print_character(FILE *file, const char *text, size_t length)
{
    uint32_t code = 0;
    int size = ur_utf8_decode((const unsigned char *)text, length, &code);
    const char *letter = size > 0 && code != '\\' ? letter_of(code) : NULL;
    if (size <= 0)
        fprintf(file, "\\x%02x", (unsigned)(unsigned char)*text);
    else if (letter)
        fputs(letter, file);
    else if (ur_cli_acts(code))
        put_code(file, code);
    else
        fwrite(text, 1, (size_t)size, file);
    return size > 0 ? (size_t)size : 1;
}

void ur_cli_print_shown(FILE *file, const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        if (text[i] == '\\') putc('\\', file); /* doubled, to distinguish it from an escape */
        i += print_character(file, text + i, length - i);
    }
}

void ur_cli_print_name(FILE *file, const char *text) { ur_cli_print_shown(file, text, strlen(text)); }

void ur_cli_print_message(FILE *file, const char *text)
{
    while (*text) {
        size_t name = *text == '`' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789-") : 0;
        if (name && text[name + 1] == '`') {
            fprintf(file, "--%.*s", (int)name, text + 1);
            text += name + 2;
        } else {
            text += print_character(file, text, strlen(text));
        }
    }
}
