/* See brackets.h. */
#include "base/brackets.h"

#include <string.h>

char ur_bracket_of(const char *word, size_t length)
{
    static const char *const NAMES[] = {"-LRB-", "-RRB-", "-LSB-", "-RSB-", "-LCB-", "-RCB-"};
    static const char BRACKETS[] = "()[]{}";
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (length == 5 && memcmp(word, NAMES[i], 5) == 0) return BRACKETS[i];
    return 0;
}
