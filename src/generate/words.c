/* Where words end; see words.h. */
#include "generate/words.h"

#include "base/utf8.h"
#include "unroll_generate.h"

static bool is_ascii_word(uint32_t code)
{
    bool letter = (code | 32) >= 'a' && (code | 32) <= 'z';
    return letter || (code >= '0' && code <= '9') || code == '_' || code == '\'';
}

/* Beyond ASCII every character belongs to words except blocks of spaces and punctuation: Latin-1's signs up to U+00BF
 * (without ª µ º), General Punctuation, CJK Symbols and Punctuation (without 々), and the full-width ! , . : ; ?. */
static bool is_word(uint32_t code)
{
    if (code < 0x80) return is_ascii_word(code);
    bool latin = code <= 0xBF && code != 0xAA && code != 0xB5 && code != 0xBA;
    bool punctuation = (code >= 0x2000 && code <= 0x206F) || (code >= 0x3000 && code <= 0x303F && code != 0x3005);
    bool wide =
        code == 0xFF01 || code == 0xFF0C || code == 0xFF0E || code == 0xFF1A || code == 0xFF1B || code == 0xFF1F;
    return !latin && !punctuation && !wide;
}

bool ur_ends_word(const char *token, size_t length)
{
    uint32_t code = 0;
    return ur_utf8_decode((const unsigned char *)token, length, &code) > 0 && !is_word(code);
}

static size_t open_word(const char *text, size_t length)
{
    size_t begin = length;
    while (begin > 0) {
        size_t at = begin - 1;
        while (at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80) at--;
        if (ur_ends_word(text + at, length - at)) break;
        begin = at;
    }
    return length - begin;
}

size_t ur_word_begun(const char *text, size_t length)
{
    size_t word = open_word(text, length);
    return word + (word < length && text[length - word - 1] == ' ');
}
