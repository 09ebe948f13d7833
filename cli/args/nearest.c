/* Levenshtein distance between short words, with one row of the table in memory at a time. */
#include "cli/args/nearest.h"

#include <stdint.h>
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

size_t ur_cli_distance(const char *a, const char *b)
{
    size_t row[LONGEST + 1], columns = short_length(b), rows = short_length(a);
    for (size_t j = 0; j <= columns; j++) row[j] = j;
    for (size_t i = 1; i <= rows; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= columns; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = above;
        }
    }
    return row[columns];
}

size_t ur_cli_typo_distance(const char *typed, const char *word)
{
    size_t length = short_length(typed), distance = ur_cli_distance(typed, word);
    if (distance && strncmp(typed, word, length) == 0) distance = 1;
    return 2 * distance <= length ? distance : SIZE_MAX;
}
