/* What the file writer and the folder lock share. */
#ifndef UR_BASE_FOLDER_H
#define UR_BASE_FOLDER_H

/* A temporary file is called NAME, this mark, a process id, "-", a number. It will be renamed to NAME. */
#define UR_TEMPORARY_MARK ".unroll-tmp-"

/* A descriptor of the folder that contains `path`; −1 with errno set if that folder cannot be opened. */
int ur_folder_open_parent(const char *path);

#endif
