/* Values of options, read strictly: a whole number is digits and nothing else, ranges are checked, nothing overflows.
 */
#include "value.h"

#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(int) == sizeof(enum ur_cli_type), "a choice is stored as an int");

static void *place(const ur_cli_option *option, void *settings) { return (char *)settings + option->offset; }

static const void *place_const(const ur_cli_option *option, const void *settings)
{
    return (const char *)settings + option->offset;
}

/* ---- What is allowed --------------------------------------------------------------------------------------------- */

static double largest(const ur_cli_option *option)
{
    return option->type == UR_CLI_NUMBER ? INFINITY : 18446744073709551615.0;
}

static void range_text(const ur_cli_option *option, const char *what, char text[UR_CLI_VALUE_MAX])
{
    double most = option->most != 0 ? option->most : largest(option);
    if (option->above && most < largest(option))
        snprintf(text, UR_CLI_VALUE_MAX, "%s above %.15g, at most %.15g", what, option->least, most);
    else if (option->above)
        snprintf(text, UR_CLI_VALUE_MAX, "%s above %.15g", what, option->least);
    else if (most < largest(option))
        snprintf(text, UR_CLI_VALUE_MAX, "%s from %.15g to %.15g", what, option->least, most);
    else
        snprintf(text, UR_CLI_VALUE_MAX, "%s, at least %.15g", what, option->least);
}

/* "a|b|c" as "a, b or c". */
static void words_text(const char *words, char text[UR_CLI_VALUE_MAX])
{
    const char *last = strrchr(words, '|');
    size_t out = 0;
    for (const char *c = words; *c && out + 5 < UR_CLI_VALUE_MAX; c++) {
        const char *piece = *c != '|' ? NULL : c == last ? " or " : ", ";
        if (!piece) {
            text[out++] = *c;
            continue;
        }
        memcpy(text + out, piece, strlen(piece));
        out += strlen(piece);
    }
    text[out] = 0;
}

void ur_cli_allowed_text(const ur_cli_option *option, char text[UR_CLI_VALUE_MAX])
{
    switch (option->type) {
    case UR_CLI_FLAG:
        snprintf(text, UR_CLI_VALUE_MAX, "yes or no");
        break;
    case UR_CLI_TEXT:
    case UR_CLI_EACH:
        snprintf(text, UR_CLI_VALUE_MAX, "%s", option->argument);
        break;
    case UR_CLI_WORD:
    case UR_CLI_CHOICE:
        words_text(option->argument, text);
        break;
    case UR_CLI_SIZE:
    case UR_CLI_COUNT:
        range_text(option, "a whole number", text);
        break;
    case UR_CLI_NUMBER:
        range_text(option, "a number", text);
        break;
    }
}

static ur_status fail_value(const ur_cli_option *option, const char *text, ur_error *error)
{
    char allowed[UR_CLI_VALUE_MAX];
    ur_cli_allowed_text(option, allowed);
    return ur_fail(error, UR_ERR_USAGE, "--%s: '%.80s' is not allowed; give %s", option->name, text, allowed);
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

bool ur_cli_read_number(const char *text, double *value)
{
    if (!*text || text[strspn(text, "+-.0123456789eE")]) return false;
    char *end;
    *value = strtod(text, &end);
    return !*end && isfinite(*value);
}

static bool read_whole(const char *text, uint64_t *value)
{
    if (!*text || text[strspn(text, "0123456789")]) return false;
    errno = 0;
    unsigned long long read = strtoull(text, NULL, 10);
    *value = read;
    return errno == 0;
}

static bool in_range(const ur_cli_option *option, double value)
{
    bool low = option->above ? value <= option->least : value < option->least;
    return !low && (option->most == 0 || value <= option->most);
}

/* The place of `text` among the words "a|b|c"; −1: not there. */
static int find_word(const char *words, const char *text, const char **found)
{
    size_t length = strlen(text);
    for (int i = 0;; i++) {
        size_t width = strcspn(words, "|");
        *found = words;
        if (width == length && memcmp(words, text, length) == 0) return i;
        if (!words[width]) return -1;
        words += width + 1;
    }
}

static bool set_flag(const char *text, bool *value)
{
    *value = strcmp(text, "no") != 0;
    return strcmp(text, "yes") == 0 || strcmp(text, "no") == 0;
}

static bool set_whole(const ur_cli_option *option, const char *text, void *to)
{
    uint64_t value;
    if (!read_whole(text, &value) || !in_range(option, (double)value)) return false;
    if (option->type == UR_CLI_COUNT) {
        *(uint64_t *)to = value;
        return true;
    }
    *(size_t *)to = (size_t)value;
    return value <= SIZE_MAX;
}

static bool set_number(const ur_cli_option *option, const char *text, double *to)
{
    double value;
    if (!ur_cli_read_number(text, &value) || !in_range(option, value)) return false;
    *to = value;
    return true;
}

static bool set_word(const ur_cli_option *option, const char *text, void *to)
{
    const char *found;
    int index = find_word(option->argument, text, &found);
    if (index < 0) return false;
    if (option->type == UR_CLI_WORD)
        *(const char **)to = text;
    else
        memcpy(to, &index, sizeof index);
    return true;
}

static ur_status add_text(const ur_cli_option *option, const char *text, ur_cli_each *each, ur_error *error)
{
    if (each->count == UR_CLI_EACH_MOST)
        return ur_fail(error, UR_ERR_USAGE, "--%s is given more than %d times", option->name, UR_CLI_EACH_MOST);
    each->text[each->count++] = text;
    return UR_OK;
}

ur_status ur_cli_value_set(const ur_cli_option *option, const char *text, void *settings, ur_error *error)
{
    void *to = place(option, settings);
    bool right = true;
    switch (option->type) {
    case UR_CLI_FLAG:
        right = set_flag(text, to);
        break;
    case UR_CLI_TEXT:
        *(const char **)to = text;
        break;
    case UR_CLI_EACH:
        return add_text(option, text, to, error);
    case UR_CLI_WORD:
    case UR_CLI_CHOICE:
        right = set_word(option, text, to);
        break;
    case UR_CLI_SIZE:
    case UR_CLI_COUNT:
        right = set_whole(option, text, to);
        break;
    case UR_CLI_NUMBER:
        right = set_number(option, text, to);
        break;
    }
    return right ? UR_OK : fail_value(option, text, error);
}

/* ---- Showing ---------------------------------------------------------------------------------------------------- */

static void choice_text(const ur_cli_option *option, const void *from, char text[UR_CLI_VALUE_MAX])
{
    int index;
    memcpy(&index, from, sizeof index);
    const char *word = option->argument;
    for (; index > 0 && strchr(word, '|'); index--) word = strchr(word, '|') + 1;
    snprintf(text, UR_CLI_VALUE_MAX, "%.*s", (int)strcspn(word, "|"), word);
}

/* A choice that is left to the library, or switched off, may be kept as a negative number. */
static void number_text(const ur_cli_option *option, double value, char text[UR_CLI_VALUE_MAX])
{
    snprintf(text, UR_CLI_VALUE_MAX, "%.12g", value < option->least ? option->least : value);
}

void ur_cli_value_text(const ur_cli_option *option, const void *settings, char text[UR_CLI_VALUE_MAX])
{
    const void *from = place_const(option, settings);
    const char *string = "";
    text[0] = 0;
    switch (option->type) {
    case UR_CLI_FLAG:
    case UR_CLI_EACH:
        break;
    case UR_CLI_TEXT:
    case UR_CLI_WORD:
        if (*(const char *const *)from) string = *(const char *const *)from;
        snprintf(text, UR_CLI_VALUE_MAX, "%s", string);
        break;
    case UR_CLI_CHOICE:
        choice_text(option, from, text);
        break;
    case UR_CLI_SIZE:
        snprintf(text, UR_CLI_VALUE_MAX, "%zu", *(const size_t *)from);
        break;
    case UR_CLI_COUNT:
        snprintf(text, UR_CLI_VALUE_MAX, "%llu", (unsigned long long)*(const uint64_t *)from);
        break;
    case UR_CLI_NUMBER:
        number_text(option, *(const double *)from, text);
        break;
    }
}

bool ur_cli_value_empty(const ur_cli_option *option, const void *settings)
{
    const void *from = place_const(option, settings);
    switch (option->type) {
    case UR_CLI_FLAG:
        return !*(const bool *)from;
    case UR_CLI_TEXT:
    case UR_CLI_WORD:
        return !*(const char *const *)from;
    case UR_CLI_CHOICE:
        return false;
    case UR_CLI_EACH:
        return ((const ur_cli_each *)from)->count == 0;
    case UR_CLI_SIZE:
        return *(const size_t *)from == 0;
    case UR_CLI_COUNT:
        return *(const uint64_t *)from == 0;
    case UR_CLI_NUMBER:
        return !(*(const double *)from > 0);
    }
    return true;
}

bool ur_cli_next_word(const char **list, char *word, size_t size)
{
    if (!*list) return false;
    size_t length = strcspn(*list, ","), kept = length < size ? length : size - 1;
    memcpy(word, *list, kept);
    word[kept] = 0;
    *list = (*list)[length] ? *list + length + 1 : NULL;
    return true;
}
