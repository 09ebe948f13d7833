/* JSON results: built with jansson, printed in one go. */
#include "cli/support/json_out.h"

#include "cli/support/text_out.h"

#include "base/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *ur_cli_json_number(double value) { return isfinite(value) ? json_real(value) : json_null(); }

json_t *ur_cli_json_text(const char *text, size_t length)
{
    char *clean = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&clean, &size);
    if (!memory) return NULL;
    ur_text_out out = {.file = memory};
    ur_text_out_add(&out, text, length);
    ur_text_out_finish(&out, true);
    json_t *value = fclose(memory) == 0 ? json_stringn(clean, size) : NULL;
    free(clean);
    return value;
}

void ur_cli_json_set(json_t **object, const char *key, json_t *value)
{
    if (*object && json_object_set_new(*object, key, value) == 0) return;
    if (!*object) json_decref(value);
    json_decref(*object);
    *object = NULL;
}

void ur_cli_json_add(json_t **list, json_t *value)
{
    if (*list && json_array_append_new(*list, value) == 0) return;
    if (!*list) json_decref(value);
    json_decref(*list);
    *list = NULL;
}

static char *dump(json_t *object)
{
    char *text = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(10)) : NULL;
    json_decref(object);
    return text;
}

ur_status ur_cli_json_print(json_t *object, ur_error *error)
{
    char *text = dump(object);
    if (!text) return ur_fail_memory(error, "the result");
    printf("%s\n", text);
    free(text);
    return UR_OK;
}

/* Written by hand, since the library's integers have a sign. */
ur_status ur_cli_json_print_with(json_t *object, const char *key, uint64_t value, ur_error *error)
{
    char *text = dump(object);
    if (!text) return ur_fail_memory(error, "the result");
    printf("%.*s,\"%s\":%llu}\n", (int)strlen(text) - 1, text, key, (unsigned long long)value);
    free(text);
    return UR_OK;
}
