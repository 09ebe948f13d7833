/* Words quoted for a shell, in commands that a user may type again. */
#ifndef UR_CLI_SHELL_WORD_H
#define UR_CLI_SHELL_WORD_H

#include <stdio.h>

/* Prints a word, in quotes if the shell needs them. Characters that act on a terminal (glyphs.h) are written as
 * numbers. */
void ur_cli_print_word(FILE *file, const char *word);

/* Prints a path that is an argument of a verb. A path that begins with a dash gets "./" in front, so that it is not
 * taken for an option. */
void ur_cli_print_path(FILE *file, const char *path);

#endif
