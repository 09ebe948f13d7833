/* Looking for the stop text byte by byte, see stop.h. */
#include "stop.h"

#include <stdlib.h>
#include <string.h>

bool ur_cli_stop_init(ur_cli_stop *stop, const char *text)
{
    *stop = (ur_cli_stop){.text = text, .length = text ? strlen(text) : 0};
    if (text) stop->pending = malloc(stop->length + 1);
    return !text || stop->pending;
}

void ur_cli_stop_free(ur_cli_stop *stop)
{
    free(stop->pending);
    *stop = (ur_cli_stop){0};
}

/* Hands on bytes until the rest is a beginning of the stop text. */
static void settle(ur_cli_stop *stop, ur_text_out *out)
{
    size_t first = 0;
    while (memcmp(stop->pending + first, stop->text, stop->pending_count - first) != 0) first++;
    if (first == 0) return;
    ur_text_out_add(out, stop->pending, first);
    stop->pending_count -= first;
    memmove(stop->pending, stop->pending + first, stop->pending_count);
}

bool ur_cli_stop_add(ur_cli_stop *stop, ur_text_out *out, const char *text, size_t length)
{
    if (!stop->text) {
        ur_text_out_add(out, text, length);
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        stop->pending[stop->pending_count++] = text[i];
        settle(stop, out);
        if (stop->pending_count == stop->length) return true;
    }
    return false;
}

void ur_cli_stop_flush(ur_cli_stop *stop, ur_text_out *out)
{
    if (stop->text) ur_text_out_add(out, stop->pending, stop->pending_count);
    stop->pending_count = 0;
}
