/* Words as a shell takes them, for commands to be typed again. */
#ifndef UR_CLI_SHELL_WORD_H
#define UR_CLI_SHELL_WORD_H

#include <stdio.h>

/* In quotes where it needs them. */
void ur_cli_print_word(FILE *file, const char *word);

#endif
