/* A text that ends the output, found across the pieces in which the output comes. */
#ifndef UR_CLI_STOP_H
#define UR_CLI_STOP_H

#include "text_out.h"

/* What may be the beginning of the stop text is held back in `pending`, which has room for all of it. */
typedef struct ur_cli_stop {
    const char *text; /* NULL: nothing stops */
    size_t length, pending_count;
    char *pending;
} ur_cli_stop;

/* False without memory. */
bool ur_cli_stop_init(ur_cli_stop *stop, const char *text);
void ur_cli_stop_free(ur_cli_stop *stop);

/* Hands on what is surely not part of the stop text; true when that was met. */
bool ur_cli_stop_add(ur_cli_stop *stop, ur_text_out *out, const char *text, size_t length);
/* The output ends otherwise: hands on what was held back. */
void ur_cli_stop_flush(ur_cli_stop *stop, ur_text_out *out);

#endif
