/* What the writer of files and the keeper of folders share. */
#ifndef UR_BASE_FOLDER_H
#define UR_BASE_FOLDER_H

/* NAME, this, a process number, "-", a number: a file on its way to being NAME. */
#define UR_TEMPORARY_MARK ".unroll-tmp-"

/* A descriptor of the folder in which `path` stands; −1 and errno if there is none. */
int ur_folder_open_parent(const char *path);

#endif
