/* See tokens.h. */
#include "data/tokens.h"

#include "base/error.h"
#include "base/utf8.h"
#include "data/pieces/pieces.h"

#include <stdlib.h>
#include <string.h>

void ur_ids_free(ur_ids *ids)
{
    free(ids->id);
    free(ids->padded);
    *ids = (ur_ids){0};
}

void ur_written_free(ur_written *written)
{
    free(written->text);
    *written = (ur_written){0};
}

/* ---- Cutting ----------------------------------------------------------------------------------------------------- */

static ur_status check_text(const char *text, size_t length, ur_error *error)
{
    for (size_t at = 0; at < length;) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)text + at, length - at, &code);
        if (size <= 0 || !code)
            return ur_fail(error, UR_ERR_DATA,
                           "byte %zu: invalid UTF-8; turn the text into UTF-8 first (iconv -t UTF-8)", at + 1);
        at += (size_t)size;
    }
    return UR_OK;
}

static ur_status pad_text(ur_ids *ids, const char *text, size_t length, ur_error *error)
{
    if (length + 1 > ids->padded_room) {
        char *grown = realloc(ids->padded, 2 * length + 64);
        if (!grown) return ur_fail_memory(error, "a text");
        ids->padded = grown;
        ids->padded_room = 2 * length + 64;
    }
    ids->padded[0] = ' ';
    if (length) memcpy(ids->padded + 1, text, length);
    return UR_OK;
}

/* A text that is being cut: the rest of it. */
typedef struct cutting {
    const unsigned char *at;
    size_t left;
    ur_token_kind kind;
} cutting;

/* Checks the text, and puts a space before it if the kind of token needs one. */
static ur_status begin_cutting(ur_ids *ids, ur_token_kind kind, const char *text, size_t length, cutting *c,
                               ur_error *error)
{
    bool padded = kind != UR_TOKEN_CHAR;
    UR_TRY(check_text(text, length, error));
    UR_TRY(pad_text(ids, text, length, error));
    *c = (cutting){(const unsigned char *)ids->padded + !padded, length + padded, padded ? UR_TOKEN_WORD : kind};
    if (!length) c->left = 0;
    return UR_OK;
}

/* The length of the next token; 0 at the end of the text. */
static size_t cut_token(cutting *c, const unsigned char **token)
{
    int size = c->left ? ur_token_cut(c->kind, c->at, c->left, true) : 0;
    if (size <= 0) return 0; /* never less than 0, since the text was checked */
    *token = c->at;
    c->at += size;
    c->left -= (size_t)size;
    return (size_t)size;
}

/* ---- Making a vocabulary ----------------------------------------------------------------------------------------- */

static bool makes_pieces(const char *token) { return strcmp(token, "bpe") == 0; }

ur_status ur_tokens_count(ur_vocabulary **vocabulary, const char *token, const char *text, size_t length, ur_ids *room,
                          ur_error *error)
{
    cutting c;
    const unsigned char *begin;
    ur_token_kind kind = strcmp(token, "char") == 0 ? UR_TOKEN_CHAR : UR_TOKEN_WORD;
    if (!*vocabulary) UR_TRY(ur_vocabulary_create(vocabulary, kind, error));
    UR_TRY(begin_cutting(room, kind, text, length, &c, error));
    for (size_t size; (size = cut_token(&c, &begin));) UR_TRY(ur_vocabulary_add(*vocabulary, begin, size, NULL, error));
    return UR_OK;
}

static ur_status make_pieces(ur_vocabulary **vocabulary, size_t limit, uint64_t least, ur_error *error)
{
    ur_vocabulary *pieces;
    UR_TRY(ur_pieces_learn(&pieces, *vocabulary, limit, least, error));
    ur_vocabulary_free(*vocabulary);
    *vocabulary = pieces;
    return UR_OK;
}

ur_status ur_tokens_settle(ur_vocabulary **vocabulary, const char *token, size_t limit, uint64_t least, ur_error *error)
{
    if (makes_pieces(token)) return make_pieces(vocabulary, limit, least, error);
    UR_TRY(ur_vocabulary_add_times(*vocabulary, "", 1, UINT64_MAX / 2, NULL, error)); /* the end, always kept */
    return ur_vocabulary_settle(*vocabulary, least, limit, true, error);
}

static bool has_bytes(const ur_vocabulary *v)
{
    for (unsigned i = 0; i < 256; i++) {
        unsigned char byte = (unsigned char)i;
        if (ur_vocabulary_find(v, &byte, 1) != (int32_t)i) return false;
    }
    return true;
}

bool ur_tokens_fit(const ur_vocabulary *v)
{
    if (!v || ur_vocabulary_find(v, "", 1) != UR_TOKEN_END) return false;
    switch (ur_vocabulary_kind(v)) {
    case UR_TOKEN_CHAR:
    case UR_TOKEN_WORD:
        return ur_vocabulary_unknown(v) > 0;
    case UR_TOKEN_PIECE:
        return has_bytes(v);
    case UR_TOKEN_BYTE:
    case UR_TOKEN_WHOLE:
        return false;
    }
    return false;
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static ur_status make_room(ur_ids *ids, size_t more, ur_error *error)
{
    if (ids->count + more <= ids->room) return UR_OK;
    size_t room = 2 * (ids->count + more) + 64;
    int32_t *grown = realloc(ids->id, room * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a text");
    ids->id = grown;
    ids->room = room;
    return UR_OK;
}

static ur_status add_token(const ur_vocabulary *v, const unsigned char *token, size_t size, ur_ids *ids,
                           ur_error *error)
{
    UR_TRY(make_room(ids, size, error));
    if (ur_vocabulary_kind(v) == UR_TOKEN_PIECE) {
        ids->count += ur_pieces_cut(v, token, size, ids->id + ids->count);
        return UR_OK;
    }
    int32_t id = ur_vocabulary_find(v, token, size);
    ids->id[ids->count++] = id >= 0 ? id : ur_vocabulary_unknown(v);
    return UR_OK;
}

ur_status ur_tokens_read(const ur_vocabulary *v, const char *text, size_t length, ur_ids *ids, ur_error *error)
{
    cutting c;
    const unsigned char *token;
    ids->count = 0;
    UR_TRY(begin_cutting(ids, ur_vocabulary_kind(v), text, length, &c, error));
    for (size_t size; (size = cut_token(&c, &token));) UR_TRY(add_token(v, token, size, ids, error));
    return UR_OK;
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static ur_status write_bytes(ur_written *w, const char *text, size_t length, ur_error *error)
{
    if (w->length + length + 1 > w->room) {
        size_t room = 2 * (w->length + length) + 64;
        char *grown = realloc(w->text, room);
        if (!grown) return ur_fail_memory(error, "a text");
        w->text = grown;
        w->room = room;
    }
    memcpy(w->text + w->length, text, length);
    w->length += length;
    w->text[w->length] = 0;
    return UR_OK;
}

static ur_status clean_text(ur_written *w, ur_error *error)
{
    size_t length;
    if (ur_utf8_valid(w->text, w->length)) return UR_OK;
    char *clean = ur_utf8_clean(w->text, w->length, &length);
    if (!clean) return ur_fail_memory(error, "a text");
    free(w->text);
    *w = (ur_written){clean, length, length + 1};
    return UR_OK;
}

const char *ur_tokens_text(const ur_vocabulary *v, int32_t id, size_t *length)
{
    const char *text = ur_vocabulary_text(v, id, length);
    if (id == UR_TOKEN_END) *length = 0;
    return text;
}

ur_status ur_tokens_write(const ur_vocabulary *v, const int32_t *ids, size_t count, ur_written *w, ur_error *error)
{
    bool padded = ur_vocabulary_kind(v) != UR_TOKEN_CHAR;
    w->length = 0;
    UR_TRY(write_bytes(w, "", 0, error));
    for (size_t i = 0; i < count && ids[i] != UR_TOKEN_END; i++) {
        size_t length;
        const char *text = ur_vocabulary_text(v, ids[i], &length);
        UR_TRY(text ? write_bytes(w, text, length, error) : write_bytes(w, "\xEF\xBF\xBD", 3, error));
    }
    if (padded && w->length && w->text[0] == ' ') memmove(w->text, w->text + 1, w->length--);
    return clean_text(w, error);
}
