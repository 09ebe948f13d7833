/*
 * Reading safetensors, https://github.com/huggingface/safetensors#format: 8 bytes N (little-endian), N bytes of JSON
 * {"NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [BEGIN, END]}, …, "__metadata__": {"KEY": "TEXT"}}, then
 * the data, which the tensors cover without hole or overlap. Offsets count from the beginning of the data.
 */
#include "format/json_text.h"
#include "format/seal.h"
#include "format/tensor_format.h"

#include <stdlib.h>
#include <string.h>

typedef struct tensor_reader {
    const char *name; /* of the file */
    const unsigned char *bytes;
    size_t size, data_at; /* of the whole file; offset of the data in the file */
    ur_tensor_file *file;
    ur_error *error;
} tensor_reader;

static ur_status wrong_tensor(const tensor_reader *reader, const ur_tensor_entry *entry, const char *what)
{
    return ur_fail(reader->error, UR_ERR_FORMAT, "%s: tensor \"%s\": %s", reader->name, entry->name, what);
}

/* ---- Header ---- */

static ur_status header_size(const tensor_reader *reader, size_t *size)
{
    uint64_t length = 0;
    if (reader->size < UR_LENGTH_BYTES)
        return ur_fail(reader->error, UR_ERR_FORMAT,
                       "%s: %zu bytes are too few for a safetensors file, which begins with 8 bytes of header length",
                       reader->name, reader->size);
    for (int i = UR_LENGTH_BYTES - 1; i >= 0; i--) length = length << 8 | reader->bytes[i];
    if (length > UR_HEADER_MAX)
        return ur_fail(reader->error, UR_ERR_FORMAT,
                       "%s: byte 0: a header of %llu bytes, above the limit of %d; this is not a safetensors file",
                       reader->name, (unsigned long long)length, UR_HEADER_MAX);
    if (length > reader->size - UR_LENGTH_BYTES)
        return ur_fail(reader->error, UR_ERR_FORMAT,
                       "%s: byte 0: a header of %llu bytes, but the file ends at byte %zu; it was cut off",
                       reader->name, (unsigned long long)length, reader->size);
    *size = (size_t)length;
    return UR_OK;
}

static ur_status read_header(tensor_reader *reader, json_t **header)
{
    size_t size = 0;
    UR_TRY(header_size(reader, &size));
    reader->data_at = UR_LENGTH_BYTES + size;
    if (!size || reader->bytes[UR_LENGTH_BYTES] != '{')
        return ur_fail(reader->error, UR_ERR_FORMAT, "%s: byte 8: the header does not begin with \"{\"", reader->name);
    ur_status status = ur_json_read(reader->bytes + UR_LENGTH_BYTES, size, UR_LENGTH_BYTES, header, reader->error);
    return status == UR_OK ? UR_OK : ur_fail_in(reader->error, status, reader->name);
}

static ur_status keep_metadata(const tensor_reader *reader, json_t *metadata)
{
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return ur_fail(reader->error, UR_ERR_FORMAT, "%s: " UR_METADATA_KEY " is not an object", reader->name);
    json_object_foreach(metadata, key, value) if (!json_is_string(value)) return ur_fail(
        reader->error, UR_ERR_FORMAT, "%s: " UR_METADATA_KEY ": the value of \"%.64s\" is not a text", reader->name,
        key);
    reader->file->metadata = json_incref(metadata);
    return UR_OK;
}

/* ---- One tensor ---- */

static ur_status read_dtype(const tensor_reader *reader, ur_tensor_entry *entry, const json_t *value)
{
    const char *name = json_string_value(json_object_get(value, "dtype"));
    if (!name) return wrong_tensor(reader, entry, "has no text \"dtype\"");
    if (ur_dtype_named(name, &entry->dtype)) return UR_OK;
    return ur_fail(reader->error, UR_ERR_FORMAT,
                   "%s: tensor \"%s\": unknown dtype \"%.32s\"; F32, F64, BF16, I8, I64 and U8 are supported",
                   reader->name, entry->name, name);
}

/* A whole number that is not negative and fits into a size_t. */
static bool size_of(const json_t *value, size_t *size)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0) return false;
    if ((uint64_t)json_integer_value(value) > SIZE_MAX) return false;
    *size = (size_t)json_integer_value(value);
    return true;
}

static ur_status read_shape(const tensor_reader *reader, ur_tensor_entry *entry, const json_t *value)
{
    const json_t *shape = json_object_get(value, "shape");
    if (!json_is_array(shape)) return wrong_tensor(reader, entry, "has no list \"shape\"");
    entry->rank = json_array_size(shape);
    if (entry->rank > UR_RANK_MAX) return wrong_tensor(reader, entry, "has more than 4 dimensions");
    for (size_t i = 0; i < entry->rank; i++)
        if (!size_of(json_array_get(shape, i), &entry->shape[i]))
            return wrong_tensor(reader, entry, "its \"shape\" holds something else than whole numbers from 0 on");
    if (!ur_tensor_bytes(entry, &entry->bytes))
        return wrong_tensor(reader, entry, "the product of its \"shape\" is too large");
    return UR_OK;
}

static ur_status read_offsets(const tensor_reader *reader, ur_tensor_entry *entry, const json_t *value)
{
    const json_t *offsets = json_object_get(value, "data_offsets");
    size_t begin, end, data_size = reader->size - reader->data_at;
    if (!json_is_array(offsets) || json_array_size(offsets) != 2 || !size_of(json_array_get(offsets, 0), &begin) ||
        !size_of(json_array_get(offsets, 1), &end) || begin > end)
        return wrong_tensor(reader, entry, "has no \"data_offsets\" [BEGIN, END] with whole numbers, BEGIN <= END");
    if (end > data_size)
        return ur_fail(
            reader->error, UR_ERR_FORMAT,
            "%s: tensor \"%s\": its data_offsets end at byte %zu of the data, which has %zu bytes (from byte "
            "%zu of the file); it was cut off",
            reader->name, entry->name, end, data_size, reader->data_at);
    if (end - begin != entry->bytes)
        return ur_fail(
            reader->error, UR_ERR_FORMAT,
            "%s: tensor \"%s\": its shape needs %zu bytes, its data_offsets (from byte %zu of the file) give "
            "%zu",
            reader->name, entry->name, entry->bytes, reader->data_at + begin, end - begin);
    entry->data = reader->bytes + reader->data_at + begin;
    return UR_OK;
}

static ur_status read_tensor(tensor_reader *reader, const char *name, const json_t *value)
{
    ur_tensor_entry *entry = &reader->file->entries[reader->file->count++];
    size_t length = strlen(name);
    if (length >= UR_TENSOR_NAME_MAX)
        return ur_fail(reader->error, UR_ERR_FORMAT, "%s: tensor \"%.32s...\": its name is longer than %d bytes",
                       reader->name, name, UR_TENSOR_NAME_MAX - 1);
    memcpy(entry->name, name, length + 1);
    if (!json_is_object(value)) return wrong_tensor(reader, entry, "is not described by an object");
    UR_TRY(read_dtype(reader, entry, value));
    UR_TRY(read_shape(reader, entry, value));
    return read_offsets(reader, entry, value);
}

static ur_status read_tensors(tensor_reader *reader, json_t *header)
{
    const char *key;
    json_t *value;
    reader->file->entries = calloc(json_object_size(header) + 1, sizeof *reader->file->entries);
    if (!reader->file->entries) return ur_fail_memory(reader->error, "the list of tensors");
    json_object_foreach(header, key, value)
    {
        if (!strcmp(key, UR_METADATA_KEY))
            UR_TRY(keep_metadata(reader, value));
        else
            UR_TRY(read_tensor(reader, key, value));
    }
    return UR_OK;
}

/* ---- The data as a whole ---- */

/* Orders by place in the file. Empty tensors at the same place are ordered by name, so that the order is always the
 * same. */
static int compare_place(const void *a, const void *b)
{
    const ur_tensor_entry *x = a, *y = b;
    const unsigned char *x_data = x->data, *y_data = y->data;
    if (x_data != y_data) return x_data < y_data ? -1 : 1;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1;
    return strcmp(x->name, y->name);
}

static ur_status check_cover(const tensor_reader *reader)
{
    const ur_tensor_file *file = reader->file;
    size_t covered = reader->data_at;
    for (size_t i = 0; i < file->count; i++) {
        const ur_tensor_entry *entry = &file->entries[i];
        size_t begin = (size_t)((const unsigned char *)entry->data - reader->bytes);
        if (begin != covered)
            return ur_fail(reader->error, UR_ERR_FORMAT,
                           "%s: tensor \"%s\": its data begins at byte %zu of the file and not at %zu, where the one "
                           "before ends: %s",
                           reader->name, entry->name, begin, covered, begin < covered ? "an overlap" : "a hole");
        covered += entry->bytes;
    }
    if (covered == reader->size) return UR_OK;
    return ur_fail(reader->error, UR_ERR_FORMAT, "%s: byte %zu: %zu bytes after the last tensor", reader->name, covered,
                   reader->size - covered);
}

static ur_status read_all(tensor_reader *reader, json_t *header)
{
    UR_TRY(read_tensors(reader, header));
    qsort(reader->file->entries, reader->file->count, sizeof *reader->file->entries, compare_place);
    return check_cover(reader);
}

ur_status ur_tensor_file_parse(ur_tensor_file *file, const void *bytes, size_t size, const char *name, ur_error *error)
{
    tensor_reader reader = {.name = name, .bytes = bytes, .size = size, .file = file, .error = error};
    json_t *header;
    *file = (ur_tensor_file){0};
    UR_TRY(read_header(&reader, &header));
    ur_status status = read_all(&reader, header);
    json_decref(header);
    if (status != UR_OK) ur_tensor_file_free(file);
    return status;
}

ur_status ur_tensor_file_read(ur_tensor_file *file, const char *path, ur_error *error)
{
    ur_bytes bytes = {0};
    *file = (ur_tensor_file){0};
    UR_TRY(ur_file_read(path, &bytes, error));
    ur_status status = ur_tensor_file_parse(file, bytes.data, bytes.size, path, error);
    if (status == UR_OK)
        file->bytes = bytes;
    else
        ur_bytes_free(&bytes);
    return status;
}

/* ---- The seal ---- */

/* Hashes the header without the blanks that the writer adds after it. The digits of the seal are hashed as
 * UR_SEAL_OPEN, as they were when the seal was made. */
static void add_header(ur_seal *seal, const unsigned char *header, size_t length, const char *digits)
{
    size_t place = 0, size = sizeof UR_SEAL_OPEN - 1;
    while (length > 0 && header[length - 1] == ' ') length--;
    while (place + size <= length && memcmp(header + place, digits, size) != 0) place++;
    if (place + size > length) place = length;
    ur_seal_add(seal, header, place);
    if (place == length) return;
    ur_seal_add(seal, UR_SEAL_OPEN, size);
    ur_seal_add(seal, header + place + size, length - place - size);
}

ur_status ur_tensor_file_check_seal(const ur_tensor_file *file, const char *name, ur_error *error)
{
    const char *wanted = json_string_value(json_object_get(file->metadata, UR_SEAL_KEY));
    char found[17] = "";
    if (!wanted || strlen(wanted) != sizeof UR_SEAL_OPEN - 1)
        return ur_fail(error, UR_ERR_FORMAT, "%s: has no checksum; it was changed or comes from an earlier version",
                       name);
    uint64_t length = 0;
    for (int i = UR_LENGTH_BYTES - 1; i >= 0; i--) length = length << 8 | file->bytes.data[i];
    const unsigned char *data = file->bytes.data + UR_LENGTH_BYTES + length;
    ur_seal seal = ur_seal_begin();
    add_header(&seal, file->bytes.data + UR_LENGTH_BYTES, (size_t)length, wanted);
    ur_seal_add(&seal, data, file->bytes.size - UR_LENGTH_BYTES - (size_t)length);
    ur_seal_end(&seal, found);
    if (strcmp(found, wanted) == 0) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: damaged: its checksum is %s and not %s", name, found, wanted);
}
