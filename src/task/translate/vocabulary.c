/* The vocabularies of a translation: one for each side, or one for both. They are made from the training pairs. */
#include "task/translate/translate.h"

#include "base/utf8.h"

#include <string.h>

/* ---- Whether both sides are written in the same letters ------------------------------------------------------------ */

static ur_status count_letters(const ur_vocabulary *words, ur_vocabulary *letters, ur_error *error)
{
    for (size_t i = 0; i < ur_vocabulary_size(words); i++) {
        size_t length, size;
        const unsigned char *text = (const unsigned char *)ur_vocabulary_text(words, (int32_t)i, &length);
        uint64_t times = ur_vocabulary_times(words, (int32_t)i);
        for (size_t at = 0; at < length; at += size) {
            uint32_t code;
            int decoded = ur_utf8_decode(text + at, length - at, &code);
            size = decoded > 0 ? (size_t)decoded : 1;
            if (code > ' ') UR_TRY(ur_vocabulary_add_times(letters, text + at, size, times, NULL, error));
        }
    }
    return UR_OK;
}

/* The share of one side's letters that the other side has. */
static double find_overlap(const ur_vocabulary *one, const ur_vocabulary *other)
{
    uint64_t all = 0, shared = 0;
    for (size_t i = 0; i < ur_vocabulary_size(one); i++) {
        size_t length;
        const char *text = ur_vocabulary_text(one, (int32_t)i, &length);
        uint64_t times = ur_vocabulary_times(one, (int32_t)i);
        all += times;
        if (ur_vocabulary_find(other, text, length) >= 0) shared += times;
    }
    return all ? (double)shared / (double)all : 0;
}

static ur_status decide_joint(ur_translate *c, ur_error *error)
{
    ur_vocabulary *letters[UR_SIDES] = {NULL};
    ur_status status = UR_OK;
    if (c->settings.joint) {
        c->joint = c->settings.joint[0] == 'y';
        return UR_OK;
    }
    for (size_t s = 0; s < UR_SIDES && status == UR_OK; s++) {
        status = ur_vocabulary_create(&letters[s], UR_TOKEN_CHAR, error);
        if (status == UR_OK) status = count_letters(c->side[s].vocabulary, letters[s], error);
    }
    if (status == UR_OK)
        c->joint = find_overlap(letters[UR_TARGET], letters[UR_SOURCE]) > 0.9 &&
                   find_overlap(letters[UR_SOURCE], letters[UR_TARGET]) > 0.9;
    for (size_t s = 0; s < UR_SIDES; s++) ur_vocabulary_free(letters[s]);
    return status;
}

/* ---- Making them --------------------------------------------------------------------------------------------------- */

static ur_status count_pair(ur_translate *c, ur_error *error)
{
    for (size_t s = 0; s < UR_SIDES; s++)
        UR_TRY(ur_tokens_count(&c->side[s].vocabulary, c->settings.token, c->pair.text[s].text, c->pair.text[s].length,
                               &c->side[s].text, error));
    return UR_OK;
}

/* Merges the vocabularies of both sides. */
static ur_status join_sides(ur_translate *c, ur_error *error)
{
    ur_vocabulary *one = c->side[UR_SOURCE].vocabulary, *other = c->side[UR_TARGET].vocabulary;
    for (size_t i = 0; i < ur_vocabulary_size(other); i++) {
        size_t length;
        const char *text = ur_vocabulary_text(other, (int32_t)i, &length);
        UR_TRY(ur_vocabulary_add_times(one, text, length, ur_vocabulary_times(other, (int32_t)i), NULL, error));
    }
    ur_vocabulary_free(other);
    c->side[UR_TARGET].vocabulary = NULL;
    return UR_OK;
}

/* Chooses the number of pieces: 1000, and one for each hundred words of a side. */
static void choose_limit(ur_translate *c)
{
    uint64_t words = 0;
    if (c->settings.vocabulary_limit || strcmp(c->settings.token, "bpe") != 0) return;
    for (size_t s = 0; s < UR_SIDES; s++)
        for (size_t i = 0; i < ur_vocabulary_size(c->side[s].vocabulary); i++)
            words += ur_vocabulary_times(c->side[s].vocabulary, (int32_t)i);
    size_t limit = 1000 + (size_t)(words / 2 / 100);
    c->settings.vocabulary_limit = limit < 8000 ? limit / 100 * 100 : 8000;
}

ur_status ur_translate_make_vocabularies(ur_translate *c, ur_error *error)
{
    const ur_translate_part *p = &c->part[UR_PART_TRAIN];
    for (size_t i = 0; i < p->count; i++) {
        UR_TRY(ur_pairs_read(p->set, p->pair[i], &c->pair, error));
        UR_TRY(count_pair(c, error));
    }
    UR_TRY(decide_joint(c, error));
    choose_limit(c);
    if (c->joint) UR_TRY(join_sides(c, error));
    for (size_t s = 0; s < UR_SIDES; s++)
        if (c->side[s].vocabulary)
            UR_TRY(ur_tokens_settle(&c->side[s].vocabulary, c->settings.token, c->settings.vocabulary_limit,
                                    c->settings.min_count ? c->settings.min_count : 2, error));
    if (c->joint) c->side[UR_TARGET].vocabulary = c->side[UR_SOURCE].vocabulary;
    return UR_OK;
}
