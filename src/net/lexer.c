/* Cuts a network line into lexemes. Numbers are read digit by digit, so that no locale changes them. */
#include "net/lexer.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

ur_status ur_net_fail(ur_error *error, ur_status status, size_t column, const char *format, ...)
{
    char text[448];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return ur_fail(error, status, "network line, column %zu: %s", column, text);
}

static ur_status bad_character(const ur_lexeme *lexeme, ur_error *error)
{
    uint32_t code = 0;
    int length = ur_utf8_decode((const unsigned char *)lexeme->text, strnlen(lexeme->text, UR_UTF8_MAX), &code);
    if (length < 1)
        return ur_net_fail(error, UR_ERR_FORMAT, lexeme->column, "byte 0x%02X, which is not UTF-8",
                           (unsigned)(unsigned char)lexeme->text[0]);
    return ur_net_fail(error, UR_ERR_FORMAT, lexeme->column,
                       "unexpected character \"%.*s\"; layers are joined with \">\" and lines with \";\"", length,
                       lexeme->text);
}

static bool number_begins(const char *text)
{
    if (*text == '+' || *text == '-') text++;
    if (*text == '.') text++;
    return is_digit(*text);
}

static size_t digits_at(const char *text)
{
    size_t length = 0;
    while (is_digit(text[length])) length++;
    return length;
}

/* "5x3". */
static bool is_filter(const char *text, size_t length)
{
    size_t high = digits_at(text), wide = text[high] == 'x' ? digits_at(text + high + 1) : 0;
    return high && wide && length == high + 1 + wide;
}

ur_status ur_net_no_number(const ur_lexeme *lexeme, ur_error *error)
{
    return ur_net_fail(error, UR_ERR_FORMAT, lexeme->column,
                       "%s is not a number; numbers are plain decimals such as 128 or 0.4",
                       ur_lexeme_show(lexeme).text);
}

/* Takes everything that touches the number, so that "512x2" is one mistake and not a number and a repetition. */
static ur_status lex_number(ur_lexeme *lexeme, ur_error *error)
{
    const char *text = lexeme->text;
    size_t valid = digits_at(text);
    if (text[valid] == '.' && is_digit(text[valid + 1])) valid += 1 + digits_at(text + valid + 1);
    size_t length = valid ? valid : 1;
    while (is_digit(text[length]) || is_letter(text[length]) || text[length] == '.') length++;
    lexeme->kind = UR_LEXEME_NUMBER;
    lexeme->length = length;
    if (is_filter(text, length)) lexeme->kind = UR_LEXEME_FILTER;
    return length == valid || lexeme->kind == UR_LEXEME_FILTER ? UR_OK : ur_net_no_number(lexeme, error);
}

static void lex_word(ur_lexeme *lexeme)
{
    size_t length = 1;
    while (is_letter(lexeme->text[length]) || is_digit(lexeme->text[length]) || lexeme->text[length] == '-') length++;
    lexeme->kind = UR_LEXEME_WORD;
    lexeme->length = length;
}

static ur_status lex_mark(ur_lexeme *lexeme, ur_error *error)
{
    lexeme->length = 1;
    switch (lexeme->text[0]) {
    case '>':
        lexeme->kind = UR_LEXEME_THEN;
        return UR_OK;
    case ';':
        lexeme->kind = UR_LEXEME_NEXT;
        return UR_OK;
    case ':':
        lexeme->kind = UR_LEXEME_COLON;
        return UR_OK;
    case '=':
        lexeme->kind = UR_LEXEME_EQUALS;
        return UR_OK;
    default:
        return bad_character(lexeme, error);
    }
}

ur_status ur_net_lex(const char *text, size_t *at, ur_lexeme *lexeme, ur_error *error)
{
    while (is_blank(text[*at])) ++*at;
    *lexeme = (ur_lexeme){.kind = UR_LEXEME_END, .text = text + *at, .column = *at + 1};
    if (!text[*at]) return UR_OK;
    if (is_letter(text[*at]))
        lex_word(lexeme);
    else if (number_begins(lexeme->text))
        UR_TRY(lex_number(lexeme, error));
    else
        UR_TRY(lex_mark(lexeme, error));
    *at += lexeme->length;
    return UR_OK;
}

bool ur_lexeme_is(const ur_lexeme *lexeme, const char *word)
{
    return lexeme->kind == UR_LEXEME_WORD && lexeme->length == strlen(word) &&
           !memcmp(lexeme->text, word, lexeme->length);
}

bool ur_lexeme_count(const ur_lexeme *lexeme, size_t least, size_t most, size_t *count)
{
    size_t value = 0;
    for (size_t i = 0; i < lexeme->length; i++) {
        if (!is_digit(lexeme->text[i])) return false;
        value = 10 * value + (size_t)(lexeme->text[i] - '0');
        if (value > most) return false;
    }
    *count = value;
    return value >= least;
}

bool ur_lexeme_filter(const ur_lexeme *lexeme, size_t most, size_t *high, size_t *wide)
{
    ur_lexeme side = *lexeme;
    side.length = digits_at(lexeme->text);
    if (!ur_lexeme_count(&side, 1, most, high)) return false;
    side.text += side.length + 1;
    side.length = lexeme->length - side.length - 1;
    return ur_lexeme_count(&side, 1, most, wide);
}

/* Both n and 10^k are exact in a double below 2^53, so the one division rounds correctly. */
bool ur_lexeme_probability(const ur_lexeme *lexeme, double *probability)
{
    const char *text = lexeme->text;
    size_t at = 0, end = lexeme->length;
    for (; at < end && text[at] != '.'; at++)
        if (text[at] != '0') return false;
    at += at < end;
    while (end > at && text[end - 1] == '0') end--;
    if (end - at > UR_DECIMALS_MAX) return false;
    double numerator = 0, denominator = 1;
    for (; at < end; at++) {
        numerator = 10 * numerator + (text[at] - '0');
        denominator *= 10;
    }
    *probability = numerator / denominator;
    return true;
}

ur_lexeme_shown ur_lexeme_show(const ur_lexeme *lexeme)
{
    ur_lexeme_shown shown = {"the end of the line"};
    int length = lexeme->length < 40 ? (int)lexeme->length : 40;
    if (lexeme->kind != UR_LEXEME_END)
        snprintf(shown.text, sizeof shown.text, "\"%.*s%s\"", length, lexeme->text, lexeme->length > 40 ? "..." : "");
    return shown;
}
