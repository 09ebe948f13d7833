/* The header of a model file: what it may hold, and the message for every kind of broken header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "format/tensor_file.h"

#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A file in memory: `length` in its first 8 bytes, then the header, then `data` zero bytes. */
typedef struct image {
    unsigned char bytes[4096];
    size_t size;
} image;

static image image_of(uint64_t length, const char *header, size_t data)
{
    image file = {.size = 8 + strlen(header) + data};
    assert_true(file.size <= sizeof file.bytes);
    for (int i = 0; i < 8; i++) file.bytes[i] = (unsigned char)(length >> (8 * i));
    memcpy(file.bytes + 8, header, strlen(header));
    return file;
}

/* Parses a copy that is exactly as large as the file, so that the sanitizers see a read past its end. */
static ur_status parse_exact(const image *file, ur_tensor_file *out, ur_error *error)
{
    unsigned char *copy = malloc(file->size ? file->size : 1);
    assert_non_null(copy);
    memcpy(copy, file->bytes, file->size);
    ur_status status = ur_tensor_file_parse(out, copy, file->size, "m", error);
    ur_tensor_file_free(out);
    free(copy);
    return status;
}

static void refuse_image(const image *file, const char *message)
{
    ur_tensor_file out;
    ur_error error = {0};
    memset(&out, 0x5A, sizeof out);
    assert_int_equal(parse_exact(file, &out, &error), UR_ERR_FORMAT);
    assert_string_equal(error.text, message);
    assert_int_equal(parse_exact(file, &out, NULL), UR_ERR_FORMAT);
    assert_true(out.entries == NULL && out.count == 0 && out.metadata == NULL && out.bytes.data == NULL);
}

static void refuse(const char *header, size_t data, const char *message)
{
    image file = image_of(strlen(header), header, data);
    refuse_image(&file, message);
}

static ur_tensor_file accept(const image *file)
{
    ur_tensor_file out;
    ur_error error = {0};
    if (ur_tensor_file_parse(&out, file->bytes, file->size, "m", &error) != UR_OK) fail_msg("%s", error.text);
    return out;
}

static void test_reads_tensors_in_order_of_place(void **state)
{
    (void)state;
    const char *header =
        "{ \"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[12,20]},\"__metadata__\":{\"k\":\"v\"},"
        "\"a\":{\"data_offsets\":[0,12],\"shape\":[3,1,2],\"dtype\":\"BF16\",\"other\":[1.5e3,null]},"
        "\"z\":{\"dtype\":\"U8\",\"shape\":[5,0],\"data_offsets\":[20,20]}}  ";
    image file = image_of(strlen(header), header, 20);
    ur_tensor_file out = accept(&file);
    assert_int_equal(out.count, 3);
    const ur_tensor_entry *a = &out.entries[0], *b = &out.entries[1], *z = &out.entries[2];
    assert_string_equal(a->name, "a");
    assert_true(a->dtype == UR_BF16 && a->rank == 3 && a->shape[0] == 3 && a->shape[1] == 1 && a->shape[2] == 2);
    assert_true(a->bytes == 12 && a->data == file.bytes + 8 + strlen(header));
    assert_string_equal(b->name, "b");
    assert_true(b->dtype == UR_I64 && b->rank == 0 && b->bytes == 8);
    assert_ptr_equal(b->data, (const unsigned char *)a->data + 12);
    assert_true(z->dtype == UR_U8 && z->bytes == 0);
    assert_ptr_equal(ur_tensor_file_find(&out, "b"), b);
    assert_null(ur_tensor_file_find(&out, "c"));
    assert_string_equal(json_string_value(json_object_get(out.metadata, "k")), "v");
    assert_null(out.bytes.data);
    ur_tensor_file_free(&out);
}

static void test_an_empty_file_of_tensors(void **state)
{
    (void)state;
    image file = image_of(2, "{}", 0);
    ur_tensor_file out = accept(&file);
    assert_true(out.count == 0 && out.metadata == NULL);
    assert_null(ur_tensor_file_find(&out, ""));
    ur_tensor_file_free(&out);
}

static void test_metadata_with_escapes(void **state)
{
    (void)state;
    const char *header =
        "{\"__metadata__\":{\"\\u006b\\n\":\"\\\"\\\\\\/\\b\\f\\r\\t\\u00e9\\u20AC\\uD83D\\uDE00\\u0001é\"}}";
    image file = image_of(strlen(header), header, 0);
    ur_tensor_file out = accept(&file);
    assert_string_equal(json_string_value(json_object_get(out.metadata, "k\n")), "\"\\/\b\f\r\té€😀\x01é");
    ur_tensor_file_free(&out);
}

static void test_cut_and_huge_headers(void **state)
{
    (void)state;
    image file = image_of(100, "{}", 0);
    refuse_image(&file, "m: byte 0: a header of 100 bytes, but the file ends at byte 10; it was cut off");
    file.size = 7;
    refuse_image(&file, "m: 7 bytes are too few for a safetensors file, which begins with 8 bytes of header length");
    file.size = 0;
    refuse_image(&file, "m: 0 bytes are too few for a safetensors file, which begins with 8 bytes of header length");
    file = image_of(100000001, "{}", 0);
    refuse_image(
        &file, "m: byte 0: a header of 100000001 bytes, above the limit of 100000000; this is not a safetensors file");
    file = image_of(UINT64_MAX, "{}", 0);
    refuse_image(&file, "m: byte 0: a header of 18446744073709551615 bytes, above the limit of 100000000; this is not "
                        "a safetensors file");
    file = image_of(0, "{}", 0);
    refuse_image(&file, "m: byte 8: the header does not begin with \"{\"");
    file = image_of(3, "", 3);
    refuse_image(&file, "m: byte 8: the header does not begin with \"{\"");
}

static void test_not_json(void **state)
{
    (void)state;
    refuse("[]", 0, "m: byte 8: the header does not begin with \"{\"");
    refuse("{\"a\":", 0, "m: byte 13: expected a value, and the JSON text ends");
    refuse("{\"a\"}", 0, "m: byte 12: expected \":\"");
    refuse("{\"a\":1 2}", 0, "m: byte 15: expected \",\" or \"}\"");
    refuse("{\"a\":[1 2]}", 0, "m: byte 16: expected \",\" or \"]\"");
    refuse("{,}", 0, "m: byte 9: expected a string");
    refuse("{\"a\":1,}", 0, "m: byte 15: expected a string");
    refuse("{} x", 0, "m: byte 11: expected the end of the JSON text");
    refuse("{\"a\":nil}", 0, "m: byte 13: expected a value");
    refuse("{\"a", 0, "m: byte 11: a string without its closing quote, and the JSON text ends");
    refuse("{\"a\\\"", 0, "m: byte 13: a string without its closing quote, and the JSON text ends");
    refuse("{\"a\x01\"}", 0, "m: byte 11: a control character in a string");
    refuse("{\"a\xff\"}", 0, "m: byte 11: a byte that is not UTF-8");
    refuse("{\"\xe2\x86\"}", 0, "m: byte 10: a byte that is not UTF-8");
}

static void test_wrong_escapes_and_numbers(void **state)
{
    (void)state;
    refuse("{\"\\q\"}", 0, "m: byte 11: unknown escape in a string");
    refuse("{\"\\u12g4\"}", 0, "m: byte 12: expected four hexadecimal digits after \"\\u\"");
    refuse("{\"a\\u0000\"}", 0, "m: byte 13: a zero character, which no text of this file may hold");
    refuse("{\"\\ud800x\"}", 0, "m: byte 12: half of a surrogate pair");
    refuse("{\"\\ud800\\u0041\"}", 0, "m: byte 12: half of a surrogate pair");
    refuse("{\"\\ude00\"}", 0, "m: byte 12: half of a surrogate pair");
    refuse("{\"a\":01}", 0, "m: byte 13: a number with a zero in front");
    refuse("{\"a\":-}", 0, "m: byte 13: expected a value");
    refuse("{\"a\":9223372036854775808}", 0, "m: byte 13: an integer beyond 64 bits");
    refuse("{\"a\":-9223372036854775809}", 0, "m: byte 14: an integer beyond 64 bits");
    refuse("{\"a\":1e999}", 0, "m: byte 13: a number too large");
    refuse("{\"a\":1.}", 0, "m: byte 14: expected \",\" or \"}\"");
}

static void test_too_deep(void **state)
{
    (void)state;
    char header[512] = "{\"a\":";
    for (int i = 0; i < 200; i++) strcat(header, "[");
    refuse(header, 0, "m: byte 44: too many levels");
}

static void test_duplicate_keys(void **state)
{
    (void)state;
#define EMPTY "{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}"
    refuse("{\"a\":" EMPTY ", \"a\":" EMPTY "}", 0, "m: byte 63: duplicate key \"a\"");
    refuse("{\"a\":" EMPTY ", \"\\u0061\":" EMPTY "}", 0, "m: byte 63: duplicate key \"a\"");
    refuse("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "m: byte 33: duplicate key \"k\"");
#undef EMPTY
}

static void test_wrong_metadata(void **state)
{
    (void)state;
    refuse("{\"__metadata__\":[]}", 0, "m: __metadata__ is not an object");
    refuse("{\"__metadata__\":{\"k\":{}}}", 0, "m: __metadata__: the value of \"k\" is not a text");
}

#define TENSOR(dtype, shape, offsets)                                                                                  \
    "{\"t\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

static void test_wrong_descriptions(void **state)
{
    (void)state;
    refuse("{\"t\":3}", 0, "m: tensor \"t\": is not described by an object");
    refuse("{\"t\":{}}", 0, "m: tensor \"t\": has no text \"dtype\"");
    refuse(TENSOR("F16", "[1]", "[0,2]"), 2,
           "m: tensor \"t\": unknown dtype \"F16\"; F32, F64, BF16, I8, I64 and U8 are supported");
    refuse(TENSOR("F32", "1", "[0,4]"), 4, "m: tensor \"t\": has no list \"shape\"");
    refuse(TENSOR("F32", "[1,1,1,1,1]", "[0,4]"), 4, "m: tensor \"t\": has more than 4 dimensions");
    const char *numbers = "m: tensor \"t\": its \"shape\" holds something else than whole numbers from 0 on";
    refuse(TENSOR("F32", "[-1]", "[0,4]"), 4, numbers);
    refuse(TENSOR("F32", "[1.0]", "[0,4]"), 4, numbers);
    refuse(TENSOR("F32", "[\"1\"]", "[0,4]"), 4, numbers);
    const char *offsets = "m: tensor \"t\": has no \"data_offsets\" [BEGIN, END] with whole numbers, BEGIN <= END";
    refuse(TENSOR("F32", "[1]", "[0]"), 4, offsets);
    refuse(TENSOR("F32", "[1]", "[0,4,4]"), 4, offsets);
    refuse(TENSOR("F32", "[1]", "[4,0]"), 4, offsets);
    refuse(TENSOR("F32", "[1]", "[-4,0]"), 4, offsets);
    refuse(TENSOR("F32", "[1]", "{}"), 4, offsets);
}

static void test_product_that_overflows(void **state)
{
    (void)state;
    const char *message = "m: tensor \"t\": the product of its \"shape\" is too large";
    refuse(TENSOR("F32", "[4294967296,4294967296]", "[0,0]"), 0, message);
    refuse(TENSOR("F64", "[2305843009213693952]", "[0,0]"), 0, message);
    refuse(TENSOR("U8", "[4611686018427387904,2,2]", "[0,0]"), 0, message);
    refuse(TENSOR("U8", "[9223372036854775807,4,0]", "[0,0]"), 0, message);
}

static void test_offsets_that_do_not_fit(void **state)
{
    (void)state;
    refuse(
        TENSOR("F32", "[2]", "[0,8]"), 7,
        "m: tensor \"t\": its data_offsets end at byte 8 of the data, which has 7 bytes (from byte 62 of the file); it "
        "was cut off");
    refuse(
        TENSOR("F32", "[1]", "[0,9223372036854775807]"), 4,
        "m: tensor \"t\": its data_offsets end at byte 9223372036854775807 of the data, which has 4 bytes (from byte "
        "80 of the file); it was cut off");
    refuse(TENSOR("F32", "[2]", "[0,7]"), 8,
           "m: tensor \"t\": its shape needs 8 bytes, its data_offsets (from byte 62 of the file) give 7");
    refuse(TENSOR("F32", "[2]", "[0,8]"), 9, "m: byte 70: 1 bytes after the last tensor");
    refuse("{}", 3, "m: byte 10: 3 bytes after the last tensor");
    refuse(TENSOR("U8", "[2]", "[1,3]"), 3,
           "m: tensor \"t\": its data begins at byte 62 of the file and not at 61, where the one before ends: a hole");
}

static void test_holes_and_overlaps(void **state)
{
    (void)state;
#define TWO(offsets)                                                                                                   \
    "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"                                                  \
    "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":" offsets "}}"
    refuse(
        TWO("[5,9]"), 9,
        "m: tensor \"b\": its data begins at byte 118 of the file and not at 117, where the one before ends: a hole");
    refuse(TWO("[3,7]"), 7,
           "m: tensor \"b\": its data begins at byte 116 of the file and not at 117, where the one before ends: an "
           "overlap");
    refuse(TWO("[0,4]"), 4,
           "m: tensor \"b\": its data begins at byte 113 of the file and not at 117, where the one before ends: an "
           "overlap");
#undef TWO
}

static void test_name_too_long(void **state)
{
    (void)state;
    char name[UR_TENSOR_NAME_MAX + 1] = {0}, header[256];
    memset(name, 'n', UR_TENSOR_NAME_MAX);
    snprintf(header, sizeof header, "{\"%s\":{}}", name);
    refuse(header, 0, "m: tensor \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...\": its name is longer than 95 bytes");
}

static void test_every_cut_of_a_file_is_refused(void **state)
{
    (void)state;
    const char *header =
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"__metadata__\":{\"k\":\"\\u00e9\"}}";
    image whole = image_of(strlen(header), header, 8);
    ur_tensor_file out = accept(&whole);
    ur_tensor_file_free(&out);
    for (size_t size = 0; size < whole.size; size++) {
        image cut = whole;
        cut.size = size;
        assert_int_equal(parse_exact(&cut, &out, NULL), UR_ERR_FORMAT);
        if (size < 8) continue;
        /* The stated length is the length after the cut, so that the JSON itself breaks off. */
        image header_cut = image_of(size - 8, "", 0);
        memcpy(header_cut.bytes + 8, whole.bytes + 8, size - 8);
        header_cut.size = size;
        if (size != 8 + strlen(header)) assert_int_equal(parse_exact(&header_cut, &out, NULL), UR_ERR_FORMAT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_tensors_in_order_of_place),
        cmocka_unit_test(test_an_empty_file_of_tensors),
        cmocka_unit_test(test_metadata_with_escapes),
        cmocka_unit_test(test_cut_and_huge_headers),
        cmocka_unit_test(test_not_json),
        cmocka_unit_test(test_wrong_escapes_and_numbers),
        cmocka_unit_test(test_too_deep),
        cmocka_unit_test(test_duplicate_keys),
        cmocka_unit_test(test_wrong_metadata),
        cmocka_unit_test(test_wrong_descriptions),
        cmocka_unit_test(test_product_that_overflows),
        cmocka_unit_test(test_offsets_that_do_not_fit),
        cmocka_unit_test(test_holes_and_overlaps),
        cmocka_unit_test(test_name_too_long),
        cmocka_unit_test(test_every_cut_of_a_file_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
