/* What a word is to someone who types: it ends at white space and punctuation, in any script. */
#ifndef UR_GENERATE_WORDS_H
#define UR_GENERATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a token ends the word before it. A part of a character, as in models of bytes, continues the word. */
bool ur_ends_word(const char *token, size_t length);

#endif
