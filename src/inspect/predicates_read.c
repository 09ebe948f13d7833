/*
 * Reads a text for the predicates. If the machine misunderstands a text, the error must not last: an empty line ends
 * quotations and the brackets ( and [, a } in the first column ends all brackets, and a line break ends a string.
 */
#include "inspect/predicates.h"

#include "base/utf8.h"

#include <string.h>

enum { UR_LITERAL_MOST = 12, UR_REPLACEMENT = 0xFFFD };

static bool within(uint32_t c, uint32_t from, uint32_t to) { return c >= from && c <= to; }

static bool is_blank(uint32_t c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

static bool is_digit(uint32_t c) { return within(c, '0', '9'); }

static bool is_capital(uint32_t c)
{
    return within(c, 'A', 'Z') || (within(c, 0xC0, 0xDE) && c != 0xD7) || within(c, 0x391, 0x3A9) ||
           within(c, 0x400, 0x42F);
}

static bool is_hangul(uint32_t c)
{
    return within(c, 0xAC00, 0xD7A3) || within(c, 0x1100, 0x11FF) || within(c, 0x3130, 0x318F) ||
           within(c, 0xA960, 0xA97F) || within(c, 0xD7B0, 0xD7FF);
}

/* Letters, digits and _ are word characters. Beyond ASCII everything is, except blocks of punctuation. */
static bool is_word(uint32_t c)
{
    if (c < 0x80) return is_digit(c) || within(c | 0x20, 'a', 'z') || c == '_';
    return c >= 0xC0 && !within(c, 0x2000, 0x206F) && !within(c, 0x3000, 0x303F) && !within(c, 0xFF00, 0xFF0F) &&
           c != UR_REPLACEMENT;
}

/* ---- Kinds of characters --------------------------------------------------------------------------------------- */

void ur_machine_begin_token(ur_machine *m) { m->starts_word = m->capital = m->digit = m->hangul = false; }

/* Updates what is known of words. An apostrophe inside a word does not begin another one. */
static void see_character(ur_machine *m, uint32_t c)
{
    bool word = is_word(c), apostrophe = c == '\'' || c == 0x2019;
    m->starts_word |= word && !m->in_word;
    m->capital |= is_capital(c);
    m->digit |= is_digit(c);
    m->hangul |= is_hangul(c);
    m->in_word = word || (m->in_word && apostrophe);
}

static void see_place(ur_machine *m, uint32_t c)
{
    if (c == '\n') {
        m->column = m->indent = 0;
        m->indenting = true;
        return;
    }
    m->indenting = (m->indenting || m->column == 0) && is_blank(c);
    m->column++;
    if (m->indenting) m->indent = m->column;
}

/* ---- Quotations --------------------------------------------------------------------------------------------------- */

static void see_quote(ur_machine *m, uint32_t c)
{
    if (c == 0x201C) m->quoted = true;
    if (c == 0x201D) m->quoted = false;
    if (c == '"' && !m->escaped) m->quoted = !m->quoted;
}

/* ---- C ------------------------------------------------------------------------------------------------------------ */

/* Whether the " at rest[0] has its closing " in the same line. */
static bool is_closed(const char *rest, size_t length)
{
    for (size_t i = 1; i < length; i++) {
        if (rest[i] == '"') return true;
        if (rest[i] == '\\') i++;
    }
    return false;
}

/* The number of bytes after the ' at rest[0] that belong to a character constant; 0 if the ' is an apostrophe. */
static size_t literal_bytes(const char *rest, size_t length)
{
    uint32_t code;
    if (length < 3 || rest[1] == '\'' || rest[1] == '\n') return 0;
    size_t end = 3;
    if (rest[1] == '\\') {
        while (end < length && end < UR_LITERAL_MOST && rest[end] != '\'') end++;
    } else {
        int size = ur_utf8_decode((const unsigned char *)rest + 1, length - 1, &code);
        end = 1 + (size > 0 ? (size_t)size : 1);
    }
    return end < length && rest[end] == '\'' ? end : 0;
}

static void open_bracket(ur_machine *m, size_t kind)
{
    m->open[kind]++;
    if (kind == 0 && m->after_if && !m->if_open) m->if_open = m->open[0];
}

static void close_bracket(ur_machine *m, size_t kind)
{
    if (m->open[kind]) m->open[kind]--;
    if (m->open[0] < m->if_open) m->if_open = 0;
}

static void see_bracket(ur_machine *m, uint32_t c)
{
    static const char opening[] = "([{", closing[] = ")]}";
    for (size_t kind = 0; kind < 3; kind++) {
        if (c == (unsigned char)opening[kind]) open_bracket(m, kind);
        if (c == (unsigned char)closing[kind]) close_bracket(m, kind);
    }
}

/* Recognises the word `if` and the white space after it. */
static void see_word(ur_machine *m, uint32_t c)
{
    if (is_word(c)) {
        if (m->word_length < sizeof m->word) m->word[m->word_length] = c < 0x80 ? (char)c : 0;
        m->word_length++;
        m->after_if = false;
        return;
    }
    bool is_if = m->word_length == 2 && memcmp(m->word, "if", 2) == 0;
    m->after_if = is_if || (m->after_if && m->word_length == 0);
    m->word_length = 0;
}

static void see_code(ur_machine *m, uint32_t c, const char *rest, size_t length)
{
    see_word(m, c);
    if (m->before == '/' && (c == '/' || c == '*')) m->place = c == '/' ? UR_IN_LINE_COMMENT : UR_IN_COMMENT;
    if (c == '"' && !m->escaped && is_closed(rest, length)) m->place = UR_IN_STRING;
    if (c == '\'' && !m->escaped) m->literal = literal_bytes(rest, length);
    see_bracket(m, c);
    if (!is_blank(c) && c != '\n') m->after_if = false;
}

/* Returns whether the character is part of a mark of a comment or string. It then cannot be half of another mark. */
static bool see_c(ur_machine *m, uint32_t c, const char *rest, size_t length)
{
    ur_code_place was = m->place;
    if (was == UR_IN_CODE) see_code(m, c, rest, length);
    if (was == UR_IN_STRING && ((c == '"' && !m->escaped) || c == '\n')) m->place = UR_IN_CODE;
    if (was == UR_IN_LINE_COMMENT && c == '\n') m->place = UR_IN_CODE;
    if (was == UR_IN_COMMENT && c == '/' && m->before == '*') m->place = UR_IN_CODE;
    return m->place != was;
}

/* ---- Lines -------------------------------------------------------------------------------------------------------- */

static void close_all(ur_machine *m)
{
    m->open[0] = m->open[1] = 0;
    m->if_open = 0;
}

static void begin_line(ur_machine *m, const char *rest, size_t length)
{
    size_t blanks = 0;
    while (blanks < length && is_blank((unsigned char)rest[blanks])) blanks++;
    if (blanks < length && rest[blanks] == '\n') {
        m->quoted = false;
        close_all(m);
    }
    if (rest[0] != '}' || m->place != UR_IN_CODE) return;
    close_all(m);
    m->open[2] = 1;
}

size_t ur_machine_read(ur_machine *m, const char *line, size_t length, size_t at)
{
    const char *rest = line + at;
    uint32_t c;
    int size = ur_utf8_decode((const unsigned char *)rest, length - at, &c);
    size_t bytes = size > 0 ? (size_t)size : size < 0 ? (size_t)c : length - at;
    if (size <= 0) c = UR_REPLACEMENT;
    if (m->column == 0) begin_line(m, rest, length - at);
    see_character(m, c);
    bool used = false;
    if (m->literal) {
        m->literal -= bytes < m->literal ? bytes : m->literal;
    } else {
        see_quote(m, c);
        used = see_c(m, c, rest, length - at);
    }
    see_place(m, c);
    m->escaped = c == '\\' && !m->escaped;
    m->before = used ? 0 : c;
    return bytes;
}

/* The number of bytes of the character at `at`; invalid UTF-8 counts as the decoder groups it. */
static size_t character_bytes(const char *line, size_t length, size_t at)
{
    uint32_t code;
    int size = ur_utf8_decode((const unsigned char *)line + at, length - at, &code);
    return size > 0 ? (size_t)size : size < 0 ? (size_t)code : length - at;
}

size_t ur_machine_read_token(ur_machine *m, const char *line, size_t length, size_t served, size_t end)
{
    bool first = true;
    while (served < end && served + character_bytes(line, length, served) <= end) {
        if (first) ur_machine_begin_token(m);
        first = false;
        served += ur_machine_read(m, line, length, served);
    }
    return served;
}
