/*
 * The files of labelled examples as one row of bytes: file after file, each from its address on. gzip is unpacked once,
 * all of it into one temporary file that has no name any more.
 */
#ifndef UR_DATA_SOURCE_H
#define UR_DATA_SOURCE_H

#include "data/file_list.h"

struct ur_watcher;

typedef struct ur_piece {
    uint64_t begin, size; /* address of the first byte; bytes, unpacked */
    int64_t kept;         /* where they stand in the temporary file; −1: they are in the file itself */
} ur_piece;

typedef struct ur_source {
    ur_file_list list;
    ur_piece *pieces;                 /* one for each file of the list */
    int temporary;                    /* its descriptor; −1: nothing was packed */
    uint64_t unpacked;                /* bytes in it */
    ur_open_text *open;               /* the file that is read, once it is settled */
    const struct ur_watcher *watcher; /* of each reading; NULL: none */
} ur_source;

enum { UR_SOURCE_BITS = 40 }; /* of an address: 1 TiB in all */

/* Files and, below folders, all regular files that are not hidden, in order of path. The watcher (NULL: none) looks
 * on while they are opened and read; the caller may take it out. Freed by ur_source_close also when this fails. */
ur_status ur_source_open(ur_source *source, const char *const *paths, size_t count, const struct ur_watcher *watcher,
                         ur_error *error);
void ur_source_close(ur_source *source);

/* Unpacks what is packed, into a temporary file, and gives the addresses. Files may be taken out of the list before it. */
ur_status ur_source_settle(ur_source *source, ur_error *error);

/* Puts bytes of the file `path` behind those that are in the temporary file, which is made where the watcher says. */
ur_status ur_source_keep(ur_source *source, const char *path, const void *bytes, size_t size, ur_error *error);

/* "; left out: a.bin (binary)" of folders, where something was; else nothing. */
void ur_source_tell_left_out(const ur_source *source, char *text, size_t size);

size_t ur_source_find(const ur_source *source, uint64_t place); /* the file in which an address lies */
const char *ur_source_path(const ur_source *source, size_t file);
const char *ur_source_name(const ur_source *source, size_t file); /* without its folders */
/* Length of a name without ".gz", and where in it the ending begins (at its end where there is none). */
size_t ur_source_stem(const char *name, const char **ending);

/* `size` bytes from an address on, all in one file. */
ur_status ur_source_read(const ur_source *source, uint64_t place, void *bytes, size_t size, ur_error *error);

#endif
