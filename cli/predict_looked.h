/* Where a network looked while it wrote: an answer with "target", the tokens that it wrote, and "attention", one list
 * for each token with its shares of all places that were read. */
#ifndef UR_CLI_PREDICT_LOOKED_H
#define UR_CLI_PREDICT_LOOKED_H

#include <jansson.h>

/* The text of token i: a leading space is removed, a lone space becomes a visible mark, and the end of the text becomes
 * "(end)". The text lives as long as the tokens. */
const char *ur_cli_looked_word(const json_t *tokens, size_t i);
/* The same for token i of the target. */
const char *ur_cli_looked_token(const json_t *object, size_t i);
/* The list of shares of token i. */
const json_t *ur_cli_looked_shares(const json_t *object, size_t i);
double ur_cli_looked_share(const json_t *shares, size_t place);
/* The index of the largest share. */
size_t ur_cli_looked_most(const json_t *shares);

#endif
