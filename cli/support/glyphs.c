/* Which characters act on a terminal, and how wide the others are; see glyphs.h. The ranges are those of Unicode 15. */
#include "cli/support/glyphs.h"

#include "cli/support/text_out.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

typedef struct range {
    uint32_t first, last;
} range;

static bool within(const range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

#define WITHIN(ranges, code) within(ranges, sizeof(ranges) / sizeof *(ranges), code)

static const range ACTING[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0x61c, 0x61c},   {0x200e, 0x200f}, {0x2028, 0x202e},   {0x2066, 0x206f},
    {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe007f},
};

bool ur_cli_acts(uint32_t code) { return WITHIN(ACTING, code) || (code & 0xfffe) == 0xfffe; }

/* Marks above and below, joiners, and the vowels and final consonants of decomposed Hangul. */
static const range COMBINING[] = {
    {0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},     {0x64b, 0x65f},   {0xe31, 0xe31},
    {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1160, 0x11ff}, {0x1ab0, 0x1aff},   {0x1dc0, 0x1dff}, {0x200b, 0x200d},
    {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

static const range WIDE[] = {
    {0x1100, 0x115f}, {0x231a, 0x231b},   {0x2e80, 0x303e},   {0x3041, 0x4dbf},   {0x4e00, 0xa4cf},
    {0xa960, 0xa97f}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},   {0xff00, 0xff60},
    {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

size_t ur_cli_columns_of(uint32_t code)
{
    if (code < 0x300) return 1;
    return WITHIN(COMBINING, code) ? 0 : WITHIN(WIDE, code) ? 2 : 1;
}

size_t ur_cli_shown_columns(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        int size = ur_utf8_decode((const unsigned char *)text + i, length - i, &code);
        if (size <= 0)
            columns += 4;
        else
            columns += ur_cli_acts(code) || code == '\\' ? ur_cli_escape_length(code) : ur_cli_columns_of(code);
        i += size > 0 ? (size_t)size : 1;
    }
    return columns;
}

/* The number of bytes of `text` that fit into `columns`. */
static size_t fitting(const char *text, size_t length, size_t columns)
{
    size_t used = 0, i = 0;
    while (i < length) {
        uint32_t code = 0;
        int size = ur_utf8_decode((const unsigned char *)text + i, length - i, &code);
        size_t step = size > 0 ? (size_t)size : 1;
        size_t wide = ur_cli_shown_columns(text + i, step);
        if (used + wide > columns) break;
        used += wide;
        i += step;
    }
    return i;
}

void ur_cli_print_padded(FILE *file, const char *text, size_t columns)
{
    size_t length = strlen(text), wide = ur_cli_shown_columns(text, length);
    if (wide > columns && columns > 0) {
        length = fitting(text, length, columns - 1);
        wide = ur_cli_shown_columns(text, length) + 1;
        ur_cli_print_shown(file, text, length);
        fputs("…", file);
    } else {
        ur_cli_print_shown(file, text, length);
    }
    for (; wide < columns; wide++) fputc(' ', file);
}

static double ascii_ems(char letter)
{
    if (strchr("ijl.,:;'|!I()[]{} ft`/\\-r", letter)) return 0.42;
    if (strchr("mwMW@%", letter)) return 1;
    return letter >= 'A' && letter <= 'Z' ? 0.75 : 0.64;
}

double ur_cli_ems(const char *text, size_t length)
{
    double ems = 0;
    for (size_t i = 0; i < length;) {
        uint32_t code = 0;
        int size = ur_utf8_decode((const unsigned char *)text + i, length - i, &code);
        if (size == 1 && code >= ' ' && code < 0x7f)
            ems += ascii_ems((char)code);
        else if (size > 0 && ur_cli_acts(code))
            ems += code == '\n' || code == '\t' ? 1 : 5.2; /* shown as ⟨U+202E⟩ */
        else
            ems += size > 0 ? 0.65 * (double)ur_cli_columns_of(code) : 1;
        i += size > 0 ? (size_t)size : 1;
    }
    return ems;
}
