/* A JSON reader by recursive descent. Every function leaves the parser after the text that it has read. */
#include "format/json_text.h"

#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct json_parser {
    const unsigned char *text;
    size_t size, at, origin;
    int depth;
    ur_error *error;
} json_parser;

static ur_status read_value(json_parser *parser, json_t **value);

/* The byte at `at`, or −1 after the end. */
static int byte_at(const json_parser *parser, size_t at) { return at < parser->size ? parser->text[at] : -1; }

static ur_status fail(const json_parser *parser, size_t at, const char *what)
{
    return ur_fail(parser->error, UR_ERR_FORMAT, "byte %zu: %s%s", parser->origin + at, what,
                   at < parser->size ? "" : ", and the JSON text ends");
}

static bool is_digit(int c) { return c >= '0' && c <= '9'; }

static void skip_blanks(json_parser *parser)
{
    int c;
    while ((c = byte_at(parser, parser->at)) == ' ' || c == '\t' || c == '\n' || c == '\r') parser->at++;
}

/* If the next character is `mark`, moves past it. */
static bool accept(json_parser *parser, int mark)
{
    skip_blanks(parser);
    if (byte_at(parser, parser->at) != mark) return false;
    parser->at++;
    return true;
}

/* ---- Strings ---- */

static int hex_digit(int c)
{
    if (is_digit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The four hexadecimal digits at `at` as a number, or −1. */
static long hex4(const json_parser *parser, size_t at)
{
    long code = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(byte_at(parser, at + i));
        if (digit < 0) return -1;
        code = 16 * code + digit;
    }
    return code;
}

static bool is_high_surrogate(long code) { return code >= 0xD800 && code <= 0xDBFF; }
static bool is_low_surrogate(long code) { return code >= 0xDC00 && code <= 0xDFFF; }

/* Called after "\u": reads the code point of one or two such escapes. */
static ur_status read_unicode(json_parser *parser, char *out, size_t *used)
{
    size_t begin = parser->at;
    long code = hex4(parser, begin);
    if (code < 0) return fail(parser, begin, "expected four hexadecimal digits after \"\\u\"");
    if (code == 0) return fail(parser, begin, "a zero character, which no text of this file may hold");
    parser->at += 4;
    if (is_high_surrogate(code) && byte_at(parser, parser->at) == '\\' && byte_at(parser, parser->at + 1) == 'u') {
        long low = hex4(parser, parser->at + 2);
        if (!is_low_surrogate(low)) return fail(parser, begin, "half of a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        parser->at += 6;
    }
    int length = ur_utf8_encode((uint32_t)code, (unsigned char *)out + *used);
    if (length < 1) return fail(parser, begin, "half of a surrogate pair");
    *used += (size_t)length;
    return UR_OK;
}

static ur_status read_escape(json_parser *parser, char *out, size_t *used)
{
    static const char names[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    int c = byte_at(parser, parser->at++);
    if (c == 'u') return read_unicode(parser, out, used);
    const char *name = c > 0 ? strchr(names, c) : NULL;
    if (!name) return fail(parser, parser->at - 1, "unknown escape in a string");
    out[(*used)++] = meant[name - names];
    return UR_OK;
}

static ur_status read_character(json_parser *parser, char *out, size_t *used)
{
    uint32_t code;
    const unsigned char *text = parser->text + parser->at;
    if (*text < 0x20) return fail(parser, parser->at, "a control character in a string");
    int length = ur_utf8_decode(text, parser->size - parser->at, &code);
    if (length < 1) return fail(parser, parser->at, "a byte that is not UTF-8");
    memcpy(out + *used, text, (size_t)length);
    *used += (size_t)length;
    parser->at += (size_t)length;
    return UR_OK;
}

/* The place of the closing quote of the string that begins at `begin`; the end of the text if there is none. */
static size_t string_end(const json_parser *parser, size_t begin)
{
    size_t at = begin;
    while (at < parser->size && parser->text[at] != '"') at += parser->text[at] == '\\' ? 2 : 1;
    return at < parser->size ? at : parser->size;
}

static ur_status decode_string(json_parser *parser, size_t end, char *out, size_t *used)
{
    while (parser->at < end) {
        if (parser->text[parser->at] == '\\') {
            parser->at++;
            UR_TRY(read_escape(parser, out, used));
        } else {
            UR_TRY(read_character(parser, out, used));
        }
    }
    return UR_OK;
}

/* No escape is shorter than the characters that it stands for, so the length of the string's text is enough. free() the
 * result. */
static ur_status read_text(json_parser *parser, char **text, size_t *length)
{
    if (!accept(parser, '"')) return fail(parser, parser->at, "expected a string");
    size_t end = string_end(parser, parser->at), used = 0;
    if (end == parser->size) return fail(parser, end, "a string without its closing quote");
    char *out = malloc(end - parser->at + 1);
    if (!out) return ur_fail_memory(parser->error, "JSON");
    ur_status status = decode_string(parser, end, out, &used);
    if (status != UR_OK) {
        free(out);
        return status;
    }
    out[used] = 0;
    parser->at = end + 1;
    *text = out;
    *length = used;
    return UR_OK;
}

static ur_status made(const json_parser *parser, json_t *made_value, json_t **value)
{
    *value = made_value;
    return made_value ? UR_OK : ur_fail_memory(parser->error, "JSON");
}

static ur_status read_string(json_parser *parser, json_t **value)
{
    char *text;
    size_t length;
    UR_TRY(read_text(parser, &text, &length));
    json_t *string = json_stringn_nocheck(text, length);
    free(text);
    return made(parser, string, value);
}

/* ---- Numbers ---- */

static size_t digits_at(const json_parser *parser, size_t at)
{
    size_t count = 0;
    while (is_digit(byte_at(parser, at + count))) count++;
    return count;
}

/* The end of [0-9]+ [. [0-9]+] [(e|E) [+-] [0-9]+], as far as it matches. *whole: neither point nor exponent. */
static size_t number_end(const json_parser *parser, size_t at, bool *whole)
{
    at += digits_at(parser, at);
    *whole = true;
    if (byte_at(parser, at) == '.' && digits_at(parser, at + 1)) {
        at += 1 + digits_at(parser, at + 1);
        *whole = false;
    }
    if (byte_at(parser, at) == 'e' || byte_at(parser, at) == 'E') {
        size_t sign = byte_at(parser, at + 1) == '+' || byte_at(parser, at + 1) == '-';
        size_t digits = digits_at(parser, at + 1 + sign);
        if (digits) *whole = false, at += 1 + sign + digits;
    }
    return at;
}

static ur_status read_integer(json_parser *parser, size_t begin, size_t end, bool negative, json_t **value)
{
    json_int_t number = 0; /* negative, because there is one more negative number */
    for (size_t i = begin; i < end; i++) {
        int digit = parser->text[i] - '0';
        if (number < (INT64_MIN + digit) / 10) return fail(parser, begin, "an integer beyond 64 bits");
        number = 10 * number - digit;
    }
    if (!negative && number < -INT64_MAX) return fail(parser, begin, "an integer beyond 64 bits");
    return made(parser, json_integer(negative ? number : -number), value);
}

static ur_status read_real(json_parser *parser, size_t begin, size_t end, json_t **value)
{
    char digits[64];
    size_t length = end - begin;
    if (length >= sizeof digits) return fail(parser, begin, "a number of more than 63 characters");
    memcpy(digits, parser->text + begin, length);
    digits[length] = 0;
    double number = ur_parse_number(digits, NULL);
    if (!isfinite(number)) return fail(parser, begin, "a number too large");
    return made(parser, json_real(number), value);
}

static ur_status read_number(json_parser *parser, json_t **value)
{
    size_t begin = parser->at;
    bool negative = byte_at(parser, begin) == '-', whole;
    size_t first = begin + negative;
    size_t end = number_end(parser, first, &whole);
    if (!is_digit(byte_at(parser, first))) return fail(parser, begin, "expected a value");
    if (parser->text[first] == '0' && is_digit(byte_at(parser, first + 1)))
        return fail(parser, begin, "a number with a zero in front");
    parser->at = end;
    if (whole) return read_integer(parser, first, end, negative, value);
    return read_real(parser, begin, end, value);
}

/* ---- Arrays and objects ---- */

static ur_status read_element(json_parser *parser, json_t *array)
{
    json_t *element;
    UR_TRY(read_value(parser, &element));
    return json_array_append_new(array, element) ? ur_fail_memory(parser->error, "JSON") : UR_OK;
}

static ur_status read_elements(json_parser *parser, json_t *array)
{
    if (accept(parser, ']')) return UR_OK;
    do {
        UR_TRY(read_element(parser, array));
    } while (accept(parser, ','));
    return accept(parser, ']') ? UR_OK : fail(parser, parser->at, "expected \",\" or \"]\"");
}

static ur_status read_keyed(json_parser *parser, json_t *object, const char *key, size_t place)
{
    json_t *value;
    if (json_object_get(object, key))
        return ur_fail(parser->error, UR_ERR_FORMAT, "byte %zu: duplicate key \"%.64s\"", parser->origin + place, key);
    if (!accept(parser, ':')) return fail(parser, parser->at, "expected \":\"");
    UR_TRY(read_value(parser, &value));
    return json_object_set_new_nocheck(object, key, value) ? ur_fail_memory(parser->error, "JSON") : UR_OK;
}

static ur_status read_member(json_parser *parser, json_t *object)
{
    char *key;
    size_t length;
    skip_blanks(parser);
    size_t place = parser->at;
    UR_TRY(read_text(parser, &key, &length));
    ur_status status = read_keyed(parser, object, key, place);
    free(key);
    return status;
}

static ur_status read_members(json_parser *parser, json_t *object)
{
    if (accept(parser, '}')) return UR_OK;
    do {
        UR_TRY(read_member(parser, object));
    } while (accept(parser, ','));
    return accept(parser, '}') ? UR_OK : fail(parser, parser->at, "expected \",\" or \"}\"");
}

/* `container` is an empty array or object. It is owned here until it is full. */
static ur_status read_container(json_parser *parser, json_t *container, json_t **value)
{
    if (!container) return ur_fail_memory(parser->error, "JSON");
    ur_status status = json_is_array(container) ? read_elements(parser, container) : read_members(parser, container);
    if (status == UR_OK)
        *value = container;
    else
        json_decref(container);
    return status;
}

static ur_status read_deeper(json_parser *parser, json_t **value)
{
    bool is_array = byte_at(parser, parser->at) == '[';
    if (parser->depth == UR_JSON_DEPTH_MAX) return fail(parser, parser->at, "too many levels");
    parser->depth++;
    parser->at++;
    ur_status status = read_container(parser, is_array ? json_array() : json_object(), value);
    parser->depth--;
    return status;
}

static bool accept_word(json_parser *parser, const char *word)
{
    size_t length = strlen(word);
    if (parser->size - parser->at < length || memcmp(parser->text + parser->at, word, length)) return false;
    parser->at += length;
    return true;
}

static ur_status read_value(json_parser *parser, json_t **value)
{
    skip_blanks(parser);
    int c = byte_at(parser, parser->at);
    if (c == '{' || c == '[') return read_deeper(parser, value);
    if (c == '"') return read_string(parser, value);
    if (c == '-' || is_digit(c)) return read_number(parser, value);
    if (c < 0) return fail(parser, parser->at, "expected a value");
    if (accept_word(parser, "true")) return made(parser, json_true(), value);
    if (accept_word(parser, "false")) return made(parser, json_false(), value);
    if (accept_word(parser, "null")) return made(parser, json_null(), value);
    return fail(parser, parser->at, "expected a value");
}

ur_status ur_json_read(const void *text, size_t size, size_t origin, json_t **value, ur_error *error)
{
    json_parser parser = {.text = text, .size = size, .origin = origin, .error = error};
    json_t *read;
    UR_TRY(read_value(&parser, &read));
    skip_blanks(&parser);
    if (parser.at != size) {
        json_decref(read);
        return fail(&parser, parser.at, "expected the end of the JSON text");
    }
    *value = read;
    return UR_OK;
}
