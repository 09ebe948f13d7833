/* See folder.h. */
#include "data/folder.h"

#include "data/glob.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct ending {
    const char *text; /* such as ".txt", not terminated */
    size_t length, files;
} ending;

static char make_small(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool are_equal(const char *a, const char *b, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (make_small(a[i]) != make_small(b[i])) return false;
    return true;
}

bool ur_same_word(const char *text, size_t length, const char *word)
{
    return strlen(word) == length && are_equal(text, word, length);
}

/* ---- Which files are data ---------------------------------------------------------------------------------------- */

static const char *below_root(const ur_labelled *set, size_t file)
{
    return ur_source_path(&set->source, file) + set->root;
}

static bool is_nested(const ur_labelled *set, size_t file) { return strchr(below_root(set, file), '/'); }

/* Whether a file is about the data, and no data itself. */
static bool is_about(const char *name)
{
    static const char *const WORDS[] = {"readme", "license", "licence", "copying", "notice", "changelog", "authors"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        size_t length = strlen(WORDS[i]);
        if (strlen(name) >= length && are_equal(name, WORDS[i], length) &&
            (!name[length] || strchr(".-_", name[length])))
            return true;
    }
    return false;
}

static ending find_ending(const ur_labelled *set, size_t file)
{
    const char *name = ur_source_name(&set->source, file), *begin;
    size_t stem = ur_source_stem(name, &begin);
    return (ending){begin, stem - (size_t)(begin - name), 0};
}

static bool has_ending(const ur_labelled *set, size_t file, ending wanted)
{
    ending own = find_ending(set, file);
    return own.length == wanted.length && are_equal(own.text, wanted.text, own.length);
}

enum { ENDINGS = 64 };

/* The most frequent ending; of equals, the first in the order of paths. */
static ending choose_ending(const ur_labelled *set, bool nested)
{
    ending all[ENDINGS] = {{0}};
    size_t count = 0, best = 0;
    for (size_t file = 0; file < set->source.list.count; file++) {
        size_t i = 0;
        if (is_about(ur_source_name(&set->source, file)) || is_nested(set, file) != nested) continue;
        while (i < count && !has_ending(set, file, all[i])) i++;
        if (i == count && count < ENDINGS) all[count++] = find_ending(set, file);
        if (i < count) all[i].files++;
    }
    for (size_t i = 1; i < count; i++)
        if (all[i].files > all[best].files) best = i;
    return all[best];
}

static bool any_nested(const ur_labelled *set)
{
    for (size_t file = 0; file < set->source.list.count; file++)
        if (is_nested(set, file) && !is_about(ur_source_name(&set->source, file))) return true;
    return false;
}

enum { NAMED = 3 };

static void note_left_out(ur_labelled *set, size_t file, const char *why, const ending *wanted)
{
    size_t at = strlen(set->left_out), room = sizeof set->left_out - at;
    if (set->left_out_count++ >= NAMED) return;
    int length = wanted ? (int)wanted->length : 0;
    snprintf(set->left_out + at, room, "%s%.48s (%s%.*s)", at ? ", " : "", below_root(set, file), why, length,
             wanted ? wanted->text : "");
}

static bool is_kept(ur_labelled *set, size_t file, bool nested, const ending *wanted)
{
    bool about = is_about(ur_source_name(&set->source, file)), outside = is_nested(set, file) != nested;
    if (!about && !outside && has_ending(set, file, *wanted)) return true;
    if (about)
        note_left_out(set, file, "about the data", NULL);
    else if (outside)
        note_left_out(set, file, nested ? "in no folder" : "in a folder", NULL);
    else
        note_left_out(set, file, wanted->length ? "not " : "has an ending", wanted);
    return false;
}

ur_status ur_folder_keep(ur_labelled *set, const char *root, ur_folder_looks *looks, ur_error *error)
{
    ur_file_list *list = &set->source.list;
    set->root = strlen(root);
    set->root += list->files[0].path[set->root] == '/';
    looks->nested = any_nested(set);
    ending wanted = choose_ending(set, looks->nested);
    if (!wanted.text) return ur_fail(error, UR_ERR_DATA, "%s: no data in it, only files that describe data", root);
    snprintf(looks->ending, sizeof looks->ending, "%.*s", (int)wanted.length, wanted.text);
    wanted.text = looks->ending; /* the path that contains it may be freed */
    wanted.length = strlen(looks->ending);
    size_t kept = 0;
    for (size_t file = 0; file < list->count; file++) {
        if (is_kept(set, file, looks->nested, &wanted))
            list->files[kept++] = list->files[file];
        else
            free(list->files[file].path);
    }
    list->count = kept;
    return UR_OK;
}

/* ---- The label from a path or a name ----------------------------------------------------------------------------- */

static bool is_one_folder(const ur_labelled *set)
{
    const char *first = below_root(set, 0), *slash = strchr(first, '/');
    size_t length = slash ? (size_t)(slash - first) + 1 : 0;
    for (size_t file = 1; file < set->source.list.count; file++)
        if (strncmp(below_root(set, file), first, length) != 0) return false;
    return true;
}

bool ur_folder_by_name(const ur_labelled *set) { return !set->root || !is_nested(set, 0) || is_one_folder(set); }

ur_status ur_folder_label(const ur_labelled *set, const char *pattern, size_t file, ur_finding *finding,
                          ur_error *error)
{
    const char *below = below_root(set, file);
    if (!pattern) {
        finding->label = below;
        finding->label_length = (size_t)(strchr(below, '/') - below);
        return UR_OK;
    }
    if (ur_glob(pattern, ur_source_name(&set->source, file), &finding->label, &finding->label_length)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: its name does not match the pattern %s, which says where the label is",
                   ur_source_path(&set->source, file), pattern);
}
