/* Names and parents of run folders. The library makes the run folder itself. */
#include "cli/support/run_folder.h"

#include "base/error.h"
#include "base/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The last component of a path, ignoring slashes at the end. */
static const char *last_part(const char *path, size_t *length)
{
    size_t end = strlen(path);
    while (end > 0 && path[end - 1] == '/') end--;
    size_t begin = end;
    while (begin > 0 && path[begin - 1] != '/') begin--;
    *length = end - begin;
    return path + begin;
}

static bool names_nothing(const char *part, size_t length)
{
    return length == 0 || (length == 1 && part[0] == '.') || (length == 2 && memcmp(part, "..", 2) == 0);
}

char *ur_cli_run_name(const char *text)
{
    size_t length;
    const char *part = strcmp(text, "-") == 0 ? "stdin" : text;
    part = last_part(part, &length);
    if (names_nothing(part, length)) {
        part = "text";
        length = strlen(part);
    }
    size_t stem = length;
    for (size_t i = 1; i < length; i++)
        if (part[i] == '.') stem = i;
    char *name = strndup(part, stem), *path = name ? ur_path_join("runs", name) : NULL;
    free(name);
    return path;
}

static ur_status make_one(const char *folder, bool *made, ur_error *error)
{
    *made = mkdir(folder, 0777) == 0;
    if (*made || errno == EEXIST) return UR_OK;
    return ur_fail_file(error, folder, "make this folder", errno);
}

ur_status ur_cli_parents_make(const char *run, size_t *first, ur_error *error)
{
    *first = 0;
    char *path = strdup(run);
    if (!path) return ur_fail_memory(error, "a path");
    ur_status status = UR_OK;
    for (char *slash = path + 1; status == UR_OK && *path && (slash = strchr(slash, '/')); slash++) {
        if (!slash[strspn(slash, "/")]) break; /* a slash at the end, as in "run/" */
        bool made = false;
        *slash = 0;
        status = make_one(path, &made, error);
        if (made && !*first) *first = (size_t)(slash - path);
        *slash = '/';
    }
    free(path);
    return status;
}

void ur_cli_parents_remove(const char *run, size_t first)
{
    char *path = first ? strdup(run) : NULL;
    if (!path) return;
    for (char *slash; (slash = strrchr(path, '/')) && (size_t)(slash - path) >= first;) {
        *slash = 0;
        rmdir(path);
    }
    free(path);
}
