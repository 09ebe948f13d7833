/* See columns.h. */
#include "data/clips/columns.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void ur_columns_free(ur_columns *c)
{
    for (size_t i = 0; c->name && i < c->features; i++) free(c->name[i]);
    free(c->name);
    free(c->role);
    *c = (ur_columns){.role = NULL};
}

/* ---- Fields ------------------------------------------------------------------------------------------------------ */

static ur_field cut_field(ur_dialect dialect, ur_field *rest, bool *more)
{
    return ur_field_trim(ur_field_inside(dialect, ur_field_trim(ur_field_cut(dialect, rest, more))));
}

static bool read_number(ur_field field, double *value)
{
    char text[64];
    if (field.length == 0 || field.length >= sizeof text) return false;
    memcpy(text, field.text, field.length);
    text[field.length] = 0;
    return ur_read_number(text, value);
}

static bool is_number(ur_field field)
{
    double value;
    return read_number(field, &value);
}

static bool is_text(ur_field field, const char *text)
{
    return strlen(text) == field.length && strncasecmp(field.text, text, field.length) == 0;
}

static bool is_one_of(ur_field field, const char *const *words)
{
    while (*words && !is_text(field, *words)) words++;
    return *words != NULL;
}

/* Whether `field` is among names separated by commas. */
static bool is_listed(ur_field field, const char *list)
{
    ur_field rest = {list ? list : "", list ? strlen(list) : 0};
    bool more = rest.length > 0;
    while (more) {
        ur_field name = ur_field_trim(ur_field_cut((ur_dialect){',', false}, &rest, &more));
        if (name.length == field.length && memcmp(name.text, field.text, name.length) == 0) return true;
    }
    return false;
}

/* ---- Roles ------------------------------------------------------------------------------------------------------- */

typedef struct finding {
    ur_columns *columns;
    const ur_columns_wanted *wanted;
    /* fields of the two rows; `second` is NULL if the second row is missing or has another number of fields */
    ur_field *first, *second;
    bool header;
    size_t label; /* its column; SIZE_MAX if there is none */
} finding;

static ur_status cut_row(ur_dialect dialect, ur_field row, ur_field *fields, size_t *count, ur_error *error)
{
    bool more = true;
    for (*count = 0; more; ++*count) {
        if (*count == UR_COLUMNS_MAX) return ur_fail(error, UR_ERR_DATA, "more than %d columns", UR_COLUMNS_MAX);
        fields[*count] = cut_field(dialect, &row, &more);
    }
    return UR_OK;
}

static ur_status name_label(finding *f, ur_error *error)
{
    uint64_t number;
    const char *label = f->wanted->label;
    for (size_t i = 0; i < f->columns->count; i++)
        if (f->header && is_text(f->first[i], label)) f->label = i;
    if (f->label != SIZE_MAX) return UR_OK;
    if (ur_read_whole(label, &number) && number >= 1 && number <= f->columns->count) {
        f->label = (size_t)number - 1;
        return UR_OK;
    }
    return ur_fail(error, UR_ERR_USAGE, "`label-column` %.60s: no such column among %zu", label, f->columns->count);
}

/* Whether the training reads this column as a feature; then it is no label. */
static bool is_read(const finding *f, size_t column)
{
    for (size_t k = 0; f->header && k < f->wanted->features; k++)
        if (is_text(f->first[column], f->wanted->feature[k])) return true;
    return false;
}

/* Guesses the label column by its name, or else takes the last column whose fields are no numbers. */
static void guess_label(finding *f)
{
    static const char *const words[] = {"label", "class", "phase", "target", NULL};
    for (size_t i = 0; i < f->columns->count; i++)
        if (f->header && is_one_of(f->first[i], words)) f->label = i;
    if (f->label != SIZE_MAX) return;
    const ur_field *row = f->second ? f->second : f->first;
    for (size_t i = 0; i < f->columns->count; i++)
        if (row[i].length && !is_number(row[i]) && !is_read(f, i)) f->label = i;
}

/* The first row names the columns if one of its fields is no number but the field below is. (The caller checks in
 * addition whether the label of the first row occurs again.) */
static void guess_header(finding *f)
{
    if (f->wanted->header) {
        f->header = strcmp(f->wanted->header, "yes") == 0;
        return;
    }
    for (size_t i = 0; f->second && i < f->columns->count; i++)
        if (!is_number(f->first[i]) && is_number(f->second[i])) f->header = true;
}

static bool is_ignored(const finding *f, size_t column)
{
    static const char *const times[] = {"timestamp", "time", "date", NULL};
    char number[24];
    snprintf(number, sizeof number, "%zu", column + 1);
    if (f->header && !f->wanted->ignore && is_one_of(f->first[column], times)) return true;
    return f->header ? is_listed(f->first[column], f->wanted->ignore)
                     : is_listed((ur_field){number, strlen(number)}, f->wanted->ignore);
}

static ur_status add_feature(finding *f, size_t column, ur_error *error)
{
    ur_columns *c = f->columns;
    char number[24];
    int size = snprintf(number, sizeof number, "%zu", column + 1);
    ur_field name = f->header ? f->first[column] : (ur_field){number, (size_t)size};
    c->role[column] = (int32_t)c->features;
    c->name[c->features] = strndup(name.text, name.length);
    return c->name[c->features++] ? UR_OK : ur_fail_memory(error, "the columns");
}

/* Takes the features that the training had: by name, in any order of columns, or without a header by number. */
static ur_status follow_training(finding *f, ur_error *error)
{
    const ur_columns_wanted *w = f->wanted;
    ur_columns *c = f->columns;
    for (size_t k = 0; k < w->features; k++) {
        size_t at = 0;
        while (f->header && at < c->count && !(is_text(f->first[at], w->feature[k]) && at != f->label)) at++;
        if (!f->header) at = k + (k >= f->label);
        if (at >= c->count)
            return ur_fail(error, UR_ERR_DATA, "the model reads a column %.60s, which is missing", w->feature[k]);
        UR_TRY(add_feature(f, at, error));
    }
    if (f->header || c->features + (f->label != SIZE_MAX) == c->count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%zu columns; the model reads %zu%s", c->count, w->features,
                   f->label == SIZE_MAX ? "" : " and a label");
}

static ur_status set_roles(finding *f, ur_error *error)
{
    ur_columns *c = f->columns;
    for (size_t i = 0; i < c->count; i++) c->role[i] = i == f->label ? UR_COLUMN_LABEL : UR_COLUMN_IGNORED;
    c->labelled = f->label != SIZE_MAX;
    if (f->wanted->feature) return follow_training(f, error);
    for (size_t i = 0; i < c->count; i++)
        if (i != f->label && !is_ignored(f, i)) UR_TRY(add_feature(f, i, error));
    return c->features ? UR_OK : ur_fail(error, UR_ERR_DATA, "no column of numbers");
}

static ur_status find_roles(finding *f, ur_error *error)
{
    ur_columns *c = f->columns;
    guess_header(f);
    if (f->wanted->label)
        UR_TRY(name_label(f, error));
    else
        guess_label(f);
    c->role = calloc(c->count, sizeof *c->role);
    c->name = calloc(c->count + f->wanted->features, sizeof *c->name);
    if (!c->role || !c->name) return ur_fail_memory(error, "the columns");
    return set_roles(f, error);
}

ur_status ur_columns_find(ur_columns *c, ur_field first, ur_field second, const ur_columns_wanted *wanted, bool *header,
                          ur_error *error)
{
    size_t below = 0;
    ur_field *fields = calloc(2 * UR_COLUMNS_MAX, sizeof *fields);
    *c = (ur_columns){.dialect = ur_field_dialect(first)};
    finding f = {.columns = c, .wanted = wanted, .first = fields, .label = SIZE_MAX};
    ur_status status = fields ? cut_row(c->dialect, first, fields, &c->count, error) : ur_fail_memory(error, "a row");
    if (status == UR_OK && second.length) status = cut_row(c->dialect, second, fields + UR_COLUMNS_MAX, &below, error);
    if (fields && below == c->count) f.second = fields + UR_COLUMNS_MAX;
    if (status == UR_OK) status = find_roles(&f, error);
    *header = f.header;
    free(fields);
    return status;
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static ur_status read_feature(const ur_columns *c, size_t feature, size_t column, ur_field field, float *value,
                              ur_error *error)
{
    double number;
    bool read = read_number(field, &number) && isfinite((float)number);
    if (read) *value = (float)number;
    if (read) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "column %zu (%.40s): \"%.*s\" is not a finite number", column + 1,
                   c->name[feature], field.length < 40 ? (int)field.length : 40, field.text);
}

ur_status ur_columns_read(const ur_columns *c, ur_field row, float *value, ur_field *label, ur_error *error)
{
    bool more = true;
    size_t column = 0;
    *label = (ur_field){"", 0};
    for (; more; column++) {
        ur_field field = cut_field(c->dialect, &row, &more);
        if (column >= c->count) continue;
        if (c->role[column] == UR_COLUMN_LABEL) *label = field;
        if (c->role[column] >= 0)
            UR_TRY(read_feature(c, (size_t)c->role[column], column, field, &value[c->role[column]], error));
    }
    if (column == c->count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%zu columns; the rows before have %zu", column, c->count);
}
