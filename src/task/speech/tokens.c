/* Converts the characters or words of a transcript to ids and back. */
#include "task/speech/speech.h"

#include <stdlib.h>
#include <string.h>

/* Finds the length of the next token at `text`: a character, or everything up to a blank. Returns how many bytes to go
 * on. */
static size_t cut_token(ur_token_kind kind, const char *text, size_t left, size_t *length)
{
    if (kind == UR_TOKEN_CHAR) {
        int size = ur_token_cut(UR_TOKEN_CHAR, (const unsigned char *)text, left, true);
        return *length = size > 0 ? (size_t)size : 1;
    }
    const char *blank = memchr(text, ' ', left);
    *length = blank ? (size_t)(blank - text) : left;
    return *length + (blank != NULL);
}

static ur_status grow_ids(ur_listener *l, size_t count, ur_error *error)
{
    if (count <= l->id_room) return UR_OK;
    int32_t *grown = realloc(l->ids, 2 * count * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a transcript");
    l->ids = grown;
    l->id_room = 2 * count;
    return UR_OK;
}

ur_status ur_speech_cut(ur_listener *l, const char *text, size_t at, size_t *count, ur_error *error)
{
    size_t length;
    *count = at;
    for (size_t left = strlen(text), step; left; text += step, left -= step) {
        step = cut_token(ur_vocabulary_kind(l->tokens), text, left, &length);
        UR_TRY(grow_ids(l, *count + 1, error));
        if (length) l->ids[(*count)++] = ur_vocabulary_find(l->tokens, text, length);
    }
    return UR_OK;
}

static ur_status count_text(ur_listener *l, const char *text, ur_error *error)
{
    size_t length;
    for (size_t left = strlen(text), step; left; text += step, left -= step) {
        step = cut_token(ur_vocabulary_kind(l->tokens), text, left, &length);
        if (length > UR_TOKEN_MAX_BYTES)
            return ur_fail(error, UR_ERR_DATA, "a word of %zu bytes; the limit is %d (`token` char has no words)",
                           length, (int)UR_TOKEN_MAX_BYTES);
        if (length) UR_TRY(ur_vocabulary_add(l->tokens, text, length, NULL, error));
    }
    return UR_OK;
}

ur_status ur_speech_count_tokens(ur_listener *l, ur_error *error)
{
    const ur_speech_part *p = &l->part[UR_PART_TRAIN];
    bool words = strcmp(l->settings.token, "word") == 0;
    UR_TRY(ur_vocabulary_create(&l->tokens, words ? UR_TOKEN_WHOLE : UR_TOKEN_CHAR, error));
    for (size_t i = 0; i < p->count; i++) {
        ur_status status = count_text(l, ur_utterances_text(p->set, p->item[i]), error);
        if (status == UR_ERR_DATA) ur_fail_in(error, status, ur_utterances_path(p->set, p->item[i]));
        UR_TRY(status);
    }
    if (!words && l->join_most > 1) UR_TRY(ur_vocabulary_add(l->tokens, " ", 1, NULL, error));
    return ur_vocabulary_settle(l->tokens, 1, 0, false, error);
}

/* ---- Texts ---------------------------------------------------------------------------------------------------------- */

ur_status ur_speech_text_add(ur_speech_text *t, const char *bytes, size_t length, ur_error *error)
{
    size_t wanted = t->length + length + 1;
    char *grown = wanted > t->room ? realloc(t->text, 2 * wanted) : t->text;
    if (!grown) return ur_fail_memory(error, "a transcript");
    if (wanted > t->room) t->room = 2 * wanted;
    t->text = grown;
    memcpy(grown + t->length, bytes, length);
    t->length += length;
    grown[t->length] = 0;
    return UR_OK;
}

ur_status ur_speech_spell(const ur_listener *l, const int32_t *ids, size_t count, ur_speech_text *text, ur_error *error)
{
    for (size_t i = 0; i < count; i++) {
        size_t length;
        const char *token = ur_vocabulary_text(l->tokens, ids[i], &length);
        if (ur_speech_by_words(l) && text->length) UR_TRY(ur_speech_text_add(text, " ", 1, error));
        UR_TRY(ur_speech_text_add(text, token, length, error));
    }
    return ur_speech_text_add(text, "", 0, error);
}
