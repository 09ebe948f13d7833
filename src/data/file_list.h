/* The files of a text: found once, and from then on required to stay as they were found. */
#ifndef UR_DATA_FILE_LIST_H
#define UR_DATA_FILE_LIST_H

#include "unroll.h"

#include <stdbool.h>

/* Length and time of the last change tell whether a file is still the one that was found. */
typedef struct ur_text_file {
    char *path;
    uint64_t size;
    int64_t seconds;
    long nanoseconds;
} ur_text_file;

typedef struct ur_file_list {
    ur_text_file *files;
    size_t count, capacity;
    char left_out[256];    /* the first entries of folders that are not in it, and why: "a.bin (binary), b (a run)" */
    size_t left_out_count; /* all of them; hidden names do not count */
} ur_file_list;

/* Files that need not be text: none, those named directly, or those below a folder too. */
typedef enum ur_binary { UR_BINARY_NO, UR_BINARY_NAMED, UR_BINARY_ALL } ur_binary;

/* Files and folders as ur_corpus_open takes them. The list is freed by ur_file_list_free also when this fails. */
ur_status ur_file_list_make(ur_file_list *list, const char *const *paths, size_t count, ur_binary binary,
                            ur_error *error);
void ur_file_list_free(ur_file_list *list);

/* Reads [offset, offset + size) of a file. The file is opened and closed again, so that no number of readers runs out
 * of descriptors; it is an error if it is gone or no longer as it was found. */
ur_status ur_text_file_read(const ur_text_file *file, uint64_t offset, unsigned char *buffer, size_t size,
                            ur_error *error);

/* The file that was read last, which stays open. Zeros: none. */
typedef struct ur_open_text {
    const ur_text_file *file;
    int descriptor;
} ur_open_text;

/* The same for one who reads many small pieces, one after the other. */
ur_status ur_open_text_read(ur_open_text *open, const ur_text_file *file, uint64_t offset, unsigned char *buffer,
                            size_t size, ur_error *error);
void ur_open_text_close(ur_open_text *open);

/* The same from a descriptor that stays open, for a file of `size` bytes that has no name; `path` is for messages. */
ur_status ur_descriptor_read(int descriptor, const char *path, uint64_t offset, unsigned char *buffer, size_t size,
                             ur_error *error);

#endif
