/* The id and the label of a word, as the network reads them. */
#include "task/tag/tag.h"

#include <string.h>

size_t ur_tag_plain(const ur_tag *c, ur_field word, char *plain)
{
    bool lower = !c->settings.keep_case && c->characters;
    if (word.length > UR_TAG_WORD_BYTES) return 0;
    for (size_t i = 0; i < word.length; i++) {
        char byte = word.text[i];
        plain[i] = lower && byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte;
    }
    return word.length;
}

int32_t ur_tag_word(const ur_tag *c, ur_field word)
{
    char plain[UR_TAG_WORD_BYTES];
    size_t length = ur_tag_plain(c, word, plain);
    int32_t id = length ? ur_vocabulary_find(c->words, plain, length) : -1;
    return id >= 0 ? id : ur_vocabulary_unknown(c->words);
}

/* ---- Labels -------------------------------------------------------------------------------------------------------- */

int32_t ur_tag_label(const ur_tag_head *head, const ur_conllu_word *word)
{
    ur_field label = word->field[head->field];
    if (label.length == 1 && label.text[0] == '_') return -1;
    int32_t id = ur_vocabulary_find(head->labels, label.text, label.length);
    return id >= 0 ? id : UR_TAG_UNSEEN;
}
