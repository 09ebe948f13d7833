/* Brackets as words: the Penn Treebank writes "(" as -LRB-, since its own brackets mean something else. */
#ifndef UR_BASE_BRACKETS_H
#define UR_BASE_BRACKETS_H

#include <stddef.h>

/* The bracket that a word stands for; 0: it is another word. */
char ur_bracket_of(const char *word, size_t length);

#endif
