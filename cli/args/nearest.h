/* The known word nearest to a mistyped one. */
#ifndef UR_CLI_NEAREST_H
#define UR_CLI_NEAREST_H

#include <stddef.h>

/* Letters to insert, delete or replace to make one of the other (Levenshtein 1966); words are compared up to 63. */
size_t ur_cli_distance(const char *a, const char *b);

#endif
