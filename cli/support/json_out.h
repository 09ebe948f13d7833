/* Results as one JSON object on standard output. */
#ifndef UR_CLI_JSON_OUT_H
#define UR_CLI_JSON_OUT_H

#include "unroll.h"

#include <jansson.h>

/* A number; null for one that JSON cannot hold. */
json_t *ur_cli_json_number(double value);
/* A number without a sign, also one for which the library's integers have no room. */
json_t *ur_cli_json_whole(uint64_t value);
/* Text of any bytes: what is not UTF-8 becomes U+FFFD. */
json_t *ur_cli_json_text(const char *text, size_t length);

/* Prints the object with a line break and releases it. NULL, or a NULL put into it, is a lack of memory. */
ur_status ur_cli_json_print(json_t *object, ur_error *error);

/* Sets a key, and forgets the whole object where that fails, so that only the print has to be checked. */
void ur_cli_json_set(json_t **object, const char *key, json_t *value);
/* The same at the end of a list. */
void ur_cli_json_add(json_t **list, json_t *value);

#endif
