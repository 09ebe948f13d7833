/*
 * JSON text (RFC 8259) to jansson values and back. jansson 2.14 itself continues if an allocation fails within a text:
 * json_loads drops the character that did not fit, so that "rnn 100" is read as "rnn 10", and json_dumps drops the key.
 * These two functions fail instead. Everything that is read or kept goes through them.
 */
#ifndef UR_FORMAT_JSON_TEXT_H
#define UR_FORMAT_JSON_TEXT_H

#include "base/error.h"

#include <jansson.h>

enum { UR_JSON_DEPTH_MAX = 32 };

/* Reads the whole text as one value (json_decref). In addition to wrong JSON it refuses a key twice in one object,
 * \u0000, integers beyond 64 bits, and more than UR_JSON_DEPTH_MAX levels. Messages name the byte, counted from
 * `origin`, the place of the text in its file. */
ur_status ur_json_read(const void *text, size_t size, size_t origin, json_t **value, ur_error *error);

/* The shortest text of an object or array, with keys in the order in which they were added. free() it. */
ur_status ur_json_write(const json_t *value, char **text, ur_error *error);

#endif
