/* Walking through folders, and what the walk shares with the list of files. */
#ifndef UR_DATA_WALK_H
#define UR_DATA_WALK_H

#include "data/file_list.h"
#include "data/looks.h"

#include <sys/stat.h>

/* Appends the text files below a folder, in order of path; with `any`, all regular files. Left out are hidden names,
 * folders of runs (the program's own output is no text), anything that is not a file, and files that do not look like
 * text; list->left_out names them. */
ur_status ur_file_list_walk(ur_file_list *list, const char *root, bool any, ur_error *error);

/* Takes ownership of `path`, even if it fails. */
ur_status ur_file_list_append(ur_file_list *list, char *path, const struct stat *found, ur_error *error);
ur_status ur_file_look(const char *path, ur_looks *looks, ur_error *error);
/* "PATH: WHAT: REASON" for a call that set errno to `number`. */
ur_status ur_fail_system(ur_error *error, int number, const char *path, const char *what);

#endif
