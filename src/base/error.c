/* Filling a ur_error: one line of valid UTF-8 that a terminal and a JSON string can take as it is. */
#include "base/error.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_control(uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

/* Copies as many whole characters of `raw` as fit. A control character or a byte that is not UTF-8 becomes \xNN. */
static void copy_clean(char *text, size_t capacity, const char *raw, size_t length)
{
    size_t out = 0, in = 0;
    while (in < length) {
        uint32_t code = 0;
        int size = ur_utf8_decode((const unsigned char *)raw + in, length - in, &code);
        bool shown = size > 0 && !is_control(code);
        size_t need = shown ? (size_t)size : 4;
        if (out + need >= capacity) break;
        if (shown)
            memcpy(text + out, raw + in, need);
        else
            snprintf(text + out, 5, "\\x%02x", (unsigned)(unsigned char)raw[in]);
        out += need;
        in += shown ? need : 1;
    }
    text[out] = 0;
}

ur_status ur_fail(ur_error *error, ur_status status, const char *format, ...)
{
    if (!error) return status;
    /* A buffer apart, because the arguments may point into error->text; larger than the text by one character, so that
     * one which is cut at its end is not reached. */
    char raw[sizeof error->text + UR_UTF8_MAX];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    if (length < 0) length = snprintf(raw, sizeof raw, "an error whose message could not be written");
    copy_clean(error->text, sizeof error->text, raw, (size_t)length < sizeof raw ? (size_t)length : sizeof raw - 1);
    error->status = status;
    return status;
}

ur_status ur_fail_in(ur_error *error, ur_status status, const char *prefix)
{
    return error ? ur_fail(error, status, "%s: %s", prefix, error->text) : status;
}

ur_status ur_fail_memory(ur_error *error, const char *what)
{
    return ur_fail(error, UR_ERR_MEMORY, "not enough memory for %s", what);
}
