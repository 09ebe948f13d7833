/* See captions.h. */
#include "data/pictures/captions.h"

#include "data/clips/columns.h"
#include "data/cursor.h"
#include "data/folder.h"
#include "data/form.h"
#include "data/normal_form.h"
#include "data/table/survey.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONE = UR_COLUMNS_MOST };

/* A table that is being read. It uses the reader of labelled examples, so that `set` holds its source and dialect. */
typedef struct table {
    ur_labelled set;
    ur_survey survey;
    size_t caption, file;
    bool normal_form;
    ur_normal_form form;
    char *plain; /* a value without its quotes */
    size_t room;
} table;

void ur_captions_close(ur_captions *c)
{
    if (!c) return;
    for (size_t i = 0; c->names && i < c->pictures; i++) free(c->names[i]);
    free(c->names);
    free(c->of_picture);
    free(c->first);
    free(c->row);
    free(c->text);
    free(c->path);
    free(c);
}

/* ---- Columns ----------------------------------------------------------------------------------------------------- */

static const char *const CAPTIONS[] = {"caption", "captions", "text", "sentence", "description", NULL};
static const char *const FILES[] = {"file", "filename", "file_name", "image", "picture", "path", "name", NULL};

static size_t find_named(const ur_survey *survey, const char *const *names)
{
    for (; *names; names++)
        if (ur_survey_named(survey, *names) != NONE) return ur_survey_named(survey, *names);
    return NONE;
}

/* The only column whose name begins with `begin`; NONE if there is none or more than one. *count: how
 * many there are. */
static size_t find_beginning(const ur_survey *survey, const char *begin, size_t *count)
{
    size_t found = NONE;
    *count = 0;
    for (size_t i = 0; i < survey->count; i++) {
        if (strlen(survey->columns[i].first) < strlen(begin) ||
            !ur_same_word(survey->columns[i].first, strlen(begin), begin))
            continue;
        found = i;
        ++*count;
    }
    return *count == 1 ? found : NONE;
}

static bool is_number(const char *column) { return column && column[strspn(column, "0123456789")] == 0; }

static bool guess_header(const table *t, const ur_captions_options *o)
{
    size_t captions;
    find_beginning(&t->survey, "caption", &captions);
    if (o->header) return *o->header == 'y';
    if ((o->caption_column && !is_number(o->caption_column)) || (o->file_column && !is_number(o->file_column)))
        return true;
    return captions > 0 || find_named(&t->survey, CAPTIONS) != NONE || find_named(&t->survey, FILES) != NONE;
}

static ur_status find_caption(table *t, const ur_captions_options *o, ur_error *error)
{
    size_t count;
    if (o->caption_column) return ur_survey_find(&t->survey, &t->set, o->caption_column, &t->caption, error);
    t->caption = t->survey.header ? find_named(&t->survey, CAPTIONS) : t->survey.count - 1;
    if (t->caption == NONE) t->caption = find_beginning(&t->survey, "caption", &count);
    if (t->caption == NONE && t->survey.count == 1) t->caption = 0;
    if (t->caption != NONE) return UR_OK;
    return ur_survey_fail(&t->survey, &t->set, "which column has the captions? say it with `caption-column`", error);
}

static ur_status find_file(table *t, const ur_captions_options *o, ur_error *error)
{
    t->file = NONE;
    if (!o->files) return UR_OK;
    if (o->file_column) return ur_survey_find(&t->survey, &t->set, o->file_column, &t->file, error);
    t->file = t->survey.header ? find_named(&t->survey, FILES) : t->caption ? 0 : 1;
    if (t->file < t->survey.count && t->file != t->caption) return UR_OK;
    return ur_survey_fail(&t->survey, &t->set, "which column names the picture files? say it with `file-column`",
                          error);
}

/* Reads TSV with quotes, or without quotes if they do not pair up in some row; in CSV they must pair up. */
static ur_status survey_table(table *t, const char *path, ur_error *error)
{
    const char *ending;
    size_t length = ur_source_stem(path, &ending) - (size_t)(ending - path);
    bool csv = ur_same_word(ending, length, ".csv");
    t->set.dialect = (ur_dialect){'\t', true};
    if (csv) UR_TRY(ur_rows_find_dialect(&t->set.source, 0, &t->set.dialect, error));
    UR_TRY(ur_survey_make(&t->survey, &t->set, error));
    if (!t->survey.torn) return UR_OK;
    if (csv)
        return ur_labelled_fail(&t->set, t->survey.torn_place, t->survey.torn_line, error, UR_ERR_FORMAT, UR_ROW_TORN);
    ur_survey_free(&t->survey);
    t->set.dialect.quotes = false;
    return ur_survey_make(&t->survey, &t->set, error);
}

/* ---- Rows -------------------------------------------------------------------------------------------------------- */

static ur_status grow(void **memory, size_t *room, size_t wanted, size_t size, ur_error *error)
{
    if (wanted <= *room) return UR_OK;
    size_t more = 2 * wanted + 256;
    void *grown = realloc(*memory, more * size);
    if (!grown) return ur_fail_memory(error, "the captions");
    *memory = grown;
    *room = more;
    return UR_OK;
}

/* Makes space for a row of `length` bytes. */
static ur_status make_room(ur_captions *c, table *t, size_t length, ur_error *error)
{
    void *row = c->row, *text = c->text, *plain = t->plain;
    ur_status status = grow(&row, &c->capacity, c->count + 1, sizeof *c->row, error);
    c->row = row;
    if (status == UR_OK) status = grow(&text, &c->room, c->used + 2 * length + 2, 1, error);
    c->text = text;
    if (status == UR_OK) status = grow(&plain, &t->room, length + 1, 1, error);
    t->plain = plain;
    return status;
}

/* Each run of white space becomes one space; white space at the ends is removed. */
static size_t put_text(ur_captions *c, ur_field text)
{
    size_t begin = c->used;
    bool blank = false;
    for (size_t i = 0; i < text.length; i++) {
        bool is_blank = text.text[i] == ' ' || (text.text[i] >= '\t' && text.text[i] <= '\r');
        if (!is_blank && blank && c->used > begin) c->text[c->used++] = ' ';
        if (!is_blank) c->text[c->used++] = text.text[i];
        blank = is_blank;
    }
    return c->used - begin;
}

static ur_status fail_row(const table *t, const ur_row *row, const char *what, ur_error *error)
{
    return ur_labelled_fail(&t->set, row->place, row->line, error, UR_ERR_DATA, "%s; take the row out", what);
}

static ur_status take_name(ur_captions *c, table *t, const ur_row *row, ur_field field, ur_error *error)
{
    ur_field name = ur_field_trim((ur_field){t->plain, ur_field_plain(t->set.dialect, field, t->plain)});
    if (!name.length) return fail_row(t, row, "a row without the name of a picture", error);
    memcpy(c->text + c->used, name.text, name.length); /* after the caption, where name_of finds it */
    c->used += name.length;
    c->text[c->used++] = 0;
    return UR_OK;
}

static ur_status normalise(table *t, const ur_row *row, ur_field *text, ur_error *error)
{
    ur_error why = {0};
    ur_status status = ur_normalise(&t->form, text, &why);
    return status == UR_OK ? UR_OK : ur_labelled_fail(&t->set, row->place, row->line, error, status, "%s", why.text);
}

static ur_status take_row(ur_captions *c, table *t, const ur_row *row, ur_error *error)
{
    ur_field rest = {row->text, row->length}, field, caption = {"", 0}, file = {"", 0};
    size_t column = 0;
    UR_TRY(make_room(c, t, row->length, error));
    for (bool more = true; more; column++) {
        field = ur_field_cut(t->set.dialect, &rest, &more);
        if (column == t->caption) caption = field;
        if (column == t->file) file = field;
    }
    ur_field plain = {t->plain, ur_field_plain(t->set.dialect, caption, t->plain)};
    if (t->normal_form) UR_TRY(normalise(t, row, &plain, error));
    /* the normal form may be longer */
    if (plain.text != t->plain) UR_TRY(make_room(c, t, row->length + plain.length, error));
    ur_caption *to = &c->row[c->count];
    *to = (ur_caption){.begin = c->used, .picture = (uint32_t)c->count, .line = (uint32_t)row->line};
    to->length = put_text(c, plain);
    if (!to->length) return fail_row(t, row, "a picture without a caption", error);
    if (c->count == UINT32_MAX) return fail_row(t, row, "too many captions", error);
    c->count++;
    return t->file < NONE ? take_name(c, t, row, file, error) : UR_OK;
}

static ur_status take_rows(ur_captions *c, table *t, ur_rows *rows, ur_error *error)
{
    ur_row row;
    for (bool first = true;; first = false) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        if (!(first && t->survey.header)) UR_TRY(take_row(c, t, &row, error));
    }
}

/* ---- Pictures ---------------------------------------------------------------------------------------------------- */

typedef struct named {
    const char *name;
    size_t row;
} named;

static int by_name(const void *a, const void *b)
{
    const named *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

/* The name that is stored after a row's caption. */
static const char *name_of(const ur_captions *c, size_t i) { return ur_caption_text_of(c, i) + c->row[i].length; }

/* Numbers the different names in sorted order. */
static ur_status number_names(ur_captions *c, named *all, ur_error *error)
{
    for (size_t i = 0; i < c->count; i++) all[i] = (named){name_of(c, i), i};
    qsort(all, c->count, sizeof *all, by_name);
    for (size_t i = 0; i < c->count; i++) {
        bool same = i && strcmp(all[i].name, all[i - 1].name) == 0;
        if (!same && !(c->names[c->pictures++] = strdup(all[i].name)))
            return ur_fail_memory(error, "the names of the pictures");
        c->row[all[i].row].picture = (uint32_t)c->pictures - 1;
    }
    return UR_OK;
}

/* Orders the rows by picture, with a counting sort. */
static ur_status sort_rows(ur_captions *c, ur_error *error)
{
    c->of_picture = calloc(c->count + 1, sizeof *c->of_picture);
    c->first = calloc(c->pictures + 2, sizeof *c->first);
    if (!c->of_picture || !c->first) return ur_fail_memory(error, "the captions");
    for (size_t i = 0; i < c->count; i++) c->first[c->row[i].picture + 2]++;
    for (size_t i = 2; i < c->pictures + 2; i++) c->first[i] += c->first[i - 1];
    for (size_t i = 0; i < c->count; i++) c->of_picture[c->first[c->row[i].picture + 1]++] = (uint32_t)i;
    return UR_OK;
}

static ur_status find_pictures(ur_captions *c, bool files, ur_error *error)
{
    if (!files) c->pictures = c->count;
    if (!files) return UR_OK;
    named *all = calloc(c->count + 1, sizeof *all);
    c->names = calloc(c->count + 1, sizeof *c->names);
    ur_status status =
        all && c->names ? number_names(c, all, error) : ur_fail_memory(error, "the names of the pictures");
    free(all);
    return status;
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

static void describe(ur_captions *c, const table *t)
{
    char column[48];
    if (t->survey.header) snprintf(column, sizeof column, "%.40s", t->survey.columns[t->caption].first);
    if (!t->survey.header) snprintf(column, sizeof column, "%zu", t->caption + 1);
    snprintf(c->found, sizeof c->found, "%zu caption%s in column %s", c->count, c->count == 1 ? "" : "s", column);
}

static ur_status read_table(ur_captions *c, table *t, const ur_captions_options *o, ur_error *error)
{
    ur_rows rows;
    UR_TRY(survey_table(t, c->path, error));
    if (!t->survey.count) return ur_fail(error, UR_ERR_DATA, "%s: no captions in it", c->path);
    t->survey.header = guess_header(t, o);
    UR_TRY(find_caption(t, o, error));
    UR_TRY(find_file(t, o, error));
    UR_TRY(ur_rows_open(&rows, &t->set.source, 0, t->set.dialect, error));
    rows.hash = &c->hash;
    ur_status status = take_rows(c, t, &rows, error);
    ur_rows_close(&rows);
    if (status != UR_OK) return status;
    describe(c, t);
    if (!c->count) return ur_fail(error, UR_ERR_DATA, "%s: no captions in it", c->path);
    UR_TRY(find_pictures(c, o->files, error));
    return sort_rows(c, error);
}

static ur_status open_table(ur_captions *c, table *t, const ur_captions_options *o, ur_error *error)
{
    const char *path = c->path;
    if (o->header && strcmp(o->header, "yes") != 0 && strcmp(o->header, "no") != 0)
        return ur_fail(error, UR_ERR_USAGE, "`header` %s: give yes or no", o->header);
    UR_TRY(ur_source_open(&t->set.source, &path, 1, o->watcher, error));
    if (t->set.source.list.count != 1)
        return ur_fail(error, UR_ERR_USAGE, "%s: give one table of captions, and the pictures with `images`", path);
    UR_TRY(ur_source_settle(&t->set.source, error));
    return read_table(c, t, o, error);
}

ur_status ur_captions_open(ur_captions **captions, const char *path, const ur_captions_options *options,
                           ur_error *error)
{
    ur_captions *c = *captions = calloc(1, sizeof *c);
    table t = {.normal_form = options->normal_form, .set = {.form = &ur_form_tsv, .source.temporary = -1}};
    if (!c) return ur_fail_memory(error, "the captions");
    c->hash = UR_HASH_START;
    c->path = strdup(path);
    ur_status status = c->path ? open_table(c, &t, options, error) : ur_fail_memory(error, "the captions");
    ur_survey_free(&t.survey);
    ur_source_close(&t.set.source);
    ur_normal_form_free(&t.form);
    free(t.plain);
    if (status == UR_OK) return UR_OK;
    ur_captions_close(c);
    *captions = NULL;
    return status;
}
