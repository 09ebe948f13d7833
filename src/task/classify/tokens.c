/* Cuts a text into tokens. Several blanks become one. Words become lower case (ASCII) unless the case is kept, and
 * contractions are split in two. Each word gets a blank before it, so that a word is the same token wherever it is, and
 * "good." is read as "good .". */
#include "base/room.h"
#include "task/classify/classify.h"

#include <string.h>

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static ur_status grow_text(ur_classify *c, size_t length, ur_error *error)
{
    size_t room = 3 * length + 3; /* each byte with a blank before it, and a copy of the text */
    if (room <= c->text_room) return UR_OK;
    UR_TRY(ur_room_grow(&c->text, room, 2, error));
    c->text_room = 2 * room;
    return UR_OK;
}

static ur_status grow_tokens(ur_classify *c, size_t count, ur_error *error)
{
    size_t room = 2 * count + 64;
    if (count <= c->token_room) return UR_OK;
    UR_TRY(ur_room_grow(&c->tokens, room, sizeof *c->tokens, error));
    UR_TRY(ur_room_grow(&c->word, room, sizeof *c->word, error));
    UR_TRY(ur_room_grow(&c->end, room, sizeof *c->end, error));
    c->token_room = room;
    return UR_OK;
}

static ur_token_kind kind_of(const ur_classify *c)
{
    ur_token_kind kind = UR_TOKEN_CHAR;
    ur_token_kind_find(c->settings.token, &kind, NULL);
    return kind;
}

/* ---- Words -------------------------------------------------------------------------------------------------------- */

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

static size_t count_letters(const char *text, size_t length)
{
    size_t count = 0;
    while (count < length && is_letter(text[count])) count++;
    return count;
}

/* Whether "n't" at `at` ends a word. */
static bool is_not(const char *text, size_t length, size_t at)
{
    if (length - at < 3 || (text[at] | 32) != 'n' || text[at + 1] != '\'' || (text[at + 2] | 32) != 't') return false;
    return length - at == 3 || !is_letter(text[at + 3]);
}

/* Whether a word is split here in the middle, as in the Penn Treebank: is|n't, it|'s, they|'ll. */
static bool splits_before(const char *text, size_t length, size_t at)
{
    if (at == 0 || !is_letter(text[at - 1])) return false;
    if (text[at] != '\'') return is_not(text, length, at);
    size_t behind = count_letters(text + at + 1, length - at - 1);
    return !is_not(text, length, at - 1) && (behind == 1 || behind == 2);
}

/* Replaces "’" by "'". */
static size_t straighten_quotes(char *text, size_t length)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        bool curly = length - i >= 3 && memcmp(text + i, "\xE2\x80\x99", 3) == 0;
        text[used++] = curly ? '\'' : text[i];
        if (curly) i += 2;
    }
    return used;
}

/* Writes the words to the beginning of c->text. `text` is the copy of the text at the end of c->text. Returns the new
 * length. */
static size_t clean_words(ur_classify *c, const char *text, size_t length)
{
    bool lower = !c->settings.keep_case, blank = true;
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        blank = blank || splits_before(text, length, i);
        if (!is_blank(byte) && blank) c->text[used++] = ' ';
        if (!is_blank(byte)) c->text[used++] = lower && byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
        blank = is_blank(byte);
    }
    return used;
}

static size_t join_blanks(ur_classify *c, const char *text, size_t length)
{
    bool blank = false;
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        if (!is_blank(text[i]) && blank && used) c->text[used++] = ' ';
        if (!is_blank(text[i])) c->text[used++] = text[i];
        blank = is_blank(text[i]);
    }
    return used;
}

/* Writes the cleaned text to c->text, and returns its length. */
static size_t clean_text(ur_classify *c, const char *text, size_t length, ur_token_kind kind)
{
    char *copy = c->text + 2 * length + 2;
    if (kind == UR_TOKEN_BYTE) memcpy(c->text, text, length);
    if (kind == UR_TOKEN_BYTE) return length;
    if (kind == UR_TOKEN_CHAR) return join_blanks(c, text, length);
    memcpy(copy, text, length);
    return clean_words(c, copy, straighten_quotes(copy, length));
}

/* Puts a blank before a word token that has none, such as punctuation right after a word. A token of the largest size
 * stays as it is. */
static size_t name_token(ur_token_kind kind, const unsigned char *token, size_t size, char name[UR_TOKEN_MAX_BYTES + 2])
{
    bool bare = kind == UR_TOKEN_WORD && token[0] != ' ' && size < UR_TOKEN_MAX_BYTES;
    name[0] = ' ';
    memcpy(name + bare, token, size);
    return size + bare;
}

static ur_status put_token(ur_classify *c, ur_token_kind kind, const unsigned char *token, size_t size, size_t at,
                           ur_vocabulary *into, ur_error *error)
{
    char name[UR_TOKEN_MAX_BYTES + 2];
    size_t length = name_token(kind, token, size, name), blank = size > 1 && token[0] == ' ';
    UR_TRY(grow_tokens(c, at + 1, error));
    c->word[at] = (ur_field){(const char *)token + blank, size - blank};
    c->end[at] = (uint32_t)((const char *)token + size - c->text);
    if (into) return ur_vocabulary_add(into, name, length, NULL, error);
    int32_t id = ur_vocabulary_find(c->vocabulary, name, length);
    if (id < 0 && length > size) id = ur_vocabulary_find(c->vocabulary, token, size);
    c->tokens[at] = id >= 0 ? id : ur_vocabulary_unknown(c->vocabulary);
    return UR_OK;
}

ur_status ur_classify_cut(ur_classify *c, const char *text, size_t length, size_t *count, ur_vocabulary *into,
                          ur_error *error)
{
    ur_token_kind kind = kind_of(c);
    UR_TRY(grow_text(c, length, error));
    size_t size = clean_text(c, text, length, kind), at = 0;
    const unsigned char *bytes = (const unsigned char *)c->text;
    for (*count = 0; at < size && *count < c->settings.max_length; (*count)++) {
        int step = ur_token_cut(kind, bytes + at, size - at, true);
        if (step <= 0)
            return ur_fail(error, UR_ERR_DATA,
                           "byte %zu: invalid UTF-8; turn the text into UTF-8 first (iconv -t UTF-8)", at + 1);
        UR_TRY(put_token(c, kind, bytes + at, (size_t)step, *count, into, error));
        at += (size_t)step;
    }
    c->cut = at < size;
    if (*count || into) return UR_OK;
    *count = 1; /* a text of blanks only */
    UR_TRY(grow_tokens(c, 1, error));
    c->tokens[0] = ur_vocabulary_unknown(c->vocabulary);
    c->word[0] = (ur_field){c->text, 0};
    c->end[0] = 0;
    return UR_OK;
}
