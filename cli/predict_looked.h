/* Where a network looked as it wrote: an answer with "target", its tokens, and "attention", for each of them its shares of
 * what was read. */
#ifndef UR_CLI_PREDICT_LOOKED_H
#define UR_CLI_PREDICT_LOOKED_H

#include <jansson.h>

/* Token i without the blank in front of it, a blank alone as a mark; "(end)" behind the last. It lives as long as the tokens. */
const char *ur_cli_looked_word(const json_t *tokens, size_t i);
/* The same of what was written. */
const char *ur_cli_looked_token(const json_t *object, size_t i);
/* The shares of token i. */
const json_t *ur_cli_looked_shares(const json_t *object, size_t i);
double ur_cli_looked_share(const json_t *shares, size_t place);
/* The place with the largest share. */
size_t ur_cli_looked_most(const json_t *shares);

#endif
