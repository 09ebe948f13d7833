/* Words as a shell takes them, for commands to be typed again. */
#ifndef UR_CLI_SHELL_WORD_H
#define UR_CLI_SHELL_WORD_H

#include <stdio.h>

/* In quotes where it needs them. What acts on a terminal (glyphs.h) is written as a number. */
void ur_cli_print_word(FILE *file, const char *word);

/* The same of a path that is an argument of a verb: one that begins with a dash is no option. */
void ur_cli_print_path(FILE *file, const char *path);

#endif
