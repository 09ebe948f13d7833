/* Results as one JSON object on standard output. */
#ifndef UR_CLI_JSON_OUT_H
#define UR_CLI_JSON_OUT_H

#include "unroll.h"

#include <jansson.h>

/* A number, or null if JSON cannot represent it. */
json_t *ur_cli_json_number(double value);
/* An unsigned number, also one that is too large for jansson's integers. */
json_t *ur_cli_json_whole(uint64_t value);
/* Text from any bytes; bytes that are not UTF-8 become U+FFFD. */
json_t *ur_cli_json_text(const char *text, size_t length);

/* Prints the object and a line break, and releases the object. An object that is NULL means that memory is lacking. */
ur_status ur_cli_json_print(json_t *object, ur_error *error);

/* Sets a key. If that fails, or if `value` is NULL, the object is released and set to NULL, so that only the print
 * needs a check. */
void ur_cli_json_set(json_t **object, const char *key, json_t *value);
/* Appends to a list, with the same handling of failures. */
void ur_cli_json_add(json_t **list, json_t *value);

#endif
