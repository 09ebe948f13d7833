/* Which columns of a table hold the texts and the labels, and whether its first row names them. Column names decide
 * first, then the counts: labels have few different values, texts are long and varied. */
#include "base/number.h"
#include "data/folder.h"
#include "data/table/survey.h"

#include <stdio.h>
#include <string.h>

enum { NONE = UR_COLUMNS_MOST };

static bool is_called(const ur_column *column, const char *name)
{
    return ur_same_word(column->first, strlen(column->first), name);
}

size_t ur_survey_named(const ur_survey *survey, const char *name)
{
    for (size_t i = 0; i < survey->count; i++)
        if (is_called(&survey->columns[i], name)) return i;
    return NONE;
}

/* Writes "1 id, 2 document, 3 label (2 values)", with as many columns as fit. */
static void list_columns(const ur_survey *survey, char *list, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < survey->count && at + 64 < size; i++) {
        const ur_column *column = &survey->columns[i];
        at += (size_t)snprintf(list + at, size - at, "%s%zu", i ? ", " : "", i + 1);
        if (survey->header) at += (size_t)snprintf(list + at, size - at, " %.20s", column->first);
        if (column->distinct <= UR_COLUMN_VALUES)
            at += (size_t)snprintf(list + at, size - at, " (%zu value%s)", column->distinct,
                                   column->distinct == 1 ? "" : "s");
    }
}

static ur_status fail_columns(const ur_survey *survey, const ur_labelled *set, ur_error *error, const char *what,
                              const char *which)
{
    char list[320] = "";
    list_columns(survey, list, sizeof list);
    return ur_fail(error, UR_ERR_USAGE, "%s: %s%s; the columns are: %s", ur_source_path(&set->source, 0), what, which,
                   list);
}

ur_status ur_survey_fail(const ur_survey *survey, const ur_labelled *set, const char *what, ur_error *error)
{
    return fail_columns(survey, set, error, what, "");
}

ur_status ur_survey_find(const ur_survey *survey, const ur_labelled *set, const char *asked, size_t *column,
                         ur_error *error)
{
    uint64_t number;
    *column = NONE;
    if (survey->header) *column = ur_survey_named(survey, asked);
    if (*column == NONE && ur_read_whole(asked, &number) && number >= 1 && number <= survey->count)
        *column = (size_t)number - 1;
    return *column == NONE ? fail_columns(survey, set, error, "there is no column ", asked) : UR_OK;
}

/* ---- Guessing ---------------------------------------------------------------------------------------------------- */

static size_t find_named(const ur_survey *survey, const char *const *names, size_t count, size_t other)
{
    for (size_t i = 0; i < count; i++) {
        size_t found = ur_survey_named(survey, names[i]);
        if (found != NONE && found != other) return found;
    }
    return NONE;
}

/* The column that contains labels of the training most often. */
static size_t find_known(const ur_survey *survey, size_t text)
{
    size_t best = NONE;
    uint64_t most = 0;
    for (size_t i = 0; i < survey->count; i++) {
        uint64_t known = survey->columns[i].known + survey->columns[i].first_known;
        if (i == text || known <= most) continue;
        most = known;
        best = i;
    }
    return best;
}

enum { FEW = 20 }; /* with at most this many different values, any column may be labels */

/* More different values are labels only if they are words that occur again; numbers would be ages or prices. */
static bool may_be_label(const ur_survey *survey, const ur_column *column)
{
    size_t values = column->distinct;
    return values <= FEW ||
           (values <= UR_COLUMN_VALUES && column->numbers < survey->rows && values <= (survey->rows + 1) / 2);
}

/* The column with the fewest different values, but with at least two if there is such a column; the last
 * one of equals. */
static size_t guess_label(const ur_survey *survey, size_t text)
{
    static const char *const NAMES[] = {"label", "class"};
    size_t best = find_known(survey, text);
    if (best == NONE) best = find_named(survey, NAMES, sizeof NAMES / sizeof *NAMES, text);
    if (best != NONE) return best;
    for (size_t i = 0; i < survey->count; i++) {
        size_t values = survey->columns[i].distinct;
        if (i == text || !may_be_label(survey, &survey->columns[i])) continue;
        size_t least = best == NONE ? 0 : survey->columns[best].distinct;
        if (best == NONE || least < 2 || (values >= 2 && values <= least)) best = i;
    }
    return best;
}

/* The column with the most text: the bytes of all values times the number of different values. Numbers
 * count as no text. */
static size_t guess_text(const ur_survey *survey, size_t label)
{
    static const char *const NAMES[] = {"text", "sentence"};
    size_t best = find_named(survey, NAMES, sizeof NAMES / sizeof *NAMES, label);
    double most = -1;
    if (best != NONE) return best;
    for (size_t i = 0; i < survey->count; i++) {
        const ur_column *column = &survey->columns[i];
        bool numbers = survey->rows > 0 && column->numbers == survey->rows;
        double worth = numbers ? 0 : ((double)column->bytes + 1) * (double)(column->distinct + 1);
        if (survey->rows == 0) worth = (double)strlen(column->first);
        if (i == label || worth <= most) continue;
        most = worth;
        best = i;
    }
    return best;
}

/* The first row is a header if its value in the label column (NONE: there is none) is not a label, and if all its
 * values are different, not too long, and neither numbers nor empty. */
static bool guess_header(const ur_survey *survey, size_t label)
{
    double value;
    const ur_column *column = label == NONE ? NULL : &survey->columns[label];
    if (survey->rows == 0 || (column && (column->first_again || column->first_known))) return false;
    for (size_t i = 0; i < survey->count; i++) {
        const char *first = survey->columns[i].first;
        if (!*first || strlen(first) > 64 || ur_read_number(first, &value)) return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(survey->columns[j].first, first) == 0) return false;
    }
    return true;
}

static bool is_name(const char *column)
{
    uint64_t number;
    return column && !ur_read_whole(column, &number);
}

static ur_status decide_header(ur_survey *survey, const ur_labelled_options *options, ur_error *error)
{
    const char *said = options->header;
    if (said && strcmp(said, "yes") != 0 && strcmp(said, "no") != 0)
        return ur_fail(error, UR_ERR_USAGE, "`header` %s: give yes or no", said);
    size_t known = find_known(survey, NONE), text = guess_text(survey, known), label = guess_label(survey, text);
    survey->header =
        said ? said[0] == 'y'
             : is_name(options->label_column) || is_name(options->text_column) || guess_header(survey, label);
    return UR_OK;
}

ur_status ur_survey_choose(ur_survey *survey, const ur_labelled *set, const ur_labelled_options *options,
                           ur_error *error)
{
    if (survey->count == 1)
        return ur_fail(error, UR_ERR_DATA, "%s: only one column; an example needs a text and a label",
                       ur_source_path(&set->source, 0));
    UR_TRY(decide_header(survey, options, error));
    survey->text = survey->label = NONE;
    if (options->label_column) UR_TRY(ur_survey_find(survey, set, options->label_column, &survey->label, error));
    if (options->text_column) UR_TRY(ur_survey_find(survey, set, options->text_column, &survey->text, error));
    if (survey->text == survey->label && survey->text != NONE)
        return fail_columns(survey, set, error, "text and label are the same column ", options->text_column);
    if (survey->label == NONE && survey->text == NONE) {
        size_t text = guess_text(survey, find_known(survey, NONE));
        survey->label = guess_label(survey, text);
    }
    if (survey->label == NONE) survey->label = guess_label(survey, survey->text);
    if (survey->text == NONE) survey->text = guess_text(survey, survey->label);
    if (survey->label == NONE)
        return fail_columns(survey, set, error,
                            "no column looks like labels, which are few; say it with `label-column`", "");
    return UR_OK;
}
