/*
 * The container of every model file: safetensors (8-byte little-endian header length, JSON header, raw data). Nothing
 * else reads or writes it. model_file.h says what the tensors mean. Everything in a file is checked before use, as if
 * an enemy had written it.
 */
#ifndef UR_FORMAT_TENSOR_FILE_H
#define UR_FORMAT_TENSOR_FILE_H

#include "base/file.h"

enum { UR_RANK_MAX = 4, UR_TENSOR_NAME_MAX = 96 };

/* safetensors calls them F32, F64 and so on. */
typedef enum ur_dtype { UR_F32, UR_F64, UR_BF16, UR_I8, UR_I64, UR_U8 } ur_dtype;
size_t ur_dtype_size(ur_dtype dtype);

/* One tensor. In a file that was read, `data` points into the file's bytes. */
typedef struct ur_tensor_entry {
    char name[UR_TENSOR_NAME_MAX];
    ur_dtype dtype;
    size_t rank, shape[UR_RANK_MAX]; /* rank 0: a single number */
    const void *data;
    size_t bytes;
} ur_tensor_entry;

/* A file that was read. `metadata` is the object __metadata__ as a jansson value, or NULL. */
struct json_t;
typedef struct ur_tensor_file {
    /* Owned if the file came from a path. Data is only aligned as in the file, so copy it with memcpy. */
    ur_bytes bytes;
    ur_tensor_entry *entries;
    size_t count;
    struct json_t *metadata;
} ur_tensor_file;

/* Makes every check of the format: header within the file and at most 100 MB, JSON without duplicate keys, dtypes
 * known, shapes whose product does not overflow and fits data_offsets, offsets in range, no hole, no overlap, the whole
 * buffer covered. A message names the file, the tensor and the byte offset. */
ur_status ur_tensor_file_read(ur_tensor_file *file, const char *path, ur_error *error);
/* The same from memory, which the caller keeps. `name` is used in messages. */
ur_status ur_tensor_file_parse(ur_tensor_file *file, const void *bytes, size_t size, const char *name, ur_error *error);
void ur_tensor_file_free(ur_tensor_file *file);

/* NULL if there is no such tensor. */
const ur_tensor_entry *ur_tensor_file_find(const ur_tensor_file *file, const char *name);

/* A file can be sealed: the metadata UR_SEAL_KEY, given as UR_SEAL_OPEN, becomes a hash of all other bytes. */
#define UR_SEAL_KEY  "checksum"
#define UR_SEAL_OPEN "0000000000000000"
/* UR_ERR_FORMAT if a file that was read from a path is not as it was sealed, or was not sealed at all. */
ur_status ur_tensor_file_check_seal(const ur_tensor_file *file, const char *name, ur_error *error);

/* Writes the tensors in the order given, with data aligned to 64 bytes in the file (header padded with spaces), through
 * ur_writer: whole or not at all. `metadata`: pairs of strings, 2·`pairs` of them. Equal input gives equal bytes. */
ur_status ur_tensor_file_write(const char *path, const ur_tensor_entry *entries, size_t count,
                               const char *const *metadata, size_t pairs, ur_error *error);

#endif
