/* Reads the record. Every value is checked before it is used. */
#include "format/json_text.h"
#include "format/record.h"

#include <stdio.h>
#include <string.h>

static ur_status missing(const char *name, const char *key, ur_error *error)
{
    return ur_fail(error, UR_ERR_FORMAT, "%s: the record's \"%s\" is missing or has the wrong type", name, key);
}

static ur_status check_version(const json_t *record, const char *name, ur_error *error)
{
    const json_t *version = json_object_get(record, "version");
    if (!json_is_integer(version)) return missing(name, "version", error);
    if (json_integer_value(version) == UR_FILE_VERSION) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: file version %lld; this program reads version %d", name,
                   (long long)json_integer_value(version), UR_FILE_VERSION);
}

static ur_status read_size(const json_t *record, const char *key, size_t *size, const char *name, ur_error *error)
{
    const json_t *value = json_object_get(record, key);
    *size = 0;
    if (!value) return UR_OK;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > INT32_MAX)
        return missing(name, key, error);
    *size = (size_t)json_integer_value(value);
    return UR_OK;
}

static ur_status fail_token(ur_status status, size_t i, const char *name, ur_error *error)
{
    char place[64];
    snprintf(place, sizeof place, "the record's \"vocab\", token %zu", i);
    ur_fail_in(error, status, place);
    return ur_fail_in(error, status, name);
}

static ur_status add_token(ur_vocabulary *v, const json_t *token, size_t i, const char *name, ur_error *error)
{
    int32_t id = -1;
    bool byte_piece = ur_vocabulary_kind(v) == UR_TOKEN_PIECE && json_is_integer(token);
    if (ur_vocabulary_kind(v) == UR_TOKEN_BYTE || byte_piece) {
        json_int_t byte = json_is_integer(token) ? json_integer_value(token) : -1;
        if (byte < 0 || byte > 255) return missing(name, "vocab", error);
        unsigned char one = (unsigned char)byte;
        UR_TRY(ur_vocabulary_add(v, &one, 1, &id, error));
    } else if (json_is_integer(token) && json_integer_value(token) == 0) {
        UR_TRY(ur_vocabulary_add(v, "", 1, &id, error));
    } else {
        if (!json_is_string(token) || !json_string_length(token)) return missing(name, "vocab", error);
        ur_status status = ur_vocabulary_add(v, json_string_value(token), json_string_length(token), &id, error);
        if (status != UR_OK) return fail_token(status, i, name, error);
    }
    if ((size_t)id == i) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: the record's \"vocab\" names token %zu twice", name, i);
}

static ur_status read_tokens(ur_vocabulary **tokens, size_t symbols, const json_t *record, const char *name,
                             ur_error *error)
{
    const char *kind_name = json_string_value(json_object_get(record, "unit"));
    const json_t *list = json_object_get(record, "vocab");
    if (!list && !kind_name) return UR_OK;
    ur_token_kind kind;
    if (!kind_name || ur_token_kind_find(kind_name, &kind, NULL) != UR_OK) return missing(name, "unit", error);
    if (!json_is_array(list)) return missing(name, "vocab", error);
    UR_TRY(ur_vocabulary_create(tokens, kind, error));
    for (size_t i = 0; i < json_array_size(list); i++)
        UR_TRY(add_token(*tokens, json_array_get(list, i), i, name, error));
    ur_vocabulary_seal(*tokens, json_is_true(json_object_get(record, "unknown")));
    if (ur_vocabulary_size(*tokens) == symbols) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: %zu tokens, but the network has %zu symbols", name,
                   ur_vocabulary_size(*tokens), symbols);
}

static ur_status read_sizes(const json_t *record, ur_sizes *sizes, const char *name, ur_error *error)
{
    *sizes = (ur_sizes){0};
    UR_TRY(read_size(record, "symbols", &sizes->symbols, name, error));
    UR_TRY(read_size(record, "features", &sizes->features, name, error));
    UR_TRY(read_size(record, "rows", &sizes->rows, name, error));
    UR_TRY(read_size(record, "columns", &sizes->columns, name, error));
    UR_TRY(read_size(record, "channels", &sizes->channels, name, error));
    return read_size(record, "outputs", &sizes->outputs, name, error);
}

/* Reads the sizes of each line by itself. A network line that is wrong is reported when the model is built. */
static ur_status read_lines(const json_t *lines, const char *net, ur_sizes *sizes, const char *name, ur_error *error)
{
    ur_net_spec spec = {0};
    if (ur_net_parse(net, &spec, NULL) != UR_OK) return UR_OK;
    for (size_t i = 0; i < spec.line_count; i++)
        UR_TRY(read_sizes(json_object_get(lines, spec.lines[i].name), &sizes[i], name, error));
    return UR_OK;
}

static ur_status read_all_tokens(ur_model *m, const json_t *record, const char *name, ur_error *error)
{
    const json_t *lines = json_object_get(record, "lines");
    for (size_t i = 0; i + 1 < m->line_count; i++)
        UR_TRY(read_tokens(&m->lines[i].vocabulary, m->lines[i].symbols, json_object_get(lines, m->spec.lines[i].name),
                           name, error));
    return read_tokens(&m->vocabulary, m->lines[m->line_count - 1].symbols, record, name, error);
}

static ur_status build(ur_model **model, json_t *record, size_t most, const char *isa, const char *name,
                       ur_error *error)
{
    if (!json_is_object(record)) return ur_fail(error, UR_ERR_FORMAT, "%s: the record is not a JSON object", name);
    UR_TRY(check_version(record, name, error));
    const char *net = json_string_value(json_object_get(record, "net"));
    const char *task = json_string_value(json_object_get(record, "task"));
    if (!net) return missing(name, "net", error);
    ur_sizes sizes, lines[UR_LINES_MAX] = {{0}};
    UR_TRY(read_sizes(record, &sizes, name, error));
    UR_TRY(read_lines(json_object_get(record, "lines"), net, lines, name, error));
    sizes.lines = lines;
    ur_status status = ur_model_build_within(model, net, &sizes, most, isa, error);
    if (status != UR_OK) return ur_fail_in(error, status, name);
    ur_model *m = *model;
    if (task && strlen(task) < sizeof m->task) memcpy(m->task, task, strlen(task) + 1);
    UR_TRY(read_all_tokens(m, record, name, error));
    static const char *const own[] = {"version",  "task",    "net",   "symbols", "features", "rows",    "columns",
                                      "channels", "outputs", "lines", "vocab",   "unit",     "unknown", "weights"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) json_object_del(record, own[i]);
    m->record = json_incref(record);
    return UR_OK;
}

ur_status ur_record_build(ur_model **model, const char *text, size_t most, const char *isa, const char *name,
                          ur_error *error)
{
    json_t *record;
    *model = NULL;
    ur_status status = ur_json_read(text, strlen(text), 0, &record, error);
    if (status != UR_OK) {
        ur_fail_in(error, status, "the record \"unroll\" is not JSON");
        return ur_fail_in(error, status, name);
    }
    status = build(model, record, most, isa, name, error);
    json_decref(record);
    if (status == UR_OK) return UR_OK;
    ur_model_free(*model);
    *model = NULL;
    return status;
}
