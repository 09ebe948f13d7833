/* Labels and vocabularies of a tagger in the model's record, and which line of the network reads and gives what. */
#include "task/tag/tag.h"

#include "format/record.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- Lines of the network ------------------------------------------------------------------------------------------ */

static bool is_named(const ur_model *m, size_t line, const char *name)
{
    return strcmp(m->spec.lines[line].name, name) == 0;
}

static ur_status check_outputs(const ur_model *m, const ur_tag_head *head, ur_error *error)
{
    const ur_line *line = &m->lines[head->line];
    size_t labels = ur_vocabulary_size(head->labels);
    if (!line->last && line->width == labels) return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line \"%s\": a tagger gives %zu numbers for each word in line %zu: end it in dense, or dense > "
        "crf, and leave out last, mean and max",
        m->net, labels, head->line + 1);
}

static ur_status find_heads(ur_tag *c, const ur_model *m, ur_error *error)
{
    c->head[0].line = c->head[1].line = m->line_count - 1;
    for (size_t i = 0; i + 1 < m->line_count; i++)
        if (is_named(m, i, "also")) c->head[1].line = i;
    if (c->heads > 1 && c->head[1].line == c->head[0].line)
        return ur_fail(error, UR_ERR_USAGE,
                       "network line \"%s\": `also` needs a line of that name, such as \"words: …; also: join words > "
                       "dense; join words > dense\"",
                       m->net);
    for (size_t h = 0; h < c->heads; h++) UR_TRY(check_outputs(m, &c->head[h], error));
    return UR_OK;
}

static ur_status take_network(ur_tag *c, const ur_model *m, ur_error *error)
{
    c->model = m;
    c->spelling.characters = c->characters;
    UR_TRY(ur_spelling_check(m, c->characters != NULL, error));
    return find_heads(c, m, error);
}

/* ---- Into the model's file ----------------------------------------------------------------------------------------- */

static json_t *labels_json(const ur_vocabulary *labels)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < ur_vocabulary_size(labels); i++) {
        size_t length;
        const char *text = ur_vocabulary_text(labels, (int32_t)i, &length);
        if (json_array_append_new(list, json_stringn(text, length)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static ur_status record_data(const ur_tag *c, ur_model *model, ur_error *error)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_conllu_hash(c->set));
    json_t *data = json_pack("{s:s,s:I,s:I}", "hash", hash, "sentences", (json_int_t)c->part[UR_PART_TRAIN].count,
                             "words", (json_int_t)ur_conllu_all_words(c->set));
    UR_TRY(ur_record_set(model, "trained_on", data, error));
    UR_TRY(ur_record_set(model, "labels", labels_json(c->head[0].labels), error));
    if (c->heads == 1) return UR_OK;
    return ur_record_set(model, "also_labels", labels_json(c->head[1].labels), error);
}

ur_status ur_tag_initialize(void *data, ur_model *model, ur_error *error)
{
    ur_tag *c = data;
    return ur_first_vectors_put(&c->vectors, c->settings.vectors, model, error);
}

ur_status ur_tag_record(void *data, ur_model *model, ur_error *error)
{
    ur_tag *c = data;
    UR_TRY(take_network(c, model, error));
    ur_spelling_give(model, c->words, c->characters);
    c->given = true;
    return record_data(c, model, error);
}

/* ---- From the model's file ----------------------------------------------------------------------------------------- */

static ur_status read_labels(ur_tag_head *head, const json_t *list, ur_error *error)
{
    UR_TRY(ur_vocabulary_create(&head->labels, UR_TOKEN_WHOLE, error));
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *text = json_array_get(list, i);
        int32_t id = -1;
        if (json_is_string(text))
            UR_TRY(ur_vocabulary_add(head->labels, json_string_value(text), json_string_length(text), &id, error));
        if (id != (int32_t)i)
            return ur_fail(error, UR_ERR_FORMAT, "the model's label %zu is not a text of its own", i + 1);
    }
    ur_vocabulary_seal(head->labels, false);
    if (ur_vocabulary_size(head->labels) > 1) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "the model names no labels");
}

ur_status ur_tag_take_model(ur_tag *c, const ur_model *m, ur_error *error)
{
    c->given = true;
    for (size_t h = 0; h < c->heads; h++)
        UR_TRY(read_labels(&c->head[h], json_object_get(m->record, h ? "also_labels" : "labels"), error));
    ur_spelling_take(m, &c->words, &c->characters);
    if (!c->words || ur_vocabulary_unknown(c->words) < 0 || (c->characters && ur_vocabulary_unknown(c->characters) < 0))
        return ur_fail(error, UR_ERR_FORMAT, "the model has no vocabulary of words with an unknown one");
    return take_network(c, m, error);
}
