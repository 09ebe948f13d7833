/* Writes the record. */
#include "format/record.h"

#include <jansson.h>

static json_t *token_json(const ur_vocabulary *v, int32_t id)
{
    size_t length;
    const char *text = ur_vocabulary_text(v, id, &length);
    bool bytes = ur_vocabulary_kind(v) == UR_TOKEN_BYTE || ur_vocabulary_kind(v) == UR_TOKEN_PIECE;
    if (bytes && length == 1) return json_integer((unsigned char)text[0]);
    /* The reader refuses U+0000 in a text, so it is written as a number. */
    return length == 1 && !text[0] ? json_integer(0) : json_stringn(text, length);
}

static int put_tokens(json_t *record, const ur_vocabulary *v)
{
    bool unknown = ur_vocabulary_unknown(v) >= 0;
    size_t count = ur_vocabulary_size(v) - (unknown ? 1 : 0);
    json_t *list = json_array();
    int failed = json_object_set_new(record, "unit", json_string(ur_token_kind_name(ur_vocabulary_kind(v))));
    for (size_t i = 0; i < count; i++) failed |= json_array_append_new(list, token_json(v, (int32_t)i));
    failed |= json_object_set_new(record, "vocab", list);
    return failed | json_object_set_new(record, "unknown", json_boolean(unknown));
}

static int put_size(json_t *record, const char *key, size_t value)
{
    return value ? json_object_set_new(record, key, json_integer((json_int_t)value)) : 0;
}

static int put_sizes(json_t *record, const ur_sizes *sizes)
{
    int failed = put_size(record, "symbols", sizes->symbols);
    failed |= put_size(record, "features", sizes->features);
    failed |= put_size(record, "rows", sizes->rows);
    failed |= put_size(record, "columns", sizes->columns);
    failed |= put_size(record, "channels", sizes->channels);
    return failed | put_size(record, "outputs", sizes->outputs);
}

/* lines.NAME: the sizes and tokens of a line by itself. */
static int put_lines(json_t *record, const ur_model *m)
{
    json_t *lines = json_object();
    int failed = 0;
    for (size_t i = 0; i < m->line_count; i++) {
        json_t *line = json_object();
        failed |= put_sizes(line, &m->lines[i].given);
        if (m->lines[i].vocabulary) failed |= put_tokens(line, m->lines[i].vocabulary);
        if (line && !json_object_size(line))
            json_decref(line);
        else
            failed |= json_object_set_new(lines, m->spec.lines[i].name, line);
    }
    if (lines && json_object_size(lines)) return failed | json_object_set_new(record, "lines", lines);
    json_decref(lines);
    return failed || !lines;
}

/* json_object_update_missing of jansson 2.14 does not report when memory runs out. */
static int put_missing(json_t *record, json_t *more)
{
    const char *key;
    json_t *value;
    int failed = 0;
    json_object_foreach(more, key, value)
    {
        if (!json_object_get(record, key)) failed |= json_object_set_nocheck(record, key, value);
    }
    return failed;
}

json_t *ur_record_make(const ur_model *m)
{
    json_t *record = json_object();
    int failed = json_object_set_new(record, "version", json_integer(UR_FILE_VERSION));
    failed |= json_object_set_new(record, "task", json_string(m->task));
    failed |= json_object_set_new(record, "net", json_string(m->net));
    failed |= put_sizes(record, &m->sizes);
    failed |= put_lines(record, m);
    if (m->weights != UR_WEIGHTS_F32)
        failed |= json_object_set_new(record, "weights", json_string(ur_weights_name(m->weights)));
    if (m->vocabulary) failed |= put_tokens(record, m->vocabulary);
    if (m->record) failed |= put_missing(record, m->record);
    if (!failed) return record;
    json_decref(record);
    return NULL;
}

ur_status ur_record_set(ur_model *m, const char *key, json_t *value, ur_error *error)
{
    if (!m->record) m->record = json_object();
    if (value && m->record && json_object_set_new(m->record, key, value) == 0) return UR_OK;
    if (!m->record) json_decref(value);
    return ur_fail_memory(error, "the model's record");
}

const char *ur_model_label(const ur_model *m, size_t i)
{
    return json_string_value(json_array_get(json_object_get(m->record, "labels"), i));
}
