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
    *count = 0;
    for (size_t left = length; left > 0;) {
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

ur_status ur_model_set_units(ur_model *m, const char *kind, const char *const *texts, size_t count, bool unknown,
                             ur_error *error)
{
    ur_unit_kind unit;
    size_t symbols = m->lines[m->line_count - 1].symbols;
    UR_TRY(ur_unit_kind_find(kind, &unit, error));
    if (count + (unknown ? 1 : 0) != symbols)
        return ur_fail(error, UR_ERR_USAGE, "%zu units%s for a network of %zu symbols", count,
                       unknown ? " and the unknown one" : "", symbols);
    ur_vocabulary *v;
    UR_TRY(ur_vocabulary_create(&v, unit, error));
    ur_status status = UR_OK;
    for (size_t i = 0; i < count && status == UR_OK; i++) {
        int32_t id = -1;
        status = ur_vocabulary_add(v, texts[i], strlen(texts[i]), &id, error);
        if (status == UR_OK && (size_t)id != i) status = ur_fail(error, UR_ERR_USAGE, "unit %zu is there twice", i);
    }
    ur_vocabulary_seal(v, unknown);
    ur_vocabulary_free(status == UR_OK ? m->vocabulary : v);
    if (status == UR_OK) m->vocabulary = v;
    return status;
}

const char *ur_cell_name(size_t i) { return ur_cell_at(i, 0) ? ur_cell_at(i, 0)->name : NULL; }

const char *ur_version(void) { return UR_VERSION; }
