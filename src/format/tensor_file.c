/* Sizes and names of the number types; finding tensors in a file that was read, and freeing the file. */
#include "format/tensor_format.h"

#include "base/memory.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

typedef struct dtype_line {
    const char *name;
    size_t size;
} dtype_line;

static const dtype_line dtypes[UR_DTYPES] = {
    [UR_F32] = {"F32", 4}, [UR_F64] = {"F64", 8}, [UR_BF16] = {"BF16", 2},
    [UR_I8] = {"I8", 1},   [UR_I64] = {"I64", 8}, [UR_U8] = {"U8", 1},
};

size_t ur_dtype_size(ur_dtype dtype) { return (size_t)dtype < UR_DTYPES ? dtypes[dtype].size : 0; }

const char *ur_dtype_name(ur_dtype dtype) { return dtypes[dtype].name; }

bool ur_dtype_named(const char *name, ur_dtype *dtype)
{
    for (size_t i = 0; i < UR_DTYPES; i++) {
        if (strcmp(dtypes[i].name, name) != 0) continue;
        *dtype = (ur_dtype)i;
        return true;
    }
    return false;
}

bool ur_tensor_bytes(const ur_tensor_entry *entry, size_t *bytes)
{
    bool fits = true;
    *bytes = ur_dtype_size(entry->dtype);
    for (size_t i = 0; i < entry->rank; i++) fits = ur_mul_fits(*bytes, entry->shape[i], bytes) && fits;
    return fits;
}

const ur_tensor_entry *ur_tensor_file_find(const ur_tensor_file *file, const char *name)
{
    for (size_t i = 0; i < file->count; i++)
        if (!strcmp(file->entries[i].name, name)) return &file->entries[i];
    return NULL;
}

void ur_tensor_file_free(ur_tensor_file *file)
{
    if (!file) return;
    json_decref(file->metadata);
    free(file->entries);
    ur_bytes_free(&file->bytes);
    *file = (ur_tensor_file){0};
}
