/* The known word nearest to a mistyped one. */
#ifndef UR_CLI_NEAREST_H
#define UR_CLI_NEAREST_H

#include <stddef.h>

/* The number of letters to insert, delete or replace to turn one word into the other (Levenshtein 1966). Only the first
 * 63 bytes of each word are compared. */
size_t ur_cli_distance(const char *a, const char *b);
/* The same for a word that may be meant by what was typed: 1 if the word only goes on after it, SIZE_MAX if more than half
 * of the letters typed are wrong. */
size_t ur_cli_typo_distance(const char *typed, const char *word);

#endif
