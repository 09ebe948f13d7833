/*
 * Settings as a line of options: "--net 'embed 64 > lstm 512 > dense' --batch 64 --one-bias". A value with anything but
 * letters, digits and _-+=:,./%@ is written in single quotes, as for a shell.
 */
#include "train/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

/* A line being split into words. */
typedef struct ur_line_words {
    const char *next;
    char *word; /* has space for the whole line */
} ur_line_words;

/* 'a b' and a\ b are one word; ' within quotes is written '\''. Returns false at the end. */
static bool read_word(ur_line_words *w)
{
    size_t length = 0;
    bool quoted = false;
    w->next += strspn(w->next, " ");
    if (!*w->next) return false;
    for (; *w->next && (quoted || *w->next != ' '); w->next++) {
        if (*w->next == '\'')
            quoted = !quoted;
        else if (!quoted && *w->next == '\\' && w->next[1])
            w->word[length++] = *++w->next;
        else
            w->word[length++] = *w->next;
    }
    w->word[length] = 0;
    return true;
}

static bool is_flag(const ur_settings *s, const char *name)
{
    const ur_setting *row;
    for (size_t i = 0; (row = ur_settings_row(s, i)); i++)
        if (strcmp(row->name, name) == 0) return row->type == UR_SETTING_FLAG;
    return false;
}

static ur_status read_setting(ur_settings *s, ur_line_words *w, ur_error *error)
{
    char name[64];
    if (strncmp(w->word, "--", 2) != 0 || strlen(w->word) - 2 >= sizeof name)
        return ur_fail(error, UR_ERR_USAGE, "\"%.60s\" is not a setting; write --name value", w->word);
    memcpy(name, w->word + 2, strlen(w->word) - 1);
    char *equals = strchr(name, '=');
    if (equals) {
        *equals = 0;
        return ur_settings_set(s, name, strchr(w->word, '=') + 1, error);
    }
    if (is_flag(s, name)) return ur_settings_set(s, name, "yes", error);
    if (!read_word(w)) return ur_fail(error, UR_ERR_USAGE, "`%s` needs a value", name);
    return ur_settings_set(s, name, w->word, error);
}

ur_status ur_settings_read(ur_settings *s, const char *line, ur_error *error)
{
    ur_line_words w = {line, malloc(strlen(line) + 1)};
    if (!w.word) return ur_fail_memory(error, "the settings");
    ur_status status = UR_OK;
    while (status == UR_OK && read_word(&w)) status = read_setting(s, &w, error);
    free(w.word);
    return status;
}

/* ---- Writing ------------------------------------------------------------------------------------------------------ */

/* Whether a row has an effect, if that depends on another row (`beside`). "optimizer=adam|adamw": the other row has one
 * of these values. "val=", with nothing after the "=": the other row is open. No "=": the other row is set. */
static bool has_effect(const ur_settings *s, const ur_setting *row)
{
    char value[UR_SETTING_VALUE_MAX] = "";
    const ur_setting *other;
    if (!row->beside) return true;
    size_t length = strcspn(row->beside, "=");
    for (size_t i = 0; (other = ur_settings_row(s, i)); i++)
        if (strlen(other->name) == length && memcmp(other->name, row->beside, length) == 0)
            ur_setting_text(other, ur_settings_values(s, i), value);
    if (!row->beside[length]) return *value != 0;
    for (const char *word = row->beside + length + 1;; word++) {
        length = strcspn(word, "|");
        if (length == strlen(value) && memcmp(word, value, length) == 0) return true;
        word += length;
        if (!*word) return false;
    }
}

/* Whether another row is written in its place, as val-match is in place of val-fraction. */
static bool is_excluded(const ur_settings *s, const ur_setting *row)
{
    const ur_setting *other;
    for (size_t i = 0; (other = ur_settings_row(s, i)); i++)
        if (other->decides && other->unless && strcmp(other->unless, row->name) == 0 &&
            !ur_setting_empty(other, ur_settings_values(s, i)))
            return true;
    return false;
}

/* Leaves out rows that say nothing: open ones, flags that are not set, and zeros that are the default. */
static bool is_told(const ur_settings *s, size_t i)
{
    const ur_setting *row = ur_settings_row(s, i);
    const void *values = ur_settings_values(s, i);
    char text[UR_SETTING_VALUE_MAX];
    if (!row->decides || !has_effect(s, row) || is_excluded(s, row)) return false;
    if (row->type == UR_SETTING_FLAG || !row->initial) return !ur_setting_empty(row, values);
    ur_setting_text(row, values, text);
    return *text && (!ur_setting_empty(row, values) || strcmp(row->initial, text) != 0);
}

/* A line being written. If `text` is NULL, it is only measured. */
typedef struct ur_line_out {
    char *text;
    size_t length;
} ur_line_out;

static void put(ur_line_out *out, const char *text)
{
    size_t length = strlen(text);
    if (out->text) memcpy(out->text + out->length, text, length + 1);
    out->length += length;
}

static void put_value(ur_line_out *out, const char *value)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./%@";
    const char *quote = !*value || value[strspn(value, plain)] ? "'" : "";
    put(out, quote);
    for (; *value; value++) put(out, *value == '\'' ? "'\\''" : (char[]){*value, 0});
    put(out, quote);
}

static void put_setting(ur_line_out *out, const ur_settings *s, size_t i)
{
    char text[UR_SETTING_VALUE_MAX];
    const ur_setting *row = ur_settings_row(s, i);
    const char *whole = ur_setting_string(row, ur_settings_values(s, i));
    put(out, out->length ? " --" : "--");
    put(out, row->name);
    if (row->type == UR_SETTING_FLAG) return;
    ur_setting_text(row, ur_settings_values(s, i), text);
    put(out, " ");
    put_value(out, whole ? whole : text);
}

static void put_all(ur_line_out *out, const ur_settings *s)
{
    out->length = 0;
    put(out, "");
    for (size_t i = 0; ur_settings_row(s, i); i++)
        if (is_told(s, i)) put_setting(out, s, i);
}

ur_status ur_settings_line(const ur_settings *s, char **line, ur_error *error)
{
    ur_line_out out = {0};
    put_all(&out, s);
    out.text = *line = malloc(out.length + 1);
    if (!out.text) return ur_fail_memory(error, "the settings");
    put_all(&out, s);
    return UR_OK;
}

/* ---- Comparing ---------------------------------------------------------------------------------------------------- */

enum { SHOWN = 90, SHOWN_BEFORE = 20 };

/* The offset from which two long texts are shown: a little before they begin to differ. */
static size_t shown_from(const char *a, const char *b)
{
    size_t at = 0;
    if (!a || !b || (strlen(a) <= SHOWN && strlen(b) <= SHOWN)) return 0;
    while (a[at] && a[at] == b[at]) at++;
    at = at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0;
    while (at && ((unsigned char)a[at] & 0xC0) == 0x80) at--; /* not within a UTF-8 character */
    return at;
}

static void tell_setting(const ur_settings *s, size_t i, size_t from, char *text, size_t size)
{
    char value[UR_SETTING_VALUE_MAX];
    const ur_setting *row = ur_settings_row(s, i);
    const char *whole = ur_setting_string(row, ur_settings_values(s, i));
    ur_setting_text(row, ur_settings_values(s, i), value);
    const char *shown = whole ? whole + from : value, *quote = strchr(shown, ' ') ? "'" : "";
    bool set = is_told(s, i);
    if (!set)
        snprintf(text, size, "without --%s", row->name);
    else if (row->type == UR_SETTING_FLAG)
        snprintf(text, size, "--%s", row->name);
    else
        snprintf(text, size, "--%s %s%s%.*s%s", row->name, quote, from ? "…" : "", SHOWN, shown, quote);
}

static ur_status compare(const ur_settings *began, const ur_settings *now, const char *path, ur_error *error)
{
    char before[160], after[160];
    const ur_setting *row;
    for (size_t i = 0; (row = ur_settings_row(now, i)); i++) {
        bool told = is_told(began, i), is = is_told(now, i);
        if (!told && !is) continue;
        if (told == is && ur_setting_equal(row, ur_settings_values(began, i), ur_settings_values(now, i))) continue;
        size_t from = shown_from(ur_setting_string(row, ur_settings_values(began, i)),
                                 ur_setting_string(row, ur_settings_values(now, i)));
        tell_setting(began, i, from, before, sizeof before);
        tell_setting(now, i, from, after, sizeof after);
        return ur_fail(error, UR_ERR_DATA,
                       "%s: the run began with \"%s\", now it is \"%s\"; `resume` needs the same settings, `init-from` "
                       "takes the weights alone",
                       path, before, after);
    }
    return UR_OK;
}

ur_status ur_settings_compare(const ur_settings *now, const char *began, const char *path, ur_error *error)
{
    ur_settings *then;
    ur_error why;
    UR_TRY(ur_settings_make(&then, now->task, error));
    ur_status status = ur_settings_read(then, began, &why);
    if (status == UR_ERR_MEMORY)
        status = ur_fail_memory(error, "the settings");
    else if (status != UR_OK)
        status = ur_fail(error, UR_ERR_DATA,
                         "%s: the run was begun by another version, whose settings this version cannot read (%.200s); "
                         "start over with `overwrite`, or take its weights with `init-from`",
                         path, why.text);
    else
        status = compare(then, now, path, error);
    ur_settings_free(then);
    return status;
}
