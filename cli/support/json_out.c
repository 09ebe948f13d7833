/* JSON results, built with jansson and printed as a whole. */
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

/* jansson's integers are signed. A larger number becomes a string of this mark and the digits, and the quotes are
 * removed when the result is printed. The mark begins with U+FFFE, a noncharacter, so no other text contains it. */
static const char MARK[] = "\xEF\xBF\xBEwhole:";

json_t *ur_cli_json_whole(uint64_t value)
{
    char text[sizeof MARK + 20];
    if (value <= INT64_MAX) return json_integer((json_int_t)value);
    snprintf(text, sizeof text, "%s%llu", MARK, (unsigned long long)value);
    return json_string(text);
}

/* "MARK123" becomes 123, in place. */
static void unquote_numbers(char *text)
{
    char quoted[sizeof MARK + 1], *to = text;
    size_t length = sizeof MARK; /* a quotation mark in place of the final zero byte */
    snprintf(quoted, sizeof quoted, "\"%s", MARK);
    for (const char *from = text; *from;) {
        size_t digits = strncmp(from, quoted, length) == 0 ? strspn(from + length, "0123456789") : 0;
        if (digits && from[length + digits] == '"') {
            memmove(to, from + length, digits);
            to += digits;
            from += length + digits + 1;
        } else {
            *to++ = *from++;
        }
    }
    *to = 0;
}

ur_status ur_cli_json_print(json_t *object, ur_error *error)
{
    char *text = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(10)) : NULL;
    json_decref(object);
    if (!text) return ur_fail_memory(error, "the result");
    unquote_numbers(text);
    printf("%s\n", text);
    free(text);
    return UR_OK;
}
