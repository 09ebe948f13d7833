/* Brackets written as words: the Penn Treebank writes "(" as -LRB-, since brackets mark its own structure. */
#ifndef UR_BASE_BRACKETS_H
#define UR_BASE_BRACKETS_H

#include <stddef.h>

/* The bracket that `word` stands for, or 0 if it is an ordinary word. */
char ur_bracket_of(const char *word, size_t length);

#endif
