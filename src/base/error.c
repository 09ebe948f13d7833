/* Filling a ur_error: one line of valid UTF-8 that a terminal and a JSON string can take unchanged. */
#include "base/error.h"

#include "base/locale.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_control(uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

/* How one character of the raw text is shown: unchanged, or as \xNN if it is a control character or a byte that is not
 * UTF-8. */
typedef struct shown {
    size_t step, size; /* bytes in the raw text; bytes when shown */
    bool as_it_is;
} shown;

static shown look_at(const char *raw, size_t length)
{
    uint32_t code = 0;
    int size = ur_utf8_decode((const unsigned char *)raw, length, &code);
    if (size > 0 && !is_control(code)) return (shown){(size_t)size, (size_t)size, true};
    return (shown){1, 4, false};
}

static size_t shown_length(const char *raw, size_t length)
{
    size_t all = 0;
    for (size_t in = 0; in < length;) {
        shown s = look_at(raw + in, length - in);
        in += s.step;
        all += s.size;
    }
    return all;
}

/* Copies as many whole characters of `raw` as fit into `most` bytes. Returns the number of bytes written. */
static size_t copy_clean(char *text, size_t most, const char *raw, size_t length)
{
    size_t out = 0;
    for (size_t in = 0; in < length;) {
        shown s = look_at(raw + in, length - in);
        if (out + s.size > most) break;
        if (s.as_it_is)
            memcpy(text + out, raw + in, s.size);
        else
            snprintf(text + out, 5, "\\x%02x", (unsigned)(unsigned char)raw[in]);
        out += s.size;
        in += s.step;
    }
    text[out] = 0;
    return out;
}

static const char CUT[] = "\xE2\x80\xA6"; /* … */
enum { TEXT_MOST = sizeof((ur_error *)0)->text - 1, TAIL = 340 };

/* The offset of the longest tail of `raw` that takes at most TAIL bytes when shown. */
static size_t find_tail(const char *raw, size_t length)
{
    size_t all = shown_length(raw, length), in = 0;
    while (in < length && all > TAIL) {
        shown s = look_at(raw + in, length - in);
        in += s.step;
        all -= s.size;
    }
    return in;
}

/* The cause comes last, after names that may have any length. So the middle is cut out of a line that is too long. */
static void fill(char *text, const char *raw, size_t length)
{
    size_t tail = shown_length(raw, length) > TEXT_MOST ? find_tail(raw, length) : 0;
    if (!tail || !memchr(raw + tail, ' ', length - tail)) {
        copy_clean(text, TEXT_MOST, raw, length);
        return;
    }
    size_t out = copy_clean(text, TEXT_MOST - TAIL - (sizeof CUT - 1), raw, tail);
    out += copy_clean(text + out, sizeof CUT - 1, CUT, sizeof CUT - 1);
    copy_clean(text + out, TEXT_MOST - out, raw + tail, length - tail);
}

ur_status ur_fail(ur_error *error, ur_status status, const char *format, ...)
{
    if (!error) return status;
    /* A separate buffer, because the arguments may point into error->text. */
    char raw[2 * sizeof error->text], *long_raw = NULL;
    va_list arguments, again;
    ur_c_locale locale = ur_c_locale_enter();
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    if (length < 0) length = snprintf(raw, sizeof raw, "an error whose message could not be written");
    if ((size_t)length >= sizeof raw && (long_raw = malloc((size_t)length + 1)))
        vsnprintf(long_raw, (size_t)length + 1, format, again);
    else if ((size_t)length >= sizeof raw)
        length = sizeof raw - 1;
    va_end(again);
    ur_c_locale_leave(locale);
    fill(error->text, long_raw ? long_raw : raw, (size_t)length);
    free(long_raw);
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
