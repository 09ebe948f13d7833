/*
 * The files of labelled examples as one sequence of bytes: the files follow one another, each from its own address on.
 * gzip files are unpacked once, all into one temporary file that has no name.
 */
#ifndef UR_DATA_SOURCE_H
#define UR_DATA_SOURCE_H

#include "data/file_list.h"

struct ur_watcher;

typedef struct ur_piece {
    uint64_t begin, size; /* address of the first byte; bytes, unpacked */
    int64_t kept;         /* offset in the temporary file, or −1 if the bytes are in the file itself */
} ur_piece;

typedef struct ur_source {
    ur_file_list list;
    ur_piece *pieces;                 /* one for each file of the list */
    int temporary;                    /* its descriptor, or −1 if nothing was unpacked */
    uint64_t unpacked;                /* bytes in the temporary file */
    ur_open_text *open;               /* the file that was read last, once the source is settled; owned */
    const struct ur_watcher *watcher; /* told of every read; NULL if none */
} ur_source;

enum { UR_SOURCE_BITS = 40 }; /* bits of an address: 1 TiB in all */

/* Takes files and, below folders, all regular files that are not hidden, in order of path. The watcher (NULL: none) is
 * told while they are opened and read; the caller may remove it. Call ur_source_close even if this fails. */
ur_status ur_source_open(ur_source *source, const char *const *paths, size_t count, const struct ur_watcher *watcher,
                         ur_error *error);
void ur_source_close(ur_source *source);

/* Unpacks compressed files into the temporary file, and assigns the addresses. Files may be removed from
 * the list before. */
ur_status ur_source_settle(ur_source *source, ur_error *error);

/* Appends bytes to the temporary file, which is created in the watcher's folder if need be. `path` is for messages. */
ur_status ur_source_keep(ur_source *source, const char *path, const void *bytes, size_t size, ur_error *error);

/* "; left out: a.bin (binary)" if entries of folders were left out, else "". */
void ur_source_tell_left_out(const ur_source *source, char *text, size_t size);

size_t ur_source_find(const ur_source *source, uint64_t place); /* the file that contains an address */
const char *ur_source_path(const ur_source *source, size_t file);
const char *ur_source_name(const ur_source *source, size_t file); /* without its folders */
/* The length of a name without ".gz", and the beginning of its ending (the end of the name if there is none). */
size_t ur_source_stem(const char *name, const char **ending);

/* Reads `size` bytes from an address on, all in one file. Not safe from several threads: source->open changes. */
ur_status ur_source_read(const ur_source *source, uint64_t place, void *bytes, size_t size, ur_error *error);

#endif
