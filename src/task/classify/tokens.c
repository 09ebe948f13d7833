/* A text as tokens. Blanks are one blank; words are lower-cased (ASCII) where the case is not kept, and a blank stands before
 * the first, so that a word is one token wherever it stands. */
#include "task/classify/classify.h"

#include <stdlib.h>
#include <string.h>

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static ur_status grow_text(ur_classify *c, size_t length, ur_error *error)
{
    if (length + 2 <= c->text_room) return UR_OK;
    char *grown = realloc(c->text, 2 * length + 64);
    if (!grown) return ur_fail_memory(error, "a text");
    c->text = grown;
    c->text_room = 2 * length + 64;
    return UR_OK;
}

static ur_status grow_tokens(ur_classify *c, size_t count, ur_error *error)
{
    if (count <= c->token_room) return UR_OK;
    int32_t *grown = realloc(c->tokens, (2 * count + 64) * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a text");
    c->tokens = grown;
    c->token_room = 2 * count + 64;
    return UR_OK;
}

static ur_unit_kind kind_of(const ur_classify *c)
{
    ur_unit_kind kind = UR_UNIT_CHAR;
    ur_unit_kind_find(c->settings.token, &kind, NULL);
    return kind;
}

/* Into c->text; returns its length. */
static size_t clean_text(ur_classify *c, const char *text, size_t length, bool words)
{
    size_t used = 0;
    bool lower = words && !c->settings.keep_case, blank = words;
    for (size_t i = 0; i < length; i++) {
        char byte = text[i];
        if (is_blank(byte)) {
            blank = blank || used > 0;
            continue;
        }
        if (blank) c->text[used++] = ' ';
        blank = false;
        c->text[used++] = lower && byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
    }
    return used;
}

static ur_status put_token(ur_classify *c, const unsigned char *token, size_t size, size_t at, ur_vocabulary *into,
                           ur_error *error)
{
    if (into) return ur_vocabulary_add(into, token, size, NULL, error);
    UR_TRY(grow_tokens(c, at + 1, error));
    int32_t id = ur_vocabulary_find(c->vocabulary, token, size);
    c->tokens[at] = id >= 0 ? id : ur_vocabulary_unknown(c->vocabulary);
    return UR_OK;
}

ur_status ur_classify_cut(ur_classify *c, const char *text, size_t length, size_t *count, ur_vocabulary *into,
                          ur_error *error)
{
    ur_unit_kind kind = kind_of(c);
    UR_TRY(grow_text(c, length, error));
    size_t size = kind == UR_UNIT_BYTE ? length : clean_text(c, text, length, kind == UR_UNIT_WORD), at = 0;
    const unsigned char *bytes = (const unsigned char *)(kind == UR_UNIT_BYTE ? text : c->text);
    for (*count = 0; at < size && *count < c->settings.max_length; (*count)++) {
        int step = ur_unit_cut(kind, bytes + at, size - at, true);
        if (step <= 0)
            return ur_fail(error, UR_ERR_DATA,
                           "byte %zu: invalid UTF-8; turn the text into UTF-8 first (iconv -t UTF-8)", at + 1);
        UR_TRY(put_token(c, bytes + at, (size_t)step, *count, into, error));
        at += (size_t)step;
    }
    c->cut = at < size;
    if (*count || into) return UR_OK;
    *count = 1; /* a text of blanks */
    UR_TRY(grow_tokens(c, 1, error));
    c->tokens[0] = ur_vocabulary_unknown(c->vocabulary);
    return UR_OK;
}
