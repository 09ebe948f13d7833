/* What a decoder wrote and where it looked as it did so, as JSON. All return NULL where there is no memory. */
#ifndef UR_TASK_LOOKED_H
#define UR_TASK_LOOKED_H

#include "task/decoder.h"

#include <jansson.h>

/* The text of a token: *length 0: the end, NULL: an unknown one. */
typedef const char *ur_token_namer(void *context, int32_t token, size_t *length);

/* Texts of `count` tokens, which stand `stride` apart: the end is "", an unknown one and what is no character U+FFFD. */
json_t *ur_tokens_json(ur_token_namer *name, void *context, const int32_t *ids, size_t count, size_t stride);

/* Shares, row by row, the first `columns` of each; rows begin `stride` apart. */
json_t *ur_shares_json(const ur_real *shares, size_t rows, size_t columns, size_t stride);

#endif
