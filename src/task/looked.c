/* See looked.h. */
#include "task/looked.h"

#include "base/utf8.h"

#include <stdlib.h>

static json_t *token_json(ur_token_namer *name, void *context, int32_t id)
{
    size_t length, clean;
    const char *bytes = name(context, id, &length);
    char *copy = ur_utf8_clean(bytes ? bytes : "\xEF\xBF\xBD", bytes ? length : 3, &clean);
    json_t *token = copy ? json_stringn(copy, clean) : NULL;
    free(copy);
    return token;
}

json_t *ur_tokens_json(ur_token_namer *name, void *context, const int32_t *ids, size_t count, size_t stride)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (json_array_append_new(list, token_json(name, context, ids[i * stride])) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

static json_t *row_json(const ur_real *shares, size_t columns)
{
    json_t *row = json_array();
    for (size_t i = 0; row && i < columns; i++) {
        if (json_array_append_new(row, json_real((double)shares[i])) == 0) continue;
        json_decref(row);
        return NULL;
    }
    return row;
}

json_t *ur_shares_json(const ur_real *shares, size_t rows, size_t columns, size_t stride)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < rows; i++) {
        if (json_array_append_new(list, row_json(shares + i * stride, columns)) == 0) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}
