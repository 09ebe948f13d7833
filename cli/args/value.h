/* Values of options that hold more than one. */
#ifndef UR_CLI_VALUE_H
#define UR_CLI_VALUE_H

#include "cli/args/options.h"

#include "base/number.h"

/* The next word of a list with commas; false behind the last. A word that is too long is cut. */
bool ur_cli_next_word(const char **list, char *word, size_t size);

#endif
