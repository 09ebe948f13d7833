/* See value.h. */
#include "cli/args/value.h"

#include <string.h>

bool ur_cli_next_word(const char **list, char *word, size_t size)
{
    if (!*list) return false;
    size_t length = strcspn(*list, ","), kept = length < size ? length : size - 1;
    memcpy(word, *list, kept);
    word[kept] = 0;
    *list = (*list)[length] ? *list + length + 1 : NULL;
    return true;
}
