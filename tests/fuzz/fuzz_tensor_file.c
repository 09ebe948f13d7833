/*
 * Model files from anyone: the tensors of an accepted file can be read to the last byte, and cover the data exactly
 * once.
 */
#include "format/tensor_file.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int holds)
{
    if (!holds) abort();
}

static unsigned touch(const void *bytes, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++) sum += ((const unsigned char *)bytes)[i];
    return sum;
}

static size_t walk_entry(const ur_tensor_file *file, const ur_tensor_entry *entry)
{
    size_t elements = 1;
    must(entry->rank <= UR_RANK_MAX && memchr(entry->name, 0, sizeof entry->name) != NULL);
    must(ur_tensor_file_find(file, entry->name) == entry);
    for (size_t i = 0; i < entry->rank; i++) elements *= entry->shape[i];
    must(elements * ur_dtype_size(entry->dtype) == entry->bytes);
    return entry->bytes + (touch(entry->data, entry->bytes) == UINT32_MAX);
}

static void walk_metadata(json_t *metadata)
{
    const char *key;
    json_t *value;
    json_object_foreach(metadata, key, value)
        must(key && strlen(json_string_value(value)) == json_string_length(value));
}

static void walk(const ur_tensor_file *file, const unsigned char *end)
{
    size_t total = 0;
    for (size_t i = 0; i < file->count; i++) total += walk_entry(file, &file->entries[i]);
    if (file->count) must((const unsigned char *)file->entries[0].data + total == end);
    if (file->metadata) walk_metadata(file->metadata);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ur_tensor_file file;
    ur_error error = {0};
    if (ur_tensor_file_parse(&file, data, size, "input", &error) == UR_OK) {
        walk(&file, data + size);
        ur_tensor_file_free(&file);
    } else {
        must(error.text[0] && !file.entries && !file.metadata);
    }
    return 0;
}
