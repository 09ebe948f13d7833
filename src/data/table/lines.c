/* One example per line: "label text", "__label__x text", or one file per class. */
#include "data/cursor.h"
#include "data/form.h"
#include "data/table/rows.h"

#include <stdio.h>
#include <string.h>

static ur_status add_line(ur_labelled *set, const ur_labelled_options *options, const ur_row *row, ur_field label,
                          ur_field text, ur_error *error)
{
    const ur_finding finding = {.place = row->place + (uint64_t)(text.text - row->text),
                                .length = text.length,
                                .label = label.text,
                                .label_length = label.length,
                                .hash = ur_hash_bytes(UR_HASH_START, (const unsigned char *)text.text, text.length),
                                .line = row->line};
    if (ur_is_blank(text.text, text.length))
        return ur_labelled_fail(set, row->place, row->line, error, UR_ERR_DATA,
                                "an example without text; take the line out");
    return ur_labelled_add(set, options, &finding, error);
}

/* Takes a row. `label` is the label of its file, or empty. */
typedef ur_status take_row(ur_labelled *set, const ur_labelled_options *options, const ur_row *row, ur_field label,
                           ur_error *error);

static ur_status take_rows(ur_labelled *set, const ur_labelled_options *options, ur_rows *rows, ur_field label,
                           take_row *take, ur_error *error)
{
    ur_row row;
    for (;;) {
        UR_TRY(ur_rows_next(rows, &row, error));
        if (!row.text) return UR_OK;
        UR_TRY(take(set, options, &row, label, error));
    }
}

static ur_status take_file(ur_labelled *set, const ur_labelled_options *options, size_t file, ur_field label,
                           take_row *take, ur_error *error)
{
    ur_rows rows;
    UR_TRY(ur_rows_open(&rows, &set->source, file, (ur_dialect){0}, error));
    rows.hash = &set->hash;
    ur_status status = take_rows(set, options, &rows, label, take, error);
    ur_rows_close(&rows);
    return status;
}

/* ---- Lines that begin with a label ------------------------------------------------------------------------------- */

static ur_status take_labelled(ur_labelled *set, const ur_labelled_options *options, const ur_row *row, ur_field label,
                               ur_error *error)
{
    size_t at = 0;
    (void)label;
    while (at < row->length && row->text[at] != ' ' && row->text[at] != '\t') at++;
    ur_field text = {row->text + at, row->length - at};
    if (text.length > 0) text = (ur_field){text.text + 1, text.length - 1};
    return add_line(set, options, row, (ur_field){row->text, at}, text, error);
}

static const char PREFIX[] = "__label__";
enum { PREFIX_LENGTH = sizeof PREFIX - 1 };

static bool begins_label(ur_field field)
{
    return field.length > PREFIX_LENGTH && memcmp(field.text, PREFIX, PREFIX_LENGTH) == 0;
}

static ur_status take_fasttext(ur_labelled *set, const ur_labelled_options *options, const ur_row *row, ur_field label,
                               ur_error *error)
{
    ur_field all = ur_field_trim((ur_field){row->text, row->length}), rest;
    if (!begins_label(all))
        return ur_labelled_fail(set, row->place, row->line, error, UR_ERR_FORMAT, "the line does not begin with %s",
                                PREFIX);
    size_t at = 0;
    while (at < all.length && all.text[at] != ' ' && all.text[at] != '\t') at++;
    label = (ur_field){all.text + PREFIX_LENGTH, at - PREFIX_LENGTH};
    rest = ur_field_trim((ur_field){all.text + at, all.length - at});
    if (begins_label(rest))
        return ur_labelled_fail(set, row->place, row->line, error, UR_ERR_DATA,
                                "two labels; an example belongs to one class");
    return add_line(set, options, row, label, rest, error);
}

static ur_status find_lines(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    for (size_t file = 0; file < set->source.list.count; file++)
        UR_TRY(take_file(set, options, file, (ur_field){"", 0}, take_labelled, error));
    snprintf(set->found, sizeof set->found, "lines, a label and a text in each");
    return UR_OK;
}

static ur_status find_fasttext(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    for (size_t file = 0; file < set->source.list.count; file++)
        UR_TRY(take_file(set, options, file, (ur_field){"", 0}, take_fasttext, error));
    snprintf(set->found, sizeof set->found, "lines that begin with __label__");
    return UR_OK;
}

/* ---- One file per class ------------------------------------------------------------------------------------------ */

static ur_status take_whole(ur_labelled *set, const ur_labelled_options *options, const ur_row *row, ur_field label,
                            ur_error *error)
{
    if (ur_is_blank(row->text, row->length)) return UR_OK;
    return add_line(set, options, row, label, (ur_field){row->text, row->length}, error);
}

static ur_status find_files(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    for (size_t file = 0; file < set->source.list.count; file++) {
        const char *name = ur_source_name(&set->source, file), *ending;
        ur_source_stem(name, &ending);
        size_t before = set->count;
        UR_TRY(take_file(set, options, file, (ur_field){name, (size_t)(ending - name)}, take_whole, error));
        if (set->count == before)
            return ur_fail(error, UR_ERR_DATA, "%s: a class without examples; remove the file",
                           ur_source_path(&set->source, file));
    }
    snprintf(set->found, sizeof set->found, "a file for each class, a line an example");
    return UR_OK;
}

const ur_form ur_form_lines = {"lines", find_lines, ur_labelled_plain, "line", false};
const ur_form ur_form_fasttext = {"fasttext", find_fasttext, ur_labelled_plain, "line", false};
const ur_form ur_form_files = {"files", find_files, ur_labelled_plain, "line", false};
