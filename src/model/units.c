/* A model's units of text. */
#include "model/model.h"

#include <string.h>

size_t ur_model_units(const ur_model *m) { return m->vocabulary ? ur_vocabulary_size(m->vocabulary) : 0; }

const char *ur_unit_text(const ur_model *m, int32_t id, size_t *length)
{
    if (!m->vocabulary || id < 0 || (size_t)id >= ur_vocabulary_size(m->vocabulary)) return NULL;
    return ur_vocabulary_text(m->vocabulary, id, length);
}

int32_t ur_unknown_unit(const ur_model *m) { return m->vocabulary ? ur_vocabulary_unknown(m->vocabulary) : -1; }

ur_status ur_encode(const ur_model *m, const char *text, size_t length, int32_t *ids, size_t capacity, size_t *count,
                    ur_error *error)
{
    if (!m->vocabulary) return ur_fail(error, UR_ERR_USAGE, "the model has no units of text");
    const unsigned char *at = (const unsigned char *)text;
    const bool plain = ur_vocabulary_kind(m->vocabulary) == UR_UNIT_BYTE; /* every byte is read */
    *count = 0;
    if (!plain && length > 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) at += 3;
    for (size_t left = length - (size_t)(at - (const unsigned char *)text); left > 0;) {
        if (!plain && left > 1 && at[0] == '\r' && at[1] == '\n') at++, left--;
        int cut = ur_unit_cut(ur_vocabulary_kind(m->vocabulary), at, left, true);
        if (cut <= 0) return ur_fail(error, UR_ERR_DATA, "invalid UTF-8 at byte %zu of the text", length - left);
        int32_t id;
        UR_TRY(ur_vocabulary_encode(m->vocabulary, at, (size_t)cut, &id, error));
        if (*count < capacity) ids[*count] = id;
        ++*count;
        at += cut;
        left -= (size_t)cut;
    }
    return UR_OK;
}

static ur_status make_units(ur_vocabulary **units, const char *kind, const char *const *texts, size_t count,
                            bool unknown, ur_error *error)
{
    ur_unit_kind unit;
    UR_TRY(ur_unit_kind_find(kind, &unit, error));
    UR_TRY(ur_vocabulary_create(units, unit, error));
    for (size_t i = 0; i < count; i++) {
        int32_t id = -1;
        UR_TRY(ur_vocabulary_add(*units, texts[i], strlen(texts[i]), &id, error));
        if ((size_t)id != i) return ur_fail(error, UR_ERR_USAGE, "unit %zu is there twice", i);
    }
    ur_vocabulary_seal(*units, unknown);
    return UR_OK;
}

ur_status ur_model_set_line_units(ur_model *m, size_t line, const char *kind, const char *const *texts, size_t count,
                                  bool unknown, ur_error *error)
{
    if (line >= m->line_count)
        return ur_fail(error, UR_ERR_USAGE, "units for line %zu of a network of %zu", line + 1, m->line_count);
    size_t symbols = m->lines[line].symbols;
    if (count + (unknown ? 1 : 0) != symbols)
        return ur_fail(error, UR_ERR_USAGE, "%zu units%s for a network of %zu symbols", count,
                       unknown ? " and the unknown one" : "", symbols);
    ur_vocabulary **place = line + 1 < m->line_count ? &m->lines[line].vocabulary : &m->vocabulary, *made = NULL;
    ur_status status = make_units(&made, kind, texts, count, unknown, error);
    ur_vocabulary_free(status == UR_OK ? *place : made);
    if (status == UR_OK) *place = made;
    return status;
}

ur_status ur_model_set_units(ur_model *m, const char *kind, const char *const *texts, size_t count, bool unknown,
                             ur_error *error)
{
    return ur_model_set_line_units(m, m->line_count - 1, kind, texts, count, unknown, error);
}

const char *ur_cell_name(size_t i) { return ur_cell_at(i, 0) ? ur_cell_at(i, 0)->name : NULL; }

const char *ur_version(void) { return UR_VERSION; }
