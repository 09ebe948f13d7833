/* Levenshtein distance between short words, with one row of the table in memory at a time. */
#include "cli/args/nearest.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

static size_t short_length(const char *word)
{
    size_t length = strlen(word);
    return length < LONGEST ? length : LONGEST;
}

size_t ur_cli_distance(const char *typed, const char *word)
{
    size_t row[LONGEST + 1], columns = short_length(word), rows = short_length(typed);
    if (rows < columns && strncmp(typed, word, rows) == 0) return 1;
    for (size_t j = 0; j <= columns; j++) row[j] = j;
    for (size_t i = 1; i <= rows; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (typed[i - 1] != word[j - 1]));
            diagonal = above;
        }
    }
    return row[columns];
}

bool ur_cli_alike(const char *typed, const char *word)
{
    return 2 * ur_cli_distance(typed, word) <= short_length(typed);
}
