/* Options whose value is a list. */
#ifndef UR_CLI_VALUE_H
#define UR_CLI_VALUE_H

#include "cli/args/options.h"

#include "base/number.h"

/* Copies the next word of a list that is separated by commas, and advances *list. Returns false after the last word. A
 * word that does not fit is cut. */
bool ur_cli_next_word(const char **list, char *word, size_t size);

#endif
