/* See settings.h, and section 5 of unroll_train.h. */
#include "base/number.h"
#include "train/net_text.h"
#include "train/task.h"

#include <stdlib.h>
#include <string.h>

/* ---- Rows --------------------------------------------------------------------------------------------------------- */

/* The task's rows come first, since readers look for them first. */
static const ur_setting *row_at(const ur_settings *s, size_t i)
{
    size_t own = s->task->settings->count;
    if (i < own) return &s->task->settings->rows[i];
    return i - own < ur_run_setting_table.count ? &ur_run_setting_table.rows[i - own] : NULL;
}

static size_t count_rows(const ur_settings *s) { return s->task->settings->count + ur_run_setting_table.count; }

/* The struct that holds the value of row i. */
static const void *values_at(const ur_settings *s, size_t i)
{
    return i < s->task->settings->count ? s->own : (const void *)&s->run;
}

static void *values_to_write(ur_settings *s, size_t i)
{
    return i < s->task->settings->count ? s->own : (void *)&s->run;
}

/* The index of a row; count_rows if there is none. */
static size_t find_row(const ur_settings *s, const char *name, size_t length)
{
    size_t i = 0;
    while (i < count_rows(s) && (strlen(row_at(s, i)->name) != length || memcmp(row_at(s, i)->name, name, length) != 0))
        i++;
    return i;
}

const ur_setting *ur_settings_row(const ur_settings *s, size_t i) { return row_at(s, i); }
const void *ur_settings_values(const ur_settings *s, size_t i) { return values_at(s, i); }

bool ur_settings_given(const ur_settings *s, const char *name)
{
    size_t i = find_row(s, name, strlen(name));
    return i < count_rows(s) && s->given[i] == UR_GIVEN_BY_CALLER;
}

/* ---- Texts -------------------------------------------------------------------------------------------------------- */

const char *ur_settings_keep(ur_settings *s, const char *text)
{
    size_t size = strlen(text) + 1;
    ur_kept_text *kept = malloc(sizeof *kept + size);
    if (!kept) return NULL;
    kept->before = s->texts;
    s->texts = kept;
    return memcpy(kept->text, text, size);
}

static ur_status keep_string(ur_settings *s, const char **text, ur_error *error)
{
    if (!*text) return UR_OK;
    *text = ur_settings_keep(s, *text);
    return *text ? UR_OK : ur_fail_memory(error, "the settings");
}

/* Replaces strings that other settings own by copies that these settings own. */
static ur_status keep_strings(ur_settings *s, ur_error *error)
{
    for (size_t i = 0; i < count_rows(s); i++) {
        const ur_setting *row = row_at(s, i);
        void *place = (char *)values_to_write(s, i) + row->offset;
        ur_each *each = row->type == UR_SETTING_EACH ? place : NULL;
        if (row->type == UR_SETTING_TEXT || row->type == UR_SETTING_WORD) UR_TRY(keep_string(s, place, error));
        for (size_t k = 0; each && k < each->count; k++) UR_TRY(keep_string(s, &each->text[k], error));
    }
    return UR_OK;
}

/* ---- Making and freeing ------------------------------------------------------------------------------------------- */

void ur_settings_free(ur_settings *s)
{
    if (!s) return;
    while (s->texts) {
        ur_kept_text *before = s->texts->before;
        free(s->texts);
        s->texts = before;
    }
    free(s->data.text);
    free(s->given);
    free(s->own);
    free(s);
}

ur_status ur_run_defaults(const ur_task *task, ur_run_settings *run, ur_error *error)
{
    run->learning = ur_learning_default();
    ur_setting_defaults(ur_run_setting_table, run);
    for (const ur_own_default *own = task->defaults; own && own->name; own++) {
        const ur_setting *row = ur_setting_find(ur_run_setting_table, own->name, strlen(own->name));
        if (!row)
            return ur_fail(error, UR_ERR_USAGE, "task %s: \"%s\" of `defaults` is no setting of every training",
                           task->name, own->name);
        UR_TRY(ur_setting_set(row, own->value, run, error));
    }
    return UR_OK;
}

ur_status ur_settings_make(ur_settings **settings, const ur_task *task, ur_error *error)
{
    ur_settings *s = *settings = calloc(1, sizeof *s);
    if (!s) return ur_fail_memory(error, "the settings");
    s->task = task;
    s->own = calloc(1, task->settings_size + 1);
    s->given = calloc(count_rows(s), sizeof *s->given);
    ur_status status =
        s->own && s->given ? ur_run_defaults(task, &s->run, error) : ur_fail_memory(error, "the settings");
    if (status == UR_OK) ur_setting_defaults(*task->settings, s->own);
    if (status == UR_OK) return UR_OK;
    ur_settings_free(s);
    *settings = NULL;
    return status;
}

static ur_status copy(ur_settings *s, const ur_settings *from, ur_error *error)
{
    s->run = from->run;
    memcpy(s->own, from->own, s->task->settings_size);
    memcpy(s->given, from->given, count_rows(s) * sizeof *s->given);
    UR_TRY(keep_strings(s, error));
    for (size_t i = 0; i < from->data.count; i++) UR_TRY(ur_settings_add_data(s, from->data.text[i], error));
    return UR_OK;
}

ur_status ur_settings_copy(ur_settings **settings, const ur_settings *from, ur_error *error)
{
    UR_TRY(ur_settings_make(settings, from->task, error));
    ur_status status = copy(*settings, from, error);
    if (status == UR_OK) return UR_OK;
    ur_settings_free(*settings);
    *settings = NULL;
    return status;
}

ur_status ur_settings_add_data(ur_settings *s, const char *path, ur_error *error)
{
    const char **more = realloc(s->data.text, (s->data.count + 1) * sizeof *more);
    if (more) s->data.text = more;
    const char *kept = more ? ur_settings_keep(s, path) : NULL;
    if (!kept) return ur_fail_memory(error, "the names of the data");
    s->data.text[s->data.count++] = kept;
    return UR_OK;
}

/* ---- By name ------------------------------------------------------------------------------------------------------ */

static ur_status no_such_row(const ur_settings *s, const char *name, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "the task %s has no setting \"%.60s\"", s->task->name, name);
}

/* Who gave the value of row i, under this name or under another name of the same value. */
static ur_given given_by(const ur_settings *s, size_t i)
{
    ur_given by = s->given[i];
    const void *values = values_at(s, i);
    for (size_t k = 0; k < count_rows(s); k++)
        if (values_at(s, k) == values && row_at(s, k)->offset == row_at(s, i)->offset && s->given[k] > by)
            by = s->given[k];
    return by;
}

static ur_status set_row(ur_settings *s, const char *name, const char *value, ur_given by, ur_error *error)
{
    size_t i = find_row(s, name, strlen(name));
    if (i == count_rows(s)) return no_such_row(s, name, error);
    if (by < given_by(s, i)) return UR_OK;
    const char *kept = ur_settings_keep(s, value);
    if (!kept) return ur_fail_memory(error, "the settings");
    UR_TRY(ur_setting_set(row_at(s, i), kept, values_to_write(s, i), error));
    s->given[i] = by;
    return UR_OK;
}

ur_status ur_settings_set(ur_settings *s, const char *name, const char *value, ur_error *error)
{
    return set_row(s, name, value, UR_GIVEN_BY_CALLER, error);
}

ur_status ur_settings_prefer(ur_settings *s, const char *name, const char *value, ur_error *error)
{
    return set_row(s, name, value, UR_GIVEN_OPEN, error);
}

ur_status ur_settings_prefer_number(ur_settings *s, const char *name, double value, ur_error *error)
{
    char text[UR_NUMBER_MAX];
    ur_write_number(value, text);
    return ur_settings_prefer(s, name, text, error);
}

const char *ur_settings_preset(const ur_settings *s)
{
    const ur_preset *preset = s->task->presets;
    for (; s->run.preset && preset && preset->name; preset++)
        if (strcmp(preset->name, s->run.preset) == 0) return preset->line;
    return NULL;
}

static ur_status no_such_preset(const ur_settings *s, ur_error *error)
{
    const ur_preset *first = s->task->presets;
    return ur_fail(error, UR_ERR_USAGE, "unknown preset \"%.60s\"; %s%s", s->run.preset,
                   first ? "there is " : "this task has none", first ? first->name : "");
}

/* Takes over the settings of a line. */
static ur_status take_line(ur_settings *s, const char *line, ur_given by, ur_error *error)
{
    ur_settings *told;
    UR_TRY(ur_settings_make(&told, s->task, error));
    ur_status status = ur_settings_read(told, line, error);
    for (size_t i = 0; i < count_rows(s) && status == UR_OK; i++) {
        const ur_setting *row = row_at(s, i);
        const char *whole = ur_setting_string(row, values_at(told, i));
        char text[UR_SETTING_VALUE_MAX];
        if (!told->given[i]) continue;
        ur_setting_text(row, values_at(told, i), text);
        if (row->type == UR_SETTING_FLAG) whole = "yes";
        status = set_row(s, row->name, whole ? whole : text, by, error);
    }
    ur_settings_free(told);
    return status;
}

/* Takes the preset's settings, except those that already have a value. */
static ur_status apply_preset(ur_settings *s, ur_error *error)
{
    if (!s->run.preset) return UR_OK;
    if (!ur_settings_preset(s)) return no_such_preset(s, error);
    return take_line(s, ur_settings_preset(s), UR_GIVEN_OPEN, error);
}

/* Whether the caller gave settings that stand in for the network line. */
static bool gives_network(const ur_settings *s)
{
    for (size_t i = 0; i < count_rows(s); i++)
        if (s->given[i] == UR_GIVEN_BY_CALLER && row_at(s, i)->unless && strcmp(row_at(s, i)->unless, "net") == 0)
            return true;
    return false;
}

ur_status ur_settings_recall(ur_settings *s, const char *began, ur_error *error)
{
    const char *net = s->run.net;
    UR_TRY(take_line(s, began, UR_GIVEN_BY_RUN, error));
    if (!gives_network(s)) return UR_OK;
    const char *line = s->run.net; /* the caller's settings make a new line, which takes over a chosen dropout */
    s->run.net = net;
    char dropout[UR_NUMBER_MAX];
    if (!line || !ur_net_text_dropout(line, dropout)) return UR_OK;
    return set_row(s, "dropout", dropout, UR_GIVEN_BY_RUN, error);
}

static ur_status check_exclusions(const ur_settings *s, ur_error *error)
{
    for (size_t i = 0; i < count_rows(s); i++) {
        const ur_setting *row = row_at(s, i);
        if (!s->given[i] || !row->unless || !ur_settings_given(s, row->unless)) continue;
        if (ur_setting_empty(row_at(s, find_row(s, row->unless, strlen(row->unless))),
                             values_at(s, find_row(s, row->unless, strlen(row->unless)))))
            continue;
        return ur_fail(error, UR_ERR_USAGE, "`%s` and `%s` exclude each other; give one of them", row->name,
                       row->unless);
    }
    return UR_OK;
}

ur_status ur_settings_settle(ur_settings *s, ur_error *error)
{
    UR_TRY(apply_preset(s, error));
    UR_TRY(check_exclusions(s, error));
    return ur_run_settings_check(&s->run, error);
}

void ur_settings_watch(ur_settings *s, const ur_watcher *watcher)
{
    s->run.watcher = watcher ? *watcher : (ur_watcher){0};
}
