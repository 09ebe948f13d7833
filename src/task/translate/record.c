/* The vocabularies of a translation in the model, and the checks of its network. */
#include "task/translate/translate.h"

#include "format/record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char NFC[] = "NFC";

/* Where a line's vocabulary is kept. */
static ur_vocabulary **place_of(ur_model *m, size_t line)
{
    return line + 1 == m->line_count ? &m->vocabulary : &m->lines[line].vocabulary;
}

static ur_status check_network(const ur_translate *c, const ur_model *m, ur_error *error)
{
    const ur_line *decoder = &m->lines[m->line_count - 1];
    size_t tokens = ur_vocabulary_size(c->side[UR_TARGET].vocabulary);
    bool reads = false;
    for (size_t i = 0; i + 1 < m->line_count; i++) reads = reads || m->lines[i].symbols;
    if (!reads)
        return ur_fail(error, UR_ERR_USAGE,
                       "network line \"%s\": a translation has a line that reads the source, and the decoder after it, "
                       "such as \"encoder: embed 256 > lstm 256; decoder: embed 256 > lstm 256 from encoder > dense\"",
                       m->net);
    if (decoder->symbols == tokens && decoder->width == tokens && !decoder->last) return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line \"%s\": the last line reads tokens and gives %zu numbers for each: end it in dense, and "
        "leave out last, mean and max",
        m->net, tokens);
}

/* ---- Into the model's file ----------------------------------------------------------------------------------------- */

static ur_status record_data(const ur_translate *c, ur_model *model, ur_error *error)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_pairs_hash(c->set));
    json_t *data = json_pack("{s:s,s:I}", "hash", hash, "pairs", (json_int_t)c->part[UR_PART_TRAIN].count);
    UR_TRY(ur_record_set(model, "trained_on", data, error));
    return c->nfc ? ur_record_set(model, "text", json_pack("{s:s}", "normal_form", NFC), error) : UR_OK;
}

/* A joint vocabulary belongs to the last line. */
static void give_vocabularies(ur_translate *c, ur_model *m)
{
    bool kept = c->joint;
    for (size_t i = 0; i + 1 < m->line_count; i++) {
        if (kept || !m->lines[i].symbols) continue;
        *place_of(m, i) = c->side[UR_SOURCE].vocabulary;
        kept = true;
    }
    m->vocabulary = c->side[UR_TARGET].vocabulary;
    c->given = true;
}

ur_status ur_translate_record(void *data, ur_model *model, ur_error *error)
{
    ur_translate *c = data;
    UR_TRY(check_network(c, model, error));
    c->model = c->built = model;
    give_vocabularies(c, model);
    return record_data(c, model, error);
}

/* ---- From the model's file ----------------------------------------------------------------------------------------- */

ur_status ur_translate_take_model(ur_translate *c, const ur_model *m, ur_error *error)
{
    const char *form = json_string_value(json_object_get(json_object_get(m->record, "text"), "normal_form"));
    c->nfc = form && strcmp(form, NFC) == 0;
    c->given = true;
    c->model = m;
    c->side[UR_SOURCE].vocabulary = c->side[UR_TARGET].vocabulary = m->vocabulary;
    for (size_t i = 0; i + 1 < m->line_count; i++)
        if (m->lines[i].vocabulary) c->side[UR_SOURCE].vocabulary = m->lines[i].vocabulary;
    c->joint = c->side[UR_SOURCE].vocabulary == m->vocabulary;
    for (size_t s = 0; s < UR_SIDES; s++)
        if (!ur_tokens_fit(c->side[s].vocabulary))
            return ur_fail(error, UR_ERR_FORMAT, "the model has no vocabulary of tokens with an end");
    for (size_t i = 0; i + 1 < m->line_count; i++)
        if (m->lines[i].symbols && m->lines[i].symbols != ur_vocabulary_size(c->side[UR_SOURCE].vocabulary))
            return ur_fail(error, UR_ERR_FORMAT, "line %zu of \"%s\" reads other tokens than the source has", i + 1,
                           m->net);
    return check_network(c, m, error);
}
