/* Model files: what is written reads back, and equal input gives equal bytes. (Broken ones: test_tensor_file_parse.c.) */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/scratch.h"
#include "format/tensor_file.h"

#include <jansson.h>
#include <stdint.h>

static scratch here;

static ur_tensor_entry entry_of(const char *name, ur_dtype dtype, size_t rank, const size_t *shape, const void *data)
{
    ur_tensor_entry entry = {.dtype = dtype, .rank = rank, .data = data, .bytes = ur_dtype_size(dtype)};
    strcpy(entry.name, name);
    for (size_t i = 0; i < rank; i++) entry.bytes *= entry.shape[i] = shape[i];
    return entry;
}

static void assert_same_entries(const ur_tensor_entry *a, const ur_tensor_entry *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(a[i].name, b[i].name);
        assert_true(a[i].dtype == b[i].dtype && a[i].rank == b[i].rank && a[i].bytes == b[i].bytes);
        assert_memory_equal(a[i].shape, b[i].shape, sizeof a[i].shape);
        if (a[i].bytes) assert_memory_equal(a[i].data, b[i].data, a[i].bytes);
    }
}

static const char *const some_metadata[] = {"format", "pt", "unroll",
                                            "{\"net\":\"onehot > rnn 3\",\"vocab\":[\"é\\n\"]}"};

static void write_some(const char *path)
{
    static const float weights[6] = {1, -2, 3.5f, 0, 1e-30f, 6};
    static const double number = 0.1;
    static const int8_t small[5] = {-128, 127, 0, 1, 2};
    ur_tensor_entry entries[] = {
        entry_of("rnn.weight_ih_l0", UR_F32, 2, (size_t[]){2, 3}, weights),
        entry_of("step", UR_F64, 0, NULL, &number),
        entry_of("leer", UR_I64, 3, (size_t[]){4, 0, 2}, NULL),
        entry_of("gewicht é", UR_I8, 1, (size_t[]){5}, small),
    };
    ur_error error = {0};
    if (ur_tensor_file_write(path, entries, 4, some_metadata, 2, &error) != UR_OK) fail_msg("%s", error.text);
    ur_tensor_file back;
    if (ur_tensor_file_read(&back, path, &error) != UR_OK) fail_msg("%s", error.text);
    assert_int_equal(back.count, 4);
    for (size_t i = 0; i < 4; i++) assert_same_entries(ur_tensor_file_find(&back, entries[i].name), &entries[i], 1);
    assert_int_equal(json_object_size(back.metadata), 2);
    for (int i = 0; i < 4; i += 2)
        assert_string_equal(json_string_value(json_object_get(back.metadata, some_metadata[i])), some_metadata[i + 1]);
    ur_tensor_file_free(&back);
}

static ur_bytes bytes_of(const char *path)
{
    ur_bytes bytes;
    assert_int_equal(ur_file_read(path, &bytes, NULL), UR_OK);
    return bytes;
}

static void test_round_trip(void **state)
{
    (void)state;
    write_some(in_scratch(&here, "round"));
}

static void test_header_as_it_is_written(void **state)
{
    (void)state;
    write_some(in_scratch(&here, "header"));
    ur_bytes bytes = bytes_of(here.path);
    const char *header = "{\"__metadata__\":{\"format\":\"pt\",\"unroll\":\"{\\\"net\\\":\\\"onehot > rnn "
                         "3\\\",\\\"vocab\\\":[\\\"é\\\\n\\\"]}\"},"
                         "\"rnn.weight_ih_l0\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
                         "\"step\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[24,32]},"
                         "\"leer\":{\"dtype\":\"I64\",\"shape\":[4,0,2],\"data_offsets\":[32,32]},"
                         "\"gewicht é\":{\"dtype\":\"I8\",\"shape\":[5],\"data_offsets\":[32,37]}}";
    size_t length = bytes.data[0] | (size_t)bytes.data[1] << 8;
    assert_int_equal((8 + length) % 64, 0);
    assert_true(length >= strlen(header) && length < strlen(header) + 64);
    assert_memory_equal(bytes.data + 2, "\0\0\0\0\0\0", 6);
    assert_memory_equal(bytes.data + 8, header, strlen(header));
    for (size_t i = strlen(header); i < length; i++) assert_int_equal(bytes.data[8 + i], ' ');
    assert_int_equal(bytes.size, 8 + length + 37);
    ur_bytes_free(&bytes);
}

static void assert_equal_files(const char *a_name, const char *b_name)
{
    ur_bytes a = bytes_of(in_scratch(&here, a_name)), b = bytes_of(in_scratch(&here, b_name));
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    ur_bytes_free(&a);
    ur_bytes_free(&b);
}

static void test_equal_input_gives_equal_bytes(void **state)
{
    (void)state;
    write_some(in_scratch(&here, "one"));
    write_some(in_scratch(&here, "two"));
    assert_equal_files("one", "two");
}

static void test_rewriting_what_was_read(void **state)
{
    (void)state;
    write_some(in_scratch(&here, "first"));
    ur_tensor_file file;
    assert_int_equal(ur_tensor_file_read(&file, here.path, NULL), UR_OK);
    /* Reading gives them in the order of the file. */
    ur_tensor_entry ordered[4] = {*ur_tensor_file_find(&file, "rnn.weight_ih_l0"), *ur_tensor_file_find(&file, "step"),
                                  *ur_tensor_file_find(&file, "leer"), *ur_tensor_file_find(&file, "gewicht é")};
    assert_same_entries(file.entries, ordered, 4);
    in_scratch(&here, "again");
    assert_int_equal(ur_tensor_file_write(here.path, file.entries, file.count, some_metadata, 2, NULL), UR_OK);
    ur_tensor_file_free(&file);
    assert_equal_files("first", "again");
}

static void test_padding_of_every_length(void **state)
{
    (void)state;
    static const unsigned char byte = 7;
    for (size_t n = 1; n <= 70; n++) {
        ur_tensor_entry entry = {.dtype = UR_U8, .data = &byte, .bytes = 1};
        ur_tensor_file file;
        memset(entry.name, 'n', n);
        in_scratch(&here, "padded");
        assert_int_equal(ur_tensor_file_write(here.path, &entry, 1, NULL, 0, NULL), UR_OK);
        assert_int_equal(ur_tensor_file_read(&file, here.path, NULL), UR_OK);
        assert_int_equal(((const unsigned char *)file.entries[0].data - file.bytes.data) % 64, 0);
        assert_int_equal(*(const unsigned char *)file.entries[0].data, 7);
        assert_null(file.metadata);
        ur_tensor_file_free(&file);
    }
}

/* Refused before anything is written: the old file stays, and nothing lies beside it. */
static void refuse_write(const ur_tensor_entry *entries, size_t count, const char *const *metadata, size_t pairs,
                         const char *message)
{
    char whole[1024], folder[80];
    ur_error error = {0};
    snprintf(folder, sizeof folder, "%s/w", here.root);
    mkdir(folder, 0777);
    put(in_scratch(&here, "w/file"), "old");
    snprintf(whole, sizeof whole, "%s: %s", here.path, message);
    assert_int_equal(ur_tensor_file_write(here.path, entries, count, metadata, pairs, &error), UR_ERR_USAGE);
    assert_string_equal(error.text, whole);
    assert_holds(here.path, "old");
    assert_int_equal(entries_in(folder), 1);
}

static void test_wrong_input_is_not_written(void **state)
{
    (void)state;
    static const float numbers[2] = {1, 2};
    ur_tensor_entry good = entry_of("a", UR_F32, 1, (size_t[]){2}, numbers), bad[2] = {good, good};
    refuse_write(bad, 2, NULL, 0, "tensor \"a\": given twice");
    bad[0].bytes = 4;
    refuse_write(bad, 1, NULL, 0, "tensor \"a\": its bytes do not fit its shape");
    bad[0] = good, bad[0].data = NULL;
    refuse_write(bad, 1, NULL, 0, "tensor \"a\": has no data");
    bad[0] = good, bad[0].rank = 5;
    refuse_write(bad, 1, NULL, 0, "tensor \"a\": its type or shape is out of range");
    bad[0] = good, bad[0].rank = 2, bad[0].shape[1] = SIZE_MAX / 2;
    refuse_write(bad, 1, NULL, 0, "tensor \"a\": its type or shape is out of range");
    bad[0] = good, bad[0].name[0] = 0;
    refuse_write(bad, 1, NULL, 0, "tensor \"\": a name has 1 to 95 bytes and an ending 0");
    bad[0] = good, strcpy(bad[0].name, "__metadata__");
    refuse_write(bad, 1, NULL, 0, "tensor \"__metadata__\": not a name that a tensor may have");
    bad[0] = good, strcpy(bad[0].name, "\xff");
    refuse_write(bad, 1, NULL, 0, "tensor \"\\xff\": not a name that a tensor may have");
}

static void test_wrong_metadata_is_not_written(void **state)
{
    (void)state;
    static const char *const twice[] = {"k", "1", "k", "2"}, *const binary[] = {"k", "\x80"},
                             *const none[] = {"k", NULL};
    refuse_write(NULL, 0, twice, 2, "metadata \"k\": given twice");
    refuse_write(NULL, 0, binary, 1, "metadata 0: not a pair of UTF-8 strings");
    refuse_write(NULL, 0, none, 1, "metadata 0: not a pair of UTF-8 strings");
}

static void test_a_folder_that_is_not_there(void **state)
{
    (void)state;
    ur_tensor_file file;
    ur_error error = {0};
    in_scratch(&here, "none/file");
    assert_int_equal(ur_tensor_file_write(here.path, NULL, 0, NULL, 0, &error), UR_ERR_IO);
    assert_non_null(strstr(error.text, here.path));
    assert_int_equal(ur_tensor_file_read(&file, here.path, &error), UR_ERR_IO);
    assert_non_null(strstr(error.text, here.path));
    assert_true(file.entries == NULL && file.metadata == NULL && file.bytes.data == NULL);
}

static void test_a_broken_file_is_named(void **state)
{
    (void)state;
    ur_tensor_file file;
    ur_error error = {0};
    char message[1024];
    put(in_scratch(&here, "text.safetensors"), "this is a text and not a model");
    snprintf(message, sizeof message,
             "%s: byte 0: a header of 2338328219631577204 bytes, above the limit of 100000000; this is not a "
             "safetensors file",
             here.path);
    assert_int_equal(ur_tensor_file_read(&file, here.path, &error), UR_ERR_FORMAT);
    assert_string_equal(error.text, message);
    assert_true(file.bytes.data == NULL && file.bytes.size == 0);
}

static void test_dtype_sizes(void **state)
{
    (void)state;
    static const size_t sizes[] = {4, 8, 2, 1, 8, 1};
    for (int i = 0; i < 6; i++) assert_int_equal(ur_dtype_size((ur_dtype)i), sizes[i]);
}

/* The golden files were written by the reference implementation. */
static void test_a_file_of_the_reference_implementation(void **state)
{
    (void)state;
    char path[1024];
    ur_tensor_file file;
    ur_error error = {0};
    const char *golden = getenv("UNROLL_GOLDEN");
    if (!golden) {
        print_message("skipped: UNROLL_GOLDEN does not name tests/golden\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/lstm.safetensors", golden);
    if (ur_tensor_file_read(&file, path, &error) != UR_OK) fail_msg("%s", error.text);
    const ur_tensor_entry *weights = ur_tensor_file_find(&file, "weight_ih_l0");
    assert_non_null(weights);
    assert_true(weights->rank == 2 && weights->bytes == 8 * weights->shape[0] * weights->shape[1]);
    assert_string_equal(json_string_value(json_object_get(file.metadata, "cell")), "lstm");
    ur_tensor_file_free(&file);
}

static int set_up(void **state)
{
    (void)state;
    make_scratch(&here);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    remove_scratch(&here);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_header_as_it_is_written),
        cmocka_unit_test(test_equal_input_gives_equal_bytes),
        cmocka_unit_test(test_rewriting_what_was_read),
        cmocka_unit_test(test_padding_of_every_length),
        cmocka_unit_test(test_wrong_input_is_not_written),
        cmocka_unit_test(test_wrong_metadata_is_not_written),
        cmocka_unit_test(test_a_folder_that_is_not_there),
        cmocka_unit_test(test_a_broken_file_is_named),
        cmocka_unit_test(test_dtype_sizes),
        cmocka_unit_test(test_a_file_of_the_reference_implementation),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
