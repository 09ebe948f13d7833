/* The known word nearest to a mistyped one. */
#ifndef UR_CLI_NEAREST_H
#define UR_CLI_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/* The number of letters to insert, delete or replace to turn what was typed into the word (Levenshtein 1966); 1 if the
 * word begins with it. Only the first 63 bytes of each are compared. */
size_t ur_cli_distance(const char *typed, const char *word);
/* Whether the word may be what was meant: at most half of the letters are wrong. */
bool ur_cli_alike(const char *typed, const char *word);

#endif
