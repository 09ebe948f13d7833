/* From text to a model's tokens and back. */
#include "base/utf8.h"
#include "model/model.h"

#include <string.h>

const ur_line *ur_token_line(const ur_model *m)
{
    const ur_line *line = &m->lines[m->line_count - 1];
    while (line > m->lines && !line->symbols) line--;
    return line;
}

static const ur_vocabulary *find_tokens(const ur_model *m)
{
    const ur_line *line = ur_token_line(m);
    return line == &m->lines[m->line_count - 1] ? m->vocabulary : line->vocabulary;
}

size_t ur_model_tokens(const ur_model *m) { return find_tokens(m) ? ur_vocabulary_size(find_tokens(m)) : 0; }

const char *ur_token_text(const ur_model *m, int32_t id, size_t *length)
{
    const ur_vocabulary *tokens = find_tokens(m);
    if (!tokens || id < 0 || (size_t)id >= ur_vocabulary_size(tokens)) return NULL;
    return ur_vocabulary_text(tokens, id, length);
}

int32_t ur_unknown_token(const ur_model *m) { return find_tokens(m) ? ur_vocabulary_unknown(find_tokens(m)) : -1; }

ur_status ur_encode(const ur_model *m, const char *text, size_t length, int32_t *ids, size_t capacity, size_t *count,
                    ur_error *error)
{
    const ur_vocabulary *tokens = find_tokens(m);
    if (!tokens) return ur_fail(error, UR_ERR_USAGE, "the model has no tokens of text");
    const unsigned char *at = (const unsigned char *)text;
    const bool plain = ur_vocabulary_kind(tokens) == UR_TOKEN_BYTE; /* no byte is skipped */
    *count = 0;
    if (!plain) at += ur_utf8_mark(text, length);
    for (size_t left = length - (size_t)(at - (const unsigned char *)text); left > 0;) {
        if (!plain && left > 1 && at[0] == '\r' && at[1] == '\n') at++, left--;
        int cut = ur_token_cut(ur_vocabulary_kind(tokens), at, left, true);
        if (cut <= 0) return ur_fail(error, UR_ERR_DATA, "invalid UTF-8 at byte %zu of the text", length - left);
        int32_t id;
        UR_TRY(ur_vocabulary_encode(tokens, at, (size_t)cut, &id, error));
        if (*count < capacity) ids[*count] = id;
        ++*count;
        at += cut;
        left -= (size_t)cut;
    }
    return UR_OK;
}

static ur_status make_tokens(ur_vocabulary **tokens, const char *kind, const char *const *texts, size_t count,
                             bool unknown, ur_error *error)
{
    ur_token_kind token;
    UR_TRY(ur_token_kind_find(kind, &token, error));
    UR_TRY(ur_vocabulary_create(tokens, token, error));
    for (size_t i = 0; i < count; i++) {
        int32_t id = -1;
        UR_TRY(ur_vocabulary_add(*tokens, texts[i], strlen(texts[i]), &id, error));
        if ((size_t)id != i) return ur_fail(error, UR_ERR_USAGE, "token %zu occurs twice", i);
    }
    ur_vocabulary_seal(*tokens, unknown);
    return UR_OK;
}

ur_status ur_model_set_line_tokens(ur_model *m, size_t line, const char *kind, const char *const *texts, size_t count,
                                   bool unknown, ur_error *error)
{
    if (line >= m->line_count)
        return ur_fail(error, UR_ERR_USAGE, "tokens for line %zu of a network of %zu", line + 1, m->line_count);
    size_t symbols = m->lines[line].symbols;
    if (count + (unknown ? 1 : 0) != symbols)
        return ur_fail(error, UR_ERR_USAGE, "%zu tokens%s for a network of %zu symbols", count,
                       unknown ? " and the unknown one" : "", symbols);
    ur_vocabulary **place = line + 1 < m->line_count ? &m->lines[line].vocabulary : &m->vocabulary, *made = NULL;
    ur_status status = make_tokens(&made, kind, texts, count, unknown, error);
    ur_vocabulary_free(status == UR_OK ? *place : made);
    if (status == UR_OK) *place = made;
    return status;
}

ur_status ur_model_set_tokens(ur_model *m, const char *kind, const char *const *texts, size_t count, bool unknown,
                              ur_error *error)
{
    return ur_model_set_line_tokens(m, m->line_count - 1, kind, texts, count, unknown, error);
}

const char *ur_cell_name(size_t i) { return ur_cell_at(i, 0) ? ur_cell_at(i, 0)->name : NULL; }

const char *ur_version(void) { return UR_VERSION; }
