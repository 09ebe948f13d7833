/* Folders of a list of files, and what the list and the walk through them share. */
#ifndef UR_DATA_WALK_H
#define UR_DATA_WALK_H

#include "data/file_list.h"
#include "data/looks.h"

#include <sys/stat.h>

/* The text files below a folder, in order of path; `any`: all regular files. Left out are hidden names, the folders of runs
 * (the program's own output is no text), what is no file, and what does not look like text; list->left_out names it. */
ur_status ur_file_list_walk(ur_file_list *list, const char *root, bool any, ur_error *error);

/* Takes over `path`, also when it fails. */
ur_status ur_file_list_append(ur_file_list *list, char *path, const struct stat *found, ur_error *error);
ur_status ur_file_look(const char *path, ur_looks *looks, ur_error *error);
/* "PATH: WHAT: REASON", for a call that set errno to `number`. */
ur_status ur_fail_system(ur_error *error, int number, const char *path, const char *what);

#endif
