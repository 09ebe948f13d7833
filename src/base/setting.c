/* Values of settings: reading, writing and comparing. */
#include "base/setting.h"

#include "base/number.h"
#include "base/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(int) == sizeof(enum ur_setting_type), "a choice is stored as an int");

static void *place(const ur_setting *row, void *values) { return (char *)values + row->offset; }

static const void *place_const(const ur_setting *row, const void *values) { return (const char *)values + row->offset; }

const ur_setting *ur_setting_find(ur_setting_table table, const char *name, size_t length)
{
    for (size_t i = 0; i < table.count; i++)
        if (strlen(table.rows[i].name) == length && memcmp(table.rows[i].name, name, length) == 0)
            return &table.rows[i];
    return NULL;
}

/* ---- What is allowed --------------------------------------------------------------------------------------------- */

static double largest(const ur_setting *row)
{
    return row->type == UR_SETTING_NUMBER ? INFINITY : 18446744073709551615.0;
}

static void range_text(const ur_setting *row, const char *what, char text[UR_SETTING_VALUE_MAX])
{
    double most = row->most != 0 ? row->most : largest(row);
    char low[UR_NUMBER_MAX], high[UR_NUMBER_MAX];
    ur_write_number(row->least, low);
    ur_write_number(most, high);
    if (row->above && most < largest(row))
        snprintf(text, UR_SETTING_VALUE_MAX, "%s above %s, at most %s", what, low, high);
    else if (row->above)
        snprintf(text, UR_SETTING_VALUE_MAX, "%s above %s", what, low);
    else if (most < largest(row))
        snprintf(text, UR_SETTING_VALUE_MAX, "%s from %s to %s", what, low, high);
    else
        snprintf(text, UR_SETTING_VALUE_MAX, "%s, at least %s", what, low);
}

/* "a|b|c" as "a, b or c". */
static void words_text(const char *words, char text[UR_SETTING_VALUE_MAX])
{
    const char *last = strrchr(words, '|');
    size_t out = 0;
    for (const char *c = words; *c && out + 5 < UR_SETTING_VALUE_MAX; c++) {
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

void ur_setting_allowed(const ur_setting *row, char text[UR_SETTING_VALUE_MAX])
{
    switch (row->type) {
    case UR_SETTING_FLAG:
        snprintf(text, UR_SETTING_VALUE_MAX, "yes or no");
        break;
    case UR_SETTING_TEXT:
    case UR_SETTING_EACH:
        snprintf(text, UR_SETTING_VALUE_MAX, "%s", row->argument);
        break;
    case UR_SETTING_WORD:
    case UR_SETTING_CHOICE:
        words_text(row->argument, text);
        break;
    case UR_SETTING_SIZE:
    case UR_SETTING_COUNT:
        range_text(row, "a whole number", text);
        break;
    case UR_SETTING_NUMBER:
        range_text(row, "a number", text);
        break;
    }
}

static ur_status fail_value(const ur_setting *row, const char *text, ur_error *error)
{
    char allowed[UR_SETTING_VALUE_MAX];
    ur_setting_allowed(row, allowed);
    return ur_fail(error, UR_ERR_USAGE, "`%s`: '%.80s' is not allowed; give %s", row->name, text, allowed);
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

static bool in_range(const ur_setting *row, double value)
{
    bool low = row->above ? value <= row->least : value < row->least;
    return !low && (row->most == 0 || value <= row->most);
}

/* The index of `text` among the words "a|b|c", or −1. */
static int find_word(const char *words, const char *text)
{
    size_t length = strlen(text);
    for (int i = 0;; i++) {
        size_t width = strcspn(words, "|");
        if (width == length && memcmp(words, text, length) == 0) return i;
        if (!words[width]) return -1;
        words += width + 1;
    }
}

static bool set_flag(const char *text, bool *value)
{
    bool yes = strcmp(text, "yes") == 0;
    if (!yes && strcmp(text, "no") != 0) return false;
    *value = yes;
    return true;
}

static bool set_whole(const ur_setting *row, const char *text, void *to)
{
    uint64_t value;
    if (!ur_read_whole(text, &value) || !in_range(row, (double)value)) return false;
    if (row->type == UR_SETTING_COUNT) {
        *(uint64_t *)to = value;
        return true;
    }
    *(size_t *)to = (size_t)value;
    return value <= SIZE_MAX;
}

static bool set_number(const ur_setting *row, const char *text, double *to)
{
    double value;
    if (!ur_read_number(text, &value) || !in_range(row, value)) return false;
    *to = value;
    return true;
}

static bool set_word(const ur_setting *row, const char *text, void *to)
{
    int index = find_word(row->argument, text);
    if (index < 0) return false;
    if (row->type == UR_SETTING_WORD)
        *(const char **)to = text;
    else
        memcpy(to, &index, sizeof index);
    return true;
}

static ur_status add_text(const ur_setting *row, const char *text, ur_each *each, ur_error *error)
{
    if (each->count == UR_EACH_MOST)
        return ur_fail(error, UR_ERR_USAGE, "`%s` is given more than %d times", row->name, UR_EACH_MOST);
    each->text[each->count++] = text;
    return UR_OK;
}

ur_status ur_setting_set(const ur_setting *row, const char *text, void *values, ur_error *error)
{
    void *to = place(row, values);
    bool right = true;
    switch (row->type) {
    case UR_SETTING_FLAG:
        right = set_flag(text, to);
        break;
    case UR_SETTING_TEXT:
        if (row->decides && !ur_utf8_valid(text, strlen(text))) /* because it is recorded */
            return ur_fail(error, UR_ERR_USAGE, "`%s`: '%.80s' is not UTF-8", row->name, text);
        *(const char **)to = text;
        break;
    case UR_SETTING_EACH:
        return add_text(row, text, to, error);
    case UR_SETTING_WORD:
    case UR_SETTING_CHOICE:
        right = set_word(row, text, to);
        break;
    case UR_SETTING_SIZE:
    case UR_SETTING_COUNT:
        right = set_whole(row, text, to);
        break;
    case UR_SETTING_NUMBER:
        right = set_number(row, text, to);
        break;
    }
    return right ? UR_OK : fail_value(row, text, error);
}

void ur_setting_defaults(ur_setting_table table, void *values)
{
    for (size_t i = 0; i < table.count; i++) {
        const ur_setting *row = &table.rows[i];
        if (row->initial)
            ur_setting_set(row, row->initial, values, NULL);
        else if (row->type == UR_SETTING_NUMBER)
            *(double *)place(row, values) = NAN;
    }
}

/* ---- Showing ---------------------------------------------------------------------------------------------------- */

static void choice_text(const ur_setting *row, const void *from, char text[UR_SETTING_VALUE_MAX])
{
    int index;
    memcpy(&index, from, sizeof index);
    const char *word = row->argument;
    for (; index > 0 && strchr(word, '|'); index--) word = strchr(word, '|') + 1;
    snprintf(text, UR_SETTING_VALUE_MAX, "%.*s", (int)strcspn(word, "|"), word);
}

const char *ur_setting_string(const ur_setting *row, const void *values)
{
    bool string = row->type == UR_SETTING_TEXT || row->type == UR_SETTING_WORD;
    return string ? *(const char *const *)place_const(row, values) : NULL;
}

void ur_setting_text(const ur_setting *row, const void *values, char text[UR_SETTING_VALUE_MAX])
{
    const void *from = place_const(row, values);
    const char *string = ur_setting_string(row, values);
    text[0] = 0;
    switch (row->type) {
    case UR_SETTING_FLAG:
    case UR_SETTING_EACH:
        break;
    case UR_SETTING_TEXT:
    case UR_SETTING_WORD:
        snprintf(text, UR_SETTING_VALUE_MAX, "%s", string ? string : "");
        break;
    case UR_SETTING_CHOICE:
        choice_text(row, from, text);
        break;
    case UR_SETTING_SIZE:
        snprintf(text, UR_SETTING_VALUE_MAX, "%zu", *(const size_t *)from);
        break;
    case UR_SETTING_COUNT:
        snprintf(text, UR_SETTING_VALUE_MAX, "%llu", (unsigned long long)*(const uint64_t *)from);
        break;
    case UR_SETTING_NUMBER:
        if (!isnan(*(const double *)from)) ur_write_number(*(const double *)from, text);
        break;
    }
}

bool ur_setting_empty(const ur_setting *row, const void *values)
{
    const void *from = place_const(row, values);
    switch (row->type) {
    case UR_SETTING_FLAG:
        return !*(const bool *)from;
    case UR_SETTING_TEXT:
    case UR_SETTING_WORD:
        return !*(const char *const *)from;
    case UR_SETTING_CHOICE:
        return false;
    case UR_SETTING_EACH:
        return ((const ur_each *)from)->count == 0;
    case UR_SETTING_SIZE:
        return *(const size_t *)from == 0;
    case UR_SETTING_COUNT:
        return *(const uint64_t *)from == 0;
    case UR_SETTING_NUMBER:
        return !(*(const double *)from > 0);
    }
    return true;
}

static bool same_each(const ur_each *a, const ur_each *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) same = strcmp(a->text[i], b->text[i]) == 0;
    return same;
}

bool ur_setting_equal(const ur_setting *row, const void *a, const void *b)
{
    char x[UR_SETTING_VALUE_MAX], y[UR_SETTING_VALUE_MAX];
    if (row->type == UR_SETTING_FLAG) return ur_setting_empty(row, a) == ur_setting_empty(row, b);
    if (row->type == UR_SETTING_EACH) return same_each(place_const(row, a), place_const(row, b));
    if (row->type == UR_SETTING_TEXT || row->type == UR_SETTING_WORD) {
        const char *first = ur_setting_string(row, a), *second = ur_setting_string(row, b);
        return first && second ? strcmp(first, second) == 0 : first == second;
    }
    ur_setting_text(row, a, x);
    ur_setting_text(row, b, y);
    return strcmp(x, y) == 0;
}
