/* See walk.h. */
#define _FILE_OFFSET_BITS 64

#include "data/walk.h"

#include "base/error.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The folders still to be read are a list. Recursion could exhaust the stack in a deep tree. */
typedef struct walk {
    ur_file_list *found;
    ur_file_list folders; /* a stack; only the paths are used */
    size_t root;          /* offset in a path of the part below the root */
    bool any;             /* also files that are not text */
    ur_file_list left_out;
} walk;

/* ---- What is left out ------------------------------------------------------------------------------------------ */

static int by_path(const void *a, const void *b)
{
    return strcmp(((const ur_text_file *)a)->path, ((const ur_text_file *)b)->path);
}

typedef enum reason { BINARY, UTF16, UTF32, RUN, BROKEN, LINK, NO_FILE } reason;

static const char *const REASONS[] = {
    [BINARY] = "binary",     [UTF16] = "UTF-16",         [UTF32] = "UTF-32",
    [RUN] = "a run",         [BROKEN] = "a broken link", [LINK] = "a link to a folder",
    [NO_FILE] = "not a file"};

/* Takes ownership of `path`. The reason is stored as the size of the entry. */
static ur_status leave_out(walk *state, char *path, reason why, ur_error *error)
{
    struct stat info = {.st_size = why};
    return ur_file_list_append(&state->left_out, path, &info, error);
}

enum { NAMED_MOST = 3, NAME_SHOWN = 60 };

/* Appends a name and a reason. Of a long name, only the end is shown. */
static void name_left_out(ur_file_list *list, const char *name, const char *why)
{
    size_t at = strlen(list->left_out), all = strlen(name), skipped = all > NAME_SHOWN ? all - NAME_SHOWN : 0;
    while (((unsigned char)name[skipped] & 0xC0) == 0x80) skipped++;
    snprintf(list->left_out + at, sizeof list->left_out - at, "%s%s%s (%s)", at ? ", " : "", skipped ? "…" : "",
             name + skipped, why);
}

/* In the order of paths, since a folder has no order of its own. */
static void tell_left_out(walk *state)
{
    ur_file_list *list = state->found, *left = &state->left_out;
    if (left->count) qsort(left->files, left->count, sizeof *left->files, by_path);
    for (size_t i = 0; i < left->count; i++) {
        if (list->left_out_count++ >= NAMED_MOST) continue;
        name_left_out(list, left->files[i].path + state->root, REASONS[left->files[i].size]);
    }
}

/* The folder of a run holds its log and also a model, a checkpoint or an event file, or else the log alone. */
static bool is_run(const char *folder)
{
    static const char *const OTHERS[] = {"last.safetensors", "model.safetensors",
                                         "events.out.tfevents.0000000001.unroll"};
    DIR *entries = opendir(folder);
    bool log = false, other = false, own = false;
    for (const struct dirent *e = NULL; entries && (e = readdir(entries));) {
        bool known = e->d_name[0] == '.';
        if (strcmp(e->d_name, "log.jsonl") == 0) log = known = true;
        for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
            if (strcmp(e->d_name, OTHERS[i]) == 0) own = known = true;
        other = other || !known;
    }
    if (entries) closedir(entries);
    return log && (own || !other);
}

/* ---- The walk -------------------------------------------------------------------------------------------------- */

static ur_status enter_folder(walk *state, char *path, const struct stat *info, ur_error *error)
{
    if (!is_run(path)) return ur_file_list_append(&state->folders, path, info, error);
    return leave_out(state, path, RUN, error);
}

static ur_status enter_file(walk *state, char *path, const struct stat *info, ur_error *error)
{
    static const reason WHY[] = {[UR_LOOKS_BINARY] = BINARY, [UR_LOOKS_UTF16] = UTF16, [UR_LOOKS_UTF32] = UTF32};
    ur_looks looks = UR_LOOKS_TEXT;
    ur_status status = state->any ? UR_OK : ur_file_look(path, &looks, error);
    if (status == UR_OK && looks == UR_LOOKS_TEXT) return ur_file_list_append(state->found, path, info, error);
    if (status == UR_OK) return leave_out(state, path, WHY[looks], error);
    free(path);
    return status;
}

/* Takes ownership of `path`. */
static ur_status enter(walk *state, char *path, ur_error *error)
{
    struct stat info;
    bool linked = lstat(path, &info) == 0 && S_ISLNK(info.st_mode);
    bool there = stat(path, &info) == 0;
    if (there && S_ISDIR(info.st_mode) && !linked) return enter_folder(state, path, &info, error);
    if (there && S_ISREG(info.st_mode)) return enter_file(state, path, &info, error);
    if (there || errno == ENOENT || errno == ELOOP)
        return leave_out(state, path, !there ? BROKEN : linked ? LINK : NO_FILE, error);
    ur_status status = ur_fail_system(error, errno, path, "cannot be looked at");
    free(path);
    return status;
}

static ur_status read_entries(walk *state, DIR *folder, const char *path, ur_error *error)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry && errno != 0) return ur_fail_system(error, errno, path, "cannot be read");
        if (!entry) return UR_OK;
        if (entry->d_name[0] == '.') continue;
        char *below = ur_path_join(path, entry->d_name);
        if (!below) return ur_fail_memory(error, "the list of files");
        UR_TRY(enter(state, below, error));
    }
}

static ur_status read_folder(walk *state, const char *path, ur_error *error)
{
    DIR *folder = opendir(path);
    if (!folder) return ur_fail_system(error, errno, path, "cannot be opened");
    ur_status status = read_entries(state, folder, path, error);
    closedir(folder);
    return status;
}

static ur_status walk_all(walk *state, const char *root, ur_error *error)
{
    UR_TRY(read_folder(state, root, error));
    while (state->folders.count > 0) {
        char *path = state->folders.files[--state->folders.count].path;
        ur_status status = read_folder(state, path, error);
        free(path);
        if (status != UR_OK) return status;
    }
    return UR_OK;
}

static ur_status fail_empty(const char *root, const walk *state, ur_error *error)
{
    if (state->any) return ur_fail(error, UR_ERR_DATA, "%s: no files in this folder (hidden files are ignored)", root);
    return ur_fail(error, UR_ERR_DATA,
                   "%s: no text files in this folder; a text file has no zero byte among its first %d bytes, and "
                   "hidden files are ignored (%zu other entries)",
                   root, UR_LOOKS_PROBE, state->left_out.count);
}

static ur_status find_all(walk *state, const char *root, ur_error *error)
{
    ur_file_list *list = state->found;
    size_t first = list->count;
    UR_TRY(walk_all(state, root, error));
    if (list->count == first) return fail_empty(root, state, error);
    qsort(list->files + first, list->count - first, sizeof *list->files, by_path);
    tell_left_out(state);
    return UR_OK;
}

ur_status ur_file_list_walk(ur_file_list *list, const char *root, bool any, ur_error *error)
{
    size_t length = strlen(root);
    walk state = {.found = list, .any = any, .root = length + (length && root[length - 1] != '/')};
    ur_status status = find_all(&state, root, error);
    ur_file_list_free(&state.folders);
    ur_file_list_free(&state.left_out);
    return status;
}
