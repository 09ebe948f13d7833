/* Writing safetensors; see tensor_file_read.c for the format. */
#include "format/json_text.h"
#include "format/seal.h"
#include "format/tensor_format.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensors are written as they lie in memory, and safetensors is little-endian"
#endif

/* ---- What may be written ---- */

static ur_status wrong_entry(const ur_tensor_entry *entry, const char *what, ur_error *error)
{
    return ur_fail(error, UR_ERR_USAGE, "tensor \"%.*s\": %s", UR_TENSOR_NAME_MAX - 1, entry->name, what);
}

static bool is_utf8(const char *text) { return ur_utf8_valid(text, strlen(text)); }

static ur_status check_entry(const ur_tensor_entry *entry, ur_error *error)
{
    size_t bytes;
    if (!memchr(entry->name, 0, sizeof entry->name) || !entry->name[0])
        return wrong_entry(entry, "a name has 1 to 95 bytes and an ending 0", error);
    if (!strcmp(entry->name, UR_METADATA_KEY) || !is_utf8(entry->name))
        return wrong_entry(entry, "not a name that a tensor may have", error);
    if (!ur_dtype_size(entry->dtype) || entry->rank > UR_RANK_MAX || !ur_tensor_bytes(entry, &bytes))
        return wrong_entry(entry, "its type or shape is out of range", error);
    if (bytes != entry->bytes) return wrong_entry(entry, "its bytes do not fit its shape", error);
    if (bytes && !entry->data) return wrong_entry(entry, "has no data", error);
    return UR_OK;
}

/* ---- Header ---- */

/* Gives `value` to the object. NULL means that the allocation of the value has failed. */
static ur_status put(json_t *object, const char *key, json_t *value, ur_error *error)
{
    if (!value || json_object_set_new_nocheck(object, key, value)) return ur_fail_memory(error, "a file's header");
    return UR_OK;
}

static ur_status put_metadata(json_t *object, const char *const *metadata, size_t pairs, ur_error *error)
{
    for (size_t i = 0; i < 2 * pairs; i += 2) {
        if (!metadata[i] || !metadata[i + 1] || !is_utf8(metadata[i]) || !is_utf8(metadata[i + 1]))
            return ur_fail(error, UR_ERR_USAGE, "metadata %zu: not a pair of UTF-8 strings", i / 2);
        if (json_object_get(object, metadata[i]))
            return ur_fail(error, UR_ERR_USAGE, "metadata \"%s\": given twice", metadata[i]);
        UR_TRY(put(object, metadata[i], json_string_nocheck(metadata[i + 1]), error));
    }
    return UR_OK;
}

static json_t *size_list(const size_t *sizes, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        if (!json_array_append_new(list, json_integer((json_int_t)sizes[i]))) continue;
        json_decref(list);
        list = NULL;
    }
    return list;
}

/* `offset`: where the tensor's data begins; it is moved to where the data ends. */
static ur_status describe(json_t *object, const ur_tensor_entry *entry, size_t *offset, ur_error *error)
{
    size_t ends[2] = {*offset, 0};
    if (!ur_add_fits(*offset, entry->bytes, &ends[1]) || ends[1] > INT64_MAX)
        return wrong_entry(entry, "the file becomes too large", error);
    *offset = ends[1];
    UR_TRY(put(object, "dtype", json_string(ur_dtype_name(entry->dtype)), error));
    UR_TRY(put(object, "shape", size_list(entry->shape, entry->rank), error));
    return put(object, "data_offsets", size_list(ends, 2), error);
}

static ur_status put_tensor(json_t *header, const ur_tensor_entry *entry, size_t *offset, ur_error *error)
{
    UR_TRY(check_entry(entry, error));
    if (json_object_get(header, entry->name)) return wrong_entry(entry, "given twice", error);
    json_t *object = json_object();
    UR_TRY(put(header, entry->name, object, error));
    return describe(object, entry, offset, error);
}

typedef struct tensor_list {
    const ur_tensor_entry *entries;
    size_t count;
    const char *const *metadata;
    size_t pairs;
} tensor_list;

/* Keys stay in the order in which they are added. */
static ur_status fill_header(json_t *header, const tensor_list *list, ur_error *error)
{
    size_t offset = 0;
    if (list->pairs) {
        json_t *metadata = json_object();
        UR_TRY(put(header, UR_METADATA_KEY, metadata, error));
        UR_TRY(put_metadata(metadata, list->metadata, list->pairs, error));
    }
    for (size_t i = 0; i < list->count; i++) UR_TRY(put_tensor(header, &list->entries[i], &offset, error));
    return UR_OK;
}

/* The text of the header; free() it. */
static ur_status make_header(const tensor_list *list, char **text, ur_error *error)
{
    json_t *header = json_object();
    if (!header) return ur_fail_memory(error, "a file's header");
    ur_status status = fill_header(header, list, error);
    if (status == UR_OK) status = ur_json_write(header, text, error);
    json_decref(header);
    if (status != UR_OK || strlen(*text) <= UR_HEADER_MAX - UR_ALIGN) return status;
    free(*text);
    return ur_fail(error, UR_ERR_USAGE, "a header above the limit of %d bytes; shorten the metadata", UR_HEADER_MAX);
}

/* ---- File ---- */

/* Adds blanks after the header, so that the data begins at a multiple of UR_ALIGN. */
static ur_status add_header(ur_writer *writer, const char *text, ur_error *error)
{
    char blanks[UR_ALIGN];
    unsigned char length_bytes[UR_LENGTH_BYTES];
    size_t length = strlen(text);
    size_t padding = (UR_ALIGN - (UR_LENGTH_BYTES + length) % UR_ALIGN) % UR_ALIGN;
    for (int i = 0; i < UR_LENGTH_BYTES; i++)
        length_bytes[i] = (unsigned char)((uint64_t)(length + padding) >> (8 * i));
    memset(blanks, ' ', sizeof blanks);
    UR_TRY(ur_writer_add(writer, length_bytes, sizeof length_bytes, error));
    UR_TRY(ur_writer_add(writer, text, length, error));
    return ur_writer_add(writer, blanks, padding, error);
}

/* The digits of the seal in a header; NULL if it has none. */
static char *find_seal(char *header)
{
    char *key = strstr(header, "\"" UR_SEAL_KEY "\":\"" UR_SEAL_OPEN "\"");
    return key ? key + sizeof "\"" UR_SEAL_KEY "\":\"" - 1 : NULL;
}

static void seal_header(char *header, const tensor_list *list)
{
    char digits[17], *place = find_seal(header);
    if (!place) return;
    ur_seal seal = ur_seal_begin();
    ur_seal_add(&seal, header, strlen(header));
    for (size_t i = 0; i < list->count; i++) ur_seal_add(&seal, list->entries[i].data, list->entries[i].bytes);
    ur_seal_end(&seal, digits);
    memcpy(place, digits, sizeof digits - 1);
}

static ur_status add_all(ur_writer *writer, const char *header, const tensor_list *list, ur_error *error)
{
    UR_TRY(add_header(writer, header, error));
    for (size_t i = 0; i < list->count; i++)
        if (list->entries[i].bytes) UR_TRY(ur_writer_add(writer, list->entries[i].data, list->entries[i].bytes, error));
    return UR_OK;
}

static ur_status write_file(const char *path, const char *header, const tensor_list *list, ur_error *error)
{
    ur_writer writer;
    UR_TRY(ur_writer_open(&writer, path, error));
    ur_status status = add_all(&writer, header, list, error);
    if (status == UR_OK) return ur_writer_commit(&writer, error);
    ur_writer_abandon(&writer);
    return status;
}

ur_status ur_tensor_file_write(const char *path, const ur_tensor_entry *entries, size_t count,
                               const char *const *metadata, size_t pairs, ur_error *error)
{
    tensor_list list = {entries, count, metadata, pairs};
    char *header = NULL;
    ur_status status = make_header(&list, &header, error);
    if (status != UR_OK) return ur_fail_in(error, status, path);
    seal_header(header, &list);
    status = write_file(path, header, &list, error);
    free(header);
    return status;
}
