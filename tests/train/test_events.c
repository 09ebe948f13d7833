/*
 * The event file: checksums with known values, records byte for byte, what a resume keeps and what it refuses. (That
 * TensorBoard reads it: tests/cli/tensorboard.sh.)
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "support/place.h"

#include "base/error.h"
#include "base/png.h"
#include "train/crc.h"
#include "train/events.h"

#include <stdint.h>
#include <stdlib.h>

/* ---- Checksums --------------------------------------------------------------------------------------------------- */

/* RFC 3720, B.4, and the check value of the polynomial. */
static void checksums_are_known(void **state)
{
    (void)state;
    unsigned char bytes[32] = {0};
    assert_int_equal(ur_crc32c(0, "123456789", 9), 0xE3069283);
    assert_int_equal(ur_crc32c(0, bytes, 32), 0x8A9136AA);
    memset(bytes, 0xFF, 32);
    assert_int_equal(ur_crc32c(0, bytes, 32), 0x62A8AB43);
    for (int i = 0; i < 32; i++) bytes[i] = (unsigned char)i;
    assert_int_equal(ur_crc32c(0, bytes, 32), 0x46DD794E);
    assert_int_equal(ur_crc32c(0, "", 0), 0);
    assert_int_equal(ur_crc32c(ur_crc32c(0, "1234", 4), "56789", 5), 0xE3069283);
}

/* Rotated right by 15 bits, and a constant added: 0xE3069283 becomes 0x2507C60D + 0xA282EAD8. */
static void masked(void **state)
{
    (void)state;
    assert_int_equal(ur_crc32c_masked(0), 0xA282EAD8);
    assert_int_equal(ur_crc32c_masked(0xE3069283), 0xC78AB0E5);
}

/* ---- Records ----------------------------------------------------------------------------------------------------- */

static const char *path(void) { return in_scratch(&place, UR_EVENTS_NAME); }

static ur_bytes read_events(void)
{
    ur_bytes bytes;
    ur_error error;
    if (ur_file_read(path(), &bytes, &error) != UR_OK) fail_msg("%s", error.text);
    return bytes;
}

/* Where record `which` begins. */
static size_t record_at(const ur_bytes *bytes, int which)
{
    size_t at = 0;
    for (int i = 0; i < which; i++) {
        assert_true(at + UR_RECORD_HEAD <= bytes->size && bytes->data[at + 2] == 0);
        at += (size_t)(bytes->data[at] | bytes->data[at + 1] << 8) + UR_RECORD_HEAD + UR_RECORD_FOOT;
    }
    return at;
}

static ur_events open_events(uint64_t records)
{
    ur_events events;
    ur_error error;
    if (ur_events_open(&events, path(), records, &error) != UR_OK) fail_msg("%s", error.text);
    return events;
}

static void end(ur_events *events, uint64_t step)
{
    ur_error error;
    if (ur_events_end(events, step, &error) != UR_OK) fail_msg("%s", error.text);
}

/* The first says the version; then a file of three reports. */
static void write_three(void)
{
    ur_events events = open_events(0);
    ur_events_number(&events, "loss", 1.5);
    ur_events_number(&events, "rate", -0.25);
    end(&events, 300);
    ur_events_text(&events, "say", "a\n\nbc", 5);
    end(&events, 1);
    ur_events_number(&events, "loss", 0.75);
    end(&events, (uint64_t)1 << 35);
    assert_int_equal(events.records, 4);
    ur_events_close(&events);
}

static void assert_record(const ur_bytes *bytes, int which, const char *expected, size_t size)
{
    enum { TIME = 9 };
    const unsigned char *record = bytes->data + record_at(bytes, which);
    assert_int_equal(record[0], TIME + size);
    assert_int_equal(record[UR_RECORD_HEAD], 1 << 3 | 1);
    double seconds;
    memcpy(&seconds, record + UR_RECORD_HEAD + 1, sizeof seconds);
    assert_true(seconds > 1.6e9 && seconds < 1e10);
    assert_memory_equal(record + UR_RECORD_HEAD + TIME, expected, size);
}

/* A picture of two places: its sizes, its colours, and the file of base/test_png.c. */
static void pictures_are_kept(void **state)
{
    (void)state;
    enum { HEAD = 21, PNG = 71 };
    static const char head[] = "\x10\x07\x2A\x58\x0A\x56\x0A\x03see\x22\x4F\x08\x01\x10\x02\x18\x01\x22\x47";
    char expected[HEAD + PNG];
    const unsigned char pixel[] = {0, 255};
    unsigned char *file;
    size_t size;
    ur_error error;
    ur_events events = open_events(0);
    ur_events_image(&events, "see", pixel, 1, 2);
    end(&events, 7);
    ur_events_close(&events);
    assert_int_equal(ur_png_make(pixel, 1, 2, &file, &size, &error), UR_OK);
    assert_int_equal(size, PNG);
    memcpy(expected, head, HEAD);
    memcpy(expected + HEAD, file, size);
    free(file);
    ur_bytes bytes = read_events();
    assert_record(&bytes, 1, expected, sizeof expected);
    ur_bytes_free(&bytes);
}

#define ASSERT_RECORD(bytes, which, expected) assert_record(bytes, which, expected, sizeof(expected) - 1)

/* The numbers are written out by hand from the description of the wire format. */
static void records_are_exact(void **state)
{
    (void)state;
    write_three();
    ur_bytes bytes = read_events();
    ASSERT_RECORD(&bytes, 0,
                  "\x1A\x0D"
                  "brain.Event:2");
    ASSERT_RECORD(&bytes, 1,
                  "\x10\xAC\x02"
                  "\x2A\x1A"
                  "\x0A\x0B\x0A\x04loss\x15\x00\x00\xC0\x3F"
                  "\x0A\x0B\x0A\x04rate\x15\x00\x00\x80\xBE");
    ASSERT_RECORD(&bytes, 2,
                  "\x10\x01"
                  "\x2A\x2E"
                  "\x0A\x2C"
                  "\x0A\x03say"
                  "\x42\x1B\x08\x07\x12\x04\x12\x02\x08\x01\x42\x11"
                  "    a\n    \n    bc"
                  "\x4A\x08\x0A\x06\x0A\x04text");
    ASSERT_RECORD(&bytes, 3,
                  "\x10\x80\x80\x80\x80\x80\x01"
                  "\x2A\x0D"
                  "\x0A\x0B\x0A\x04loss\x15\x00\x00\x40\x3F");
    assert_int_equal(record_at(&bytes, 4), bytes.size);
    ur_bytes_free(&bytes);
}

/* ---- Going on ---------------------------------------------------------------------------------------------------- */

static void refuses(uint64_t records, const char *said)
{
    ur_events events;
    ur_error error = {0};
    assert_int_equal(ur_events_open(&events, path(), records, &error), UR_ERR_DATA);
    if (!strstr(error.text, said) || !strstr(error.text, UR_EVENTS_NAME) || !strstr(error.text, "`no-events`"))
        fail_msg("expected %s, found %s", said, error.text);
}

/* What stands behind the records that count goes, whole or not, whatever it is. */
static void goes_on_behind(void **state)
{
    (void)state;
    write_three();
    ur_bytes before = read_events();
    for (uint64_t records = 1; records <= 4; records++) {
        ur_events events = open_events(records);
        ur_events_number(&events, "x", 1);
        end(&events, 7);
        assert_int_equal(events.records, records + 1);
        ur_events_close(&events);
        ur_bytes after = read_events();
        size_t kept = record_at(&before, (int)records);
        assert_memory_equal(after.data, before.data, kept);
        assert_int_equal(record_at(&after, (int)records + 1), after.size);
        ur_bytes_free(&after);
        write_three();
        ur_bytes_free(&before);
        before = read_events();
    }
    ur_bytes_free(&before);
    refuses(5, "has 4 whole records, but the checkpoint knows of 5");
}

static void cut_to(const ur_bytes *bytes, size_t size)
{
    FILE *file = fopen(path(), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* At each byte. */
static void a_cut_file_is_refused(void **state)
{
    (void)state;
    write_three();
    ur_bytes bytes = read_events();
    for (size_t size = 0; size < bytes.size; size++) {
        int whole = 0;
        while (record_at(&bytes, whole + 1) <= size) whole++;
        char said[64];
        snprintf(said, sizeof said, "has %d whole records, but the checkpoint knows of 4", whole);
        cut_to(&bytes, size);
        refuses(4, said);
        ur_events events;
        cut_to(&bytes, size);
        events = open_events((uint64_t)whole);
        ur_events_close(&events);
    }
    ur_bytes_free(&bytes);
}

/* A bit of each byte that is counted on. */
static void a_damaged_file_is_refused(void **state)
{
    (void)state;
    write_three();
    ur_bytes bytes = read_events();
    for (size_t i = 0; i < bytes.size; i++) {
        char said[64];
        int which = 0;
        unsigned char bit = (unsigned char)(1 << i % 8);
        bytes.data[i] ^= bit;
        cut_to(&bytes, bytes.size);
        bytes.data[i] ^= bit;
        while (record_at(&bytes, which + 1) <= i) which++;
        snprintf(said, sizeof said, "record %d, at byte %zu, is damaged", which + 1, record_at(&bytes, which));
        refuses(4, said);
    }
    ur_bytes_free(&bytes);
}

static void without_a_file_nothing_happens(void **state)
{
    (void)state;
    ur_events events = {.file = {.fd = -1}};
    ur_events_number(&events, "loss", 1);
    ur_events_text(&events, "say", "hello", 5);
    end(&events, 1);
    assert_null(events.summary.bytes);
    assert_null(events.record.bytes);
    ur_events_close(&events);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums_are_known),
        cmocka_unit_test(masked),
        cmocka_unit_test_setup_teardown(records_are_exact, set_up, tear_down),
        cmocka_unit_test_setup_teardown(pictures_are_kept, set_up, tear_down),
        cmocka_unit_test_setup_teardown(goes_on_behind, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cut_file_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_refused, set_up, tear_down),
        cmocka_unit_test(without_a_file_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
