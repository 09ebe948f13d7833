/* Cuts a network line into tokens; numbers are read digit by digit, so that no locale changes them. */
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

static ur_status bad_character(const ur_token *token, ur_error *error)
{
    uint32_t code = 0;
    int length = ur_utf8_decode((const unsigned char *)token->text, strnlen(token->text, UR_UTF8_MAX), &code);
    if (length < 1)
        return ur_net_fail(error, UR_ERR_FORMAT, token->column, "byte 0x%02X, which is not UTF-8",
                           (unsigned)(unsigned char)token->text[0]);
    return ur_net_fail(error, UR_ERR_FORMAT, token->column,
                       "unexpected character \"%.*s\"; layers are joined with \">\" and lines with \";\"", length,
                       token->text);
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

ur_status ur_net_no_number(const ur_token *token, ur_error *error)
{
    return ur_net_fail(error, UR_ERR_FORMAT, token->column,
                       "%s is not a number; numbers are plain decimals such as 128 or 0.4", ur_token_show(token).text);
}

/* Takes all that touches the number, so that "512x2" is one mistake and not a number and a repetition. */
static ur_status lex_number(ur_token *token, ur_error *error)
{
    const char *text = token->text;
    size_t valid = digits_at(text);
    if (text[valid] == '.' && is_digit(text[valid + 1])) valid += 1 + digits_at(text + valid + 1);
    size_t length = valid ? valid : 1;
    while (is_digit(text[length]) || is_letter(text[length]) || text[length] == '.') length++;
    token->kind = UR_TOKEN_NUMBER;
    token->length = length;
    if (is_filter(text, length)) token->kind = UR_TOKEN_FILTER;
    return length == valid || token->kind == UR_TOKEN_FILTER ? UR_OK : ur_net_no_number(token, error);
}

static void lex_word(ur_token *token)
{
    size_t length = 1;
    while (is_letter(token->text[length]) || is_digit(token->text[length]) || token->text[length] == '-') length++;
    token->kind = UR_TOKEN_WORD;
    token->length = length;
}

static ur_status lex_mark(ur_token *token, ur_error *error)
{
    token->length = 1;
    switch (token->text[0]) {
    case '>':
        token->kind = UR_TOKEN_THEN;
        return UR_OK;
    case ';':
        token->kind = UR_TOKEN_NEXT;
        return UR_OK;
    case ':':
        token->kind = UR_TOKEN_COLON;
        return UR_OK;
    case '=':
        token->kind = UR_TOKEN_EQUALS;
        return UR_OK;
    default:
        return bad_character(token, error);
    }
}

ur_status ur_net_lex(const char *text, size_t *at, ur_token *token, ur_error *error)
{
    while (is_blank(text[*at])) ++*at;
    *token = (ur_token){.kind = UR_TOKEN_END, .text = text + *at, .column = *at + 1};
    if (!text[*at]) return UR_OK;
    if (is_letter(text[*at]))
        lex_word(token);
    else if (number_begins(token->text))
        UR_TRY(lex_number(token, error));
    else
        UR_TRY(lex_mark(token, error));
    *at += token->length;
    return UR_OK;
}

bool ur_token_is(const ur_token *token, const char *word)
{
    return token->kind == UR_TOKEN_WORD && token->length == strlen(word) && !memcmp(token->text, word, token->length);
}

bool ur_token_count(const ur_token *token, size_t least, size_t most, size_t *count)
{
    size_t value = 0;
    for (size_t i = 0; i < token->length; i++) {
        if (!is_digit(token->text[i])) return false;
        value = 10 * value + (size_t)(token->text[i] - '0');
        if (value > most) return false;
    }
    *count = value;
    return value >= least;
}

bool ur_token_filter(const ur_token *token, size_t most, size_t *high, size_t *wide)
{
    ur_token side = *token;
    side.length = digits_at(token->text);
    if (!ur_token_count(&side, 1, most, high)) return false;
    side.text += side.length + 1;
    side.length = token->length - side.length - 1;
    return ur_token_count(&side, 1, most, wide);
}

/* Both n and 10^k are exact in a double below 2^53, so their one division rounds correctly. */
bool ur_token_probability(const ur_token *token, double *probability)
{
    const char *text = token->text;
    size_t at = 0, end = token->length;
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

ur_token_shown ur_token_show(const ur_token *token)
{
    ur_token_shown shown = {"the end of the line"};
    int length = token->length < 40 ? (int)token->length : 40;
    if (token->kind != UR_TOKEN_END)
        snprintf(shown.text, sizeof shown.text, "\"%.*s%s\"", length, token->text, token->length > 40 ? "..." : "");
    return shown;
}
