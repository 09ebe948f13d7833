/* What reading and writing safetensors share. */
#ifndef UR_FORMAT_TENSOR_FORMAT_H
#define UR_FORMAT_TENSOR_FORMAT_H

#include "format/tensor_file.h"

#include <stdbool.h>

#define UR_METADATA_KEY "__metadata__"

enum {
    UR_LENGTH_BYTES = 8,       /* length of the header, little-endian, before it */
    UR_HEADER_MAX = 100000000, /* the limit of the reference implementation */
    UR_DTYPES = UR_U8 + 1
};

/* "F32" and so on, and back. ur_dtype_named returns false for an unknown name. */
const char *ur_dtype_name(ur_dtype dtype);
bool ur_dtype_named(const char *name, ur_dtype *dtype);

/* Bytes of a tensor with the entry's dtype and shape. False if they do not fit into a size_t. */
bool ur_tensor_bytes(const ur_tensor_entry *entry, size_t *bytes);

#endif
