/* What a decoder wrote, and where it looked as it wrote, as JSON. All functions return NULL if there is no memory. */
#ifndef UR_TASK_LOOKED_H
#define UR_TASK_LOOKED_H

#include "task/decoder.h"

#include <jansson.h>

/* Returns the text of a token. *length is 0 for the end token; NULL stands for an unknown token. */
typedef const char *ur_token_namer(void *context, int32_t token, size_t *length);

/* The texts of `count` tokens, which are `stride` apart. The end token becomes "". An unknown token, or bytes that are
 * not a character, become U+FFFD. */
json_t *ur_tokens_json(ur_token_namer *name, void *context, const int32_t *ids, size_t count, size_t stride);

/* Attention weights, row by row: the first `columns` of each row. Rows begin `stride` apart. */
json_t *ur_shares_json(const ur_real *shares, size_t rows, size_t columns, size_t stride);

#endif
