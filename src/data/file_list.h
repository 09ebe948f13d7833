/* The files of a text. They are found once and must not change afterwards. */
#ifndef UR_DATA_FILE_LIST_H
#define UR_DATA_FILE_LIST_H

#include "unroll.h"

#include <stdbool.h>

/* The size and the time of the last change tell whether the file has changed. */
typedef struct ur_text_file {
    char *path;
    uint64_t size;
    int64_t seconds;
    long nanoseconds;
} ur_text_file;

typedef struct ur_file_list {
    ur_text_file *files;
    size_t count, capacity;
    /* the first entries of folders that are not in the list, and why: "a.bin (binary), b (a run)" */
    char left_out[256];
    size_t left_out_count; /* number of all such entries; hidden names do not count */
} ur_file_list;

/* Which files need not be text: none, those named directly, or also those below a folder. */
typedef enum ur_binary { UR_BINARY_NO, UR_BINARY_NAMED, UR_BINARY_ALL } ur_binary;

/* Takes files and folders as ur_corpus_open does. Call ur_file_list_free even if this fails. */
ur_status ur_file_list_make(ur_file_list *list, const char *const *paths, size_t count, ur_binary binary,
                            ur_error *error);
void ur_file_list_free(ur_file_list *list);

/* Reads [offset, offset + size) of a file. The file is opened and closed again, so that many readers do not run out of
 * descriptors. It is an error if the file is gone or has changed. */
ur_status ur_text_file_read(const ur_text_file *file, uint64_t offset, unsigned char *buffer, size_t size,
                            ur_error *error);

/* The file that was read last, which stays open. All zeros: none. */
typedef struct ur_open_text {
    const ur_text_file *file;
    int descriptor;
} ur_open_text;

/* Like ur_text_file_read, for a reader of many small pieces. */
ur_status ur_open_text_read(ur_open_text *open, const ur_text_file *file, uint64_t offset, unsigned char *buffer,
                            size_t size, ur_error *error);
void ur_open_text_close(ur_open_text *open);

/* The same from an open descriptor of a file without a name. `path` is for messages. */
ur_status ur_descriptor_read(int descriptor, const char *path, uint64_t offset, unsigned char *buffer, size_t size,
                             ur_error *error);

#endif
