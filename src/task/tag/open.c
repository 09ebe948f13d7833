/* Opens the sentences of a tagger, splits them into parts, and counts their words and labels. */
#include "task/tag/tag.h"

#include "base/random.h"
#include "base/utf8.h"
#include "data/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_tag_close(void *data)
{
    ur_tag *c = data;
    for (size_t i = 0; i < UR_PARTS; i++) {
        free(c->part[i].sentence);
        free(c->part[i].words);
        ur_order_free(&c->part[i].order);
    }
    for (size_t i = 0; i < UR_TAG_HEADS; i++) {
        ur_vocabulary_free(c->head[i].labels);
        free(c->head[i].there);
        free(c->head[i].target);
    }
    ur_conllu_close(c->set);
    ur_conllu_close(c->validation);
    if (!c->given) ur_vocabulary_free(c->words);
    if (!c->given) ur_vocabulary_free(c->characters);
    ur_sentence_free(&c->sentence);
    ur_spelling_free(&c->spelling);
    ur_first_vectors_free(&c->vectors);
    free(c->shown.text);
    free(c->ends);
    free(c->ids);
    free(c->lane_of);
    free(c->lengths);
    free(c->taken);
    free(c->mistakes);
    free(c->input.lines.text);
    free(c->input.made.text);
    free(c->input.out.text);
}

/* ---- Columns ------------------------------------------------------------------------------------------------------- */

static ur_status find_column(ur_tag_head *head, const char *name, ur_error *error)
{
    UR_TRY(ur_conllu_field_find(name, &head->field, error));
    if (head->field > UR_CONLLU_FORM) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "column \"%s\" is no label of a word; choose one from 3 lemma to 10 misc",
                   name);
}

static ur_status find_columns(ur_tag *c, ur_error *error)
{
    UR_TRY(find_column(&c->head[0], c->settings.column, error));
    c->heads = 1;
    if (!c->settings.also) return UR_OK;
    UR_TRY(find_column(&c->head[1], c->settings.also, error));
    c->head[1].weight = c->settings.also_weight;
    c->heads = 2;
    if (c->head[0].field != c->head[1].field) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`column` and `also` are both %s; give two columns",
                   ur_conllu_field_name(c->head[0].field));
}

/* ---- Counting ------------------------------------------------------------------------------------------------------ */

static bool by_letters(const ur_tag *c) { return strcmp(c->settings.characters, "jamo") == 0; }

static ur_status count_word(ur_tag *c, const ur_conllu_word *word, ur_error *error)
{
    char plain[UR_TAG_WORD_BYTES];
    size_t length = ur_tag_plain(c, word->field[UR_CONLLU_FORM], plain);
    if (length) UR_TRY(ur_vocabulary_add(c->words, plain, length, NULL, error));
    if (c->characters) UR_TRY(ur_spell_count(c->characters, word->field[UR_CONLLU_FORM], by_letters(c), error));
    for (size_t h = 0; h < c->heads; h++) {
        ur_field label = word->field[c->head[h].field];
        if (label.length == 1 && label.text[0] == '_') continue;
        if (label.length > UR_TOKEN_MAX_BYTES)
            return ur_fail(error, UR_ERR_DATA, "column %s: a label of %zu bytes; the limit is %d",
                           ur_conllu_field_name(c->head[h].field), label.length, (int)UR_TOKEN_MAX_BYTES);
        UR_TRY(ur_vocabulary_add(c->head[h].labels, label.text, label.length, NULL, error));
    }
    return UR_OK;
}

static ur_status count_sentence(ur_tag *c, size_t i, ur_error *error)
{
    char where[32];
    for (size_t k = 0; k < c->sentence.count; k++) {
        ur_status status = count_word(c, &c->sentence.word[k], error);
        if (status != UR_ERR_DATA) UR_TRY(status);
        if (status == UR_OK) continue;
        snprintf(where, sizeof where, "line %llu", (unsigned long long)c->sentence.line);
        ur_fail_in(error, status, where);
        return ur_fail_in(error, status, ur_conllu_path(c->set, i));
    }
    return UR_OK;
}

static ur_status create_vocabularies(ur_tag *c, ur_error *error)
{
    UR_TRY(ur_vocabulary_create(&c->words, UR_TOKEN_WHOLE, error));
    for (size_t h = 0; h < c->heads; h++) UR_TRY(ur_vocabulary_create(&c->head[h].labels, UR_TOKEN_WHOLE, error));
    if (strcmp(c->settings.characters, "none") == 0) return UR_OK;
    return ur_vocabulary_create(&c->characters, UR_TOKEN_CHAR, error);
}

static ur_status settle_labels(ur_tag *c, ur_tag_head *head, ur_error *error)
{
    const char *name = ur_conllu_field_name(head->field), *path = ur_conllu_path(c->set, 0), *only;
    size_t length, count = ur_vocabulary_size(head->labels);
    if (!count) return ur_fail(error, UR_ERR_DATA, "%s: column %s is empty: every word has _", path, name);
    UR_TRY(ur_vocabulary_settle(head->labels, 1, 0, false, error));
    only = ur_vocabulary_text(head->labels, 0, &length);
    if (count > 1) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: column %s: all words have the label \"%.*s\"; there is nothing to learn",
                   path, name, (int)length, only);
}

/* In large data, characters that occur only once are left out, so that the unknown character gets trained. */
static ur_status settle_vocabularies(ur_tag *c, ur_error *error)
{
    size_t least = ur_conllu_all_words(c->set) < 10000 ? 1 : 2;
    for (size_t h = 0; h < c->heads; h++) UR_TRY(settle_labels(c, &c->head[h], error));
    UR_TRY(ur_vocabulary_settle(c->words, c->settings.min_count, c->settings.vocabulary_limit, true, error));
    return c->characters ? ur_vocabulary_settle(c->characters, least, 0, true, error) : UR_OK;
}

/* ---- Parts --------------------------------------------------------------------------------------------------------- */

static ur_status open_part(ur_tag *c, ur_part which, const ur_conllu *set, ur_error *error)
{
    ur_tag_part *p = &c->part[which];
    size_t room = ur_conllu_count(set) + 1;
    p->set = set;
    p->sentence = calloc(room, sizeof *p->sentence);
    p->words = calloc(room, sizeof *p->words);
    return p->sentence && p->words ? UR_OK : ur_fail_memory(error, "the sentences");
}

static void add_sentence(ur_tag_part *p, size_t i)
{
    p->words[p->count] = (uint32_t)ur_conllu_words(p->set, i);
    p->sentence[p->count++] = (uint32_t)i;
}

/* Sentences with the same words are in the same part. */
static bool is_held(const ur_tag *c, double share)
{
    uint64_t hash = UR_HASH_START;
    for (size_t k = 0; k < c->sentence.count; k++) {
        ur_field word = c->sentence.word[k].field[UR_CONLLU_FORM];
        hash = ur_hash_bytes(hash, (const unsigned char *)word.text, word.length);
        hash = ur_hash_bytes(hash, (const unsigned char *)" ", 1);
    }
    return ur_random_uniform(c->seed, UR_USE_SPLIT, hash) < share;
}

static ur_status share_out(ur_tag *c, double share, ur_error *error)
{
    UR_TRY(open_part(c, UR_PART_TRAIN, c->set, error));
    if (!c->validation) UR_TRY(open_part(c, UR_PART_VALIDATION, c->set, error));
    for (size_t i = 0; i < ur_conllu_count(c->set); i++) {
        UR_TRY(ur_conllu_read(c->set, i, &c->sentence, error));
        bool held = !c->validation && is_held(c, share);
        add_sentence(&c->part[held ? UR_PART_VALIDATION : UR_PART_TRAIN], i);
        if (!held) UR_TRY(count_sentence(c, i, error));
    }
    if (c->part[UR_PART_TRAIN].count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "no sentence is left to train on");
}

static ur_status take_all(ur_tag *c, ur_part part, const ur_conllu *set, ur_error *error)
{
    UR_TRY(open_part(c, part, set, error));
    for (size_t i = 0; i < ur_conllu_count(set); i++) add_sentence(&c->part[part], i);
    return UR_OK;
}

static ur_status open_training(ur_tag *c, const ur_settings *settings, ur_error *error)
{
    const ur_run_settings *run = &settings->run;
    UR_TRY(create_vocabularies(c, error));
    if (run->validation) {
        UR_TRY(ur_conllu_open(&c->validation, &run->validation, 1, &run->watcher, error));
        UR_TRY(take_all(c, UR_PART_VALIDATION, c->validation, error));
    }
    UR_TRY(share_out(c, run->validation_share, error));
    UR_TRY(settle_vocabularies(c, error));
    bool keep_case = c->settings.keep_case || !c->characters; /* as in ur_tag_plain */
    return ur_first_vectors_read(&c->vectors, c->settings.vectors, c->settings.vectors_fixed, c->words, keep_case,
                                 error);
}

ur_status ur_tag_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_tag *c = data;
    c->settings = *(const ur_tag_settings *)settings->own;
    c->seed = settings->run.learning.seed;
    c->spelling.jamo = by_letters(c);
    UR_TRY(find_columns(c, error));
    if (from) UR_TRY(ur_tag_take_model(c, from, error));
    if (!settings->data.count)
        return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no data to train on; name a file or a folder");
    UR_TRY(ur_conllu_open(&c->set, settings->data.text, settings->data.count, &settings->run.watcher, error));
    return from ? take_all(c, UR_PART_TEST, c->set, error) : open_training(c, settings, error);
}

void ur_tag_describe(const void *data, char *text, size_t size)
{
    const ur_tag *c = data;
    char also[64] = "", vectors[128], left_out[320];
    if (c->heads > 1)
        snprintf(also, sizeof also, ", %zu in %s", ur_vocabulary_size(c->head[1].labels),
                 ur_conllu_field_name(c->head[1].field));
    ur_first_vectors_describe(&c->vectors, vectors, sizeof vectors);
    ur_conllu_tell_left_out(c->set, left_out, sizeof left_out);
    snprintf(
        text, size,
        "CoNLL-U, %zu words; %zu sentences to train on, %zu to validate on; %zu labels in column %s%s; %zu different "
        "words%s%s",
        ur_conllu_all_words(c->set), c->part[UR_PART_TRAIN].count, c->part[UR_PART_VALIDATION].count,
        ur_vocabulary_size(c->head[0].labels), ur_conllu_field_name(c->head[0].field), also,
        ur_vocabulary_size(c->words) - 1, vectors, left_out);
}

uint64_t ur_tag_hash(const void *data, ur_part part)
{
    const ur_tag *c = data;
    if (part == UR_PART_TRAIN) return ur_conllu_hash(c->set);
    return part == UR_PART_VALIDATION && c->validation ? ur_conllu_hash(c->validation) : 0;
}
