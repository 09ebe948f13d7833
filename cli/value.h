/* One option's value: from text into the settings, strictly. */
#ifndef UR_CLI_VALUE_H
#define UR_CLI_VALUE_H

#include "options.h"

/* UR_ERR_USAGE says what is allowed. */
ur_status ur_cli_value_set(const ur_cli_option *option, const char *text, void *settings, ur_error *error);

/* A whole text as one finite decimal number; false for anything else. */
bool ur_cli_read_number(const char *text, double *value);

/* The next word of a list with commas; false behind the last. A word that is too long is cut. */
bool ur_cli_next_word(const char **list, char *word, size_t size);

#endif
