/* A model's units of text. */
#include "model/model.h"

size_t ur_model_units(const ur_model *m)
{
    return m->vocabulary ? ur_vocabulary_size(m->vocabulary) : 0;
}

const char *ur_unit_text(const ur_model *m, int32_t id, size_t *length)
{
    if (!m->vocabulary || id < 0 || (size_t)id >= ur_vocabulary_size(m->vocabulary)) return NULL;
    return ur_vocabulary_text(m->vocabulary, id, length);
}

int32_t ur_unknown_unit(const ur_model *m)
{
    return m->vocabulary ? ur_vocabulary_unknown(m->vocabulary) : -1;
}

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

const char *ur_version(void)
{
    return UR_VERSION;
}
