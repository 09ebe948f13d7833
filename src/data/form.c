/* See form.h. The order of the checks: an idx file is known by its first bytes, recordings and tables by the endings of
 * their names, other texts by what all their first lines have in common. */
#include "data/form.h"

#include "base/file.h"
#include "data/folder.h"
#include "data/table/rows.h"

#include <stdio.h>
#include <string.h>

static const ur_form *const FORMS[] = {&ur_form_tsv,      &ur_form_csv,   &ur_form_lines,
                                       &ur_form_fasttext, &ur_form_trees, &ur_form_files,
                                       &ur_form_folders,  &ur_form_wav,   &ur_form_idx};

static void list_words(char *list, size_t size)
{
    for (size_t i = 0, at = 0; i < sizeof FORMS / sizeof *FORMS && at < size; i++)
        at += (size_t)snprintf(list + at, size - at, "%s%s", i ? ", " : "", FORMS[i]->word);
}

static ur_status find_word(const char *word, const ur_form **form, ur_error *error)
{
    for (size_t i = 0; i < sizeof FORMS / sizeof *FORMS; i++) {
        if (strcmp(FORMS[i]->word, word) != 0) continue;
        *form = FORMS[i];
        return UR_OK;
    }
    char words[128];
    list_words(words, sizeof words);
    return ur_fail(error, UR_ERR_USAGE, "unknown form of data %s; the forms are %s", word, words);
}

/* ---- The first lines of a text ----------------------------------------------------------------------------------- */

enum { LOOKED_AT = 200, FIRST_WORDS = 20 };

typedef struct lines_look {
    size_t lines, trees, fasttext, tabs, equal_tabs, blanks, numbers, words;
    char word[FIRST_WORDS + 1][32]; /* beginnings of the different first words */
} lines_look;

static size_t count_byte(const ur_row *row, char wanted)
{
    size_t count = 0;
    for (size_t i = 0; i < row->length; i++) count += row->text[i] == wanted;
    return count;
}

static void note_word(lines_look *look, const char *text, size_t length)
{
    char word[sizeof look->word[0]] = "";
    size_t i = 0;
    memcpy(word, text, length < sizeof word - 1 ? length : sizeof word - 1);
    while (i < look->words && strcmp(look->word[i], word) != 0) i++;
    if (i == look->words && i <= FIRST_WORDS) memcpy(look->word[look->words++], word, sizeof word);
}

static void look_at_line(lines_look *look, const ur_row *row)
{
    const char *blank = memchr(row->text, ' ', row->length);
    size_t tabs = count_byte(row, '\t'), first = blank ? (size_t)(blank - row->text) : row->length, digits = 0;
    while (digits < first && row->text[digits] >= '0' && row->text[digits] <= '9') digits++;
    if (look->lines == 0) look->tabs = tabs;
    look->lines++;
    look->equal_tabs += tabs > 0 && tabs == look->tabs;
    look->trees += row->length > 4 && row->text[0] == '(' && row->text[row->length - 1] == ')';
    look->fasttext += row->length > 9 && memcmp(row->text, "__label__", 9) == 0;
    look->blanks += blank != NULL;
    look->numbers += blank && digits > 0 && digits == first;
    note_word(look, row->text, first);
}

static ur_status look_at_lines(const ur_labelled *set, lines_look *look, ur_error *error)
{
    ur_rows rows;
    ur_row row;
    UR_TRY(ur_rows_open(&rows, &set->source, 0, (ur_dialect){0}, error));
    ur_status status = ur_rows_next(&rows, &row, error);
    while (status == UR_OK && row.text && look->lines < LOOKED_AT) {
        look_at_line(look, &row);
        status = ur_rows_next(&rows, &row, error);
    }
    ur_rows_close(&rows);
    return status;
}

static size_t count_columns(ur_dialect dialect, const ur_row *row)
{
    ur_field rest = {row->text, row->length};
    size_t columns = 0;
    for (bool more = true; more; columns++) ur_field_cut(dialect, &rest, &more);
    return columns;
}

/* True if there are at least two rows, all with the same number of columns, and that number is at least two. */
static ur_status look_for_columns(const ur_labelled *set, bool *found, ur_error *error)
{
    ur_dialect dialect;
    ur_rows rows;
    ur_row row;
    size_t count = 0, columns = 0;
    UR_TRY(ur_rows_find_dialect(&set->source, 0, &dialect, error));
    UR_TRY(ur_rows_open(&rows, &set->source, 0, dialect, error));
    ur_status status = ur_rows_next(&rows, &row, error);
    *found = true;
    for (; status == UR_OK && row.text && *found && count < LOOKED_AT; count++) {
        size_t here = count_columns(dialect, &row);
        *found = !row.torn && here > 1 && (count == 0 || here == columns);
        columns = here;
        status = ur_rows_next(&rows, &row, error);
    }
    ur_rows_close(&rows);
    *found = *found && count > 1;
    return status;
}

/* NULL if the form is unknown. If a file may be a class, the first words of its lines are not taken for
 * labels, but numbers are. */
static ur_status recognise_text(const ur_labelled *set, bool may_be_class, const ur_form **form, ur_error *error)
{
    lines_look look = {0};
    bool columns = false;
    UR_TRY(look_at_lines(set, &look, error));
    if (!may_be_class) UR_TRY(look_for_columns(set, &columns, error));
    size_t n = look.lines;
    *form = NULL;
    if (n == 0) return UR_OK;
    if (look.trees == n)
        *form = &ur_form_trees;
    else if (look.fasttext == n)
        *form = &ur_form_fasttext;
    else if (look.equal_tabs == n)
        *form = &ur_form_tsv;
    else if (look.numbers == n)
        *form = &ur_form_lines;
    else if (columns)
        *form = &ur_form_csv;
    else if (!may_be_class && look.blanks == n && look.words <= FIRST_WORDS && look.words * 2 <= n)
        *form = &ur_form_lines;
    return UR_OK;
}

/* ---- Files and folders ------------------------------------------------------------------------------------------- */

static const ur_form *find_by_ending(const char *ending, size_t length)
{
    if (ur_same_word(ending, length, ".tsv")) return &ur_form_tsv;
    if (ur_same_word(ending, length, ".csv")) return &ur_form_csv;
    if (ur_same_word(ending, length, ".wav")) return &ur_form_wav;
    return NULL;
}

static ur_status is_idx(const ur_labelled *set, bool *yes, ur_error *error)
{
    unsigned char magic[3] = {1};
    if (set->source.pieces[0].size >= sizeof magic) UR_TRY(ur_source_read(&set->source, 0, magic, sizeof magic, error));
    *yes = magic[0] == 0 && magic[1] == 0 && magic[2] >= 8 && magic[2] <= 14;
    return UR_OK;
}

/* Only pictures and recordings may come without labels. */
static ur_status check_media(const ur_labelled *set, ur_error *error)
{
    if (set->form && set->form->media) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: neither pictures (idx) nor recordings (WAV)",
                   ur_source_path(&set->source, 0));
}

static ur_status recognise_files(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    const char *name = ur_source_name(&set->source, 0), *ending;
    size_t stem = ur_source_stem(name, &ending);
    bool idx;
    UR_TRY(is_idx(set, &idx, error));
    set->form = idx ? &ur_form_idx : find_by_ending(ending, stem - (size_t)(ending - name));
    if (options->unlabelled) return check_media(set, error);
    if (!set->form) UR_TRY(recognise_text(set, false, &set->form, error));
    if (set->form) return UR_OK;
    const char *path = ur_source_path(&set->source, 0);
    if (!set->source.pieces[0].size) return ur_fail(error, UR_ERR_DATA, "%s: the file is empty", path);
    char words[128];
    list_words(words, sizeof words);
    return ur_fail(error, UR_ERR_DATA,
                   "%s: cannot tell which form of labelled examples this is; give `form`, one of %s", path, words);
}

static ur_status recognise_folder(ur_labelled *set, const ur_folder_looks *looks, const ur_labelled_options *options,
                                  ur_error *error)
{
    bool idx;
    UR_TRY(is_idx(set, &idx, error));
    set->form = idx ? &ur_form_idx : find_by_ending(looks->ending, strlen(looks->ending));
    if (options->unlabelled) return check_media(set, error);
    if (set->form) return UR_OK;
    if (!looks->nested && !options->label_from) UR_TRY(recognise_text(set, true, &set->form, error));
    if (!set->form) set->form = looks->nested || options->label_from ? &ur_form_folders : &ur_form_files;
    return UR_OK;
}

ur_status ur_form_find(ur_labelled *set, const char *const *paths, size_t count, const ur_labelled_options *options,
                       ur_error *error)
{
    ur_folder_looks looks = {.nested = false};
    bool folder = false;
    for (size_t i = 0; i < count; i++) folder = folder || ur_path_is_folder(paths[i]);
    if (folder && count > 1)
        return ur_fail(error, UR_ERR_USAGE, "%s and %zu more: give one folder, or files", paths[0], count - 1);
    if (options->form) UR_TRY(find_word(options->form, &set->form, error));
    if (folder) UR_TRY(ur_folder_keep(set, paths[0], &looks, error));
    UR_TRY(ur_source_settle(&set->source, error));
    if (set->form) return UR_OK;
    return folder ? recognise_folder(set, &looks, options, error) : recognise_files(set, options, error);
}
