/* Turns the bytes of tokens into text that is certain; see output.h. */
#include "generate/output.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "data/vocabulary.h"

#include <stdlib.h>
#include <string.h>

/* ---- UTF-8 ------------------------------------------------------------------------------------------------------ */

static void drop(ur_begun *begun, size_t size)
{
    begun->count -= size;
    memmove(begun->bytes, begun->bytes + size, begun->count);
}

size_t ur_begun_add(ur_begun *begun, char byte, char text[12])
{
    size_t total = 0;
    if (begun->count == 0 && (unsigned char)byte < 0x80) {
        text[0] = byte;
        return 1;
    }
    begun->bytes[begun->count++] = (unsigned char)byte;
    while (begun->count > 0) {
        uint32_t code = 0;
        int size = ur_utf8_decode(begun->bytes, begun->count, &code);
        if (size == 0) break;
        memcpy(text + total, size > 0 ? (const void *)begun->bytes : "\xEF\xBF\xBD", size > 0 ? (size_t)size : 3);
        total += size > 0 ? (size_t)size : 3;
        drop(begun, size > 0 ? (size_t)size : code);
    }
    return total;
}

static void put(ur_output *out, const char *bytes, size_t size)
{
    memcpy(out->text + out->size, bytes, size);
    out->size += size;
}

static void put_text(ur_output *out, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char text[12];
        size_t complete = ur_begun_add(&out->begun, bytes[i], text);
        if (out->raw)
            put(out, bytes + i, 1);
        else
            put(out, text, complete);
    }
}

/* ---- Stop texts ------------------------------------------------------------------------------------------------- */

/* The bytes held back plus one more byte. Held bytes are always the beginning of a stop text, so they are not
 * stored. */
typedef struct tail {
    const char *held;
    size_t count;
    char byte;
} tail;

/* Whether the tail from index `first` on is a beginning of `text`. */
static bool begins(const tail *t, size_t first, const char *text, size_t length)
{
    size_t size = t->count - first;
    return size + 1 <= length && memcmp(t->held + first, text, size) == 0 && text[size] == t->byte;
}

static const char *next_text(const char *text) { return text + strlen(text) + 1; }

/* The number of bytes of the longest stop text with which the tail ends; 0 if there is none. */
static size_t find_met(const ur_output *out, const tail *t)
{
    size_t longest = 0;
    const char *text = out->stops;
    for (size_t i = 0; i < out->stop_count; i++, text = next_text(text)) {
        size_t length = strlen(text);
        if (length > longest && length <= t->count + 1 && begins(t, t->count + 1 - length, text, length))
            longest = length;
    }
    return longest;
}

static const char *stop_begun(const ur_output *out, const tail *t, size_t first)
{
    const char *text = out->stops;
    for (size_t i = 0; i < out->stop_count; i++, text = next_text(text))
        if (begins(t, first, text, strlen(text))) return text;
    return NULL;
}

/* Passes on the first `size` bytes of the tail. */
static void release(ur_output *out, const tail *t, size_t size)
{
    put_text(out, t->held, size < t->count ? size : t->count);
    if (size > t->count) put_text(out, &t->byte, 1);
}

/* Holds back as many bytes as may become a stop text, and passes on the rest. */
static void hold(ur_output *out, const tail *t)
{
    size_t first = 0;
    const char *text = NULL;
    while (first <= t->count && !(text = stop_begun(out, t, first))) first++;
    release(out, t, first);
    if (text) out->held_of = text;
    out->held = t->count + 1 - first;
}

static bool add_byte(ur_output *out, char byte)
{
    const tail t = {out->held_of, out->held, byte};
    size_t met = find_met(out, &t);
    if (!met) {
        hold(out, &t);
        return false;
    }
    release(out, &t, t.count + 1 - met);
    out->held = 0;
    return true;
}

bool ur_output_add(ur_output *out, const char *bytes, size_t size)
{
    if (!out->stop_count) put_text(out, bytes, size);
    for (size_t i = 0; out->stop_count && i < size; i++)
        if (add_byte(out, bytes[i])) return true;
    return false;
}

void ur_output_end(ur_output *out)
{
    if (out->held) put_text(out, out->held_of, out->held);
    out->held = 0;
}

/* ---- Memory ----------------------------------------------------------------------------------------------------- */

static ur_status measure_stops(const ur_writing *writing, size_t *all, size_t *longest, ur_error *error)
{
    *all = *longest = 0;
    for (size_t i = 0; i < writing->stop_count; i++) {
        size_t length = strlen(writing->stop[i]);
        if (length == 0) return ur_fail(error, UR_ERR_USAGE, "an empty stop text would stop at once");
        if (!ur_add_fits(*all, length + 1, all)) return ur_fail_memory(error, "the stop texts");
        if (length > *longest) *longest = length;
    }
    return UR_OK;
}

/* Buffer for a piece of text. An invalid byte becomes three bytes. */
static char *make_text(size_t longest)
{
    size_t bytes = 0;
    bool fits = ur_add_fits(longest, UR_TOKEN_MAX_BYTES + UR_UTF8_MAX, &bytes) && ur_mul_fits(bytes, 3, &bytes);
    return fits ? malloc(bytes) : NULL;
}

ur_status ur_output_begin(ur_output *out, const ur_writing *writing, const ur_begun *begun, ur_error *error)
{
    size_t all, longest;
    UR_TRY(measure_stops(writing, &all, &longest, error));
    char *text = make_text(longest), *stops = all ? malloc(all) : NULL;
    if (!text || (all && !stops)) {
        free(text);
        free(stops);
        return ur_fail_memory(error, "writing");
    }
    ur_output_free(out);
    out->raw = writing->raw;
    out->begun = *begun;
    out->text = text;
    out->stops = stops;
    out->stop_count = writing->stop_count;
    out->held_of = "";
    for (size_t i = 0; i < writing->stop_count; i++, stops += strlen(stops) + 1) strcpy(stops, writing->stop[i]);
    return UR_OK;
}

void ur_output_free(ur_output *out)
{
    free(out->stops);
    free(out->text);
    out->stops = out->text = NULL;
    out->stop_count = out->held = out->size = 0;
}
