/* Writes the event file; see events.h. */
#include "train/events.h"

#include "base/error.h"
#include "base/png.h"
#include "train/crc.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- Messages ---------------------------------------------------------------------------------------------------- */

enum { VARINT = 0, EIGHT_BYTES = 1, COUNTED = 2, FOUR_BYTES = 5 }; /* wire types: how a field is laid out */

/* Appends space for `size` bytes and returns it, or NULL. */
static unsigned char *room_for(ur_message *m, size_t size)
{
    if (m->failed || size > SIZE_MAX / 4 - m->size) {
        m->failed = true;
        return NULL;
    }
    if (m->size + size > m->room) {
        size_t room = 2 * (m->size + size);
        unsigned char *bytes = realloc(m->bytes, room);
        m->failed = !bytes;
        if (!bytes) return NULL;
        m->bytes = bytes;
        m->room = room;
    }
    m->size += size;
    return m->bytes + m->size - size;
}

static void put(ur_message *m, const void *bytes, size_t size)
{
    unsigned char *to = room_for(m, size);
    if (to && size > 0) memcpy(to, bytes, size);
}

/* The low `size` bytes of a number, lowest first. */
static void put_bytes(ur_message *m, uint64_t number, size_t size)
{
    unsigned char *to = room_for(m, size);
    for (size_t i = 0; to && i < size; i++) to[i] = (unsigned char)(number >> 8 * i);
}

static void put_varint(ur_message *m, uint64_t number)
{
    for (; number >= 128; number >>= 7) put_bytes(m, 128 | (number & 127), 1);
    put_bytes(m, number, 1);
}

static size_t varint_size(uint64_t number)
{
    size_t size = 1;
    for (; number >= 128; number >>= 7) size++;
    return size;
}

static void put_key(ur_message *m, unsigned field, unsigned layout) { put_varint(m, field << 3 | layout); }

/* Begins a field of `size` bytes, which the caller writes next. All field numbers here are below 16, so each key takes
 * one byte. */
static void begin_counted(ur_message *m, unsigned field, size_t size)
{
    put_key(m, field, COUNTED);
    put_varint(m, size);
}

static size_t counted_size(size_t size) { return 1 + varint_size(size) + size; }

static void put_counted(ur_message *m, unsigned field, const void *bytes, size_t size)
{
    begin_counted(m, field, size);
    put(m, bytes, size);
}

static void put_double(ur_message *m, unsigned field, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_key(m, field, EIGHT_BYTES);
    put_bytes(m, bits, 8);
}

static void put_float(ur_message *m, unsigned field, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_key(m, field, FOUR_BYTES);
    put_bytes(m, bits, 4);
}

/* ---- Values ------------------------------------------------------------------------------------------------------ */

enum { SUMMARY_VALUE = 1, VALUE_TAG = 1, VALUE_NUMBER = 2, VALUE_IMAGE = 4, VALUE_TENSOR = 8, VALUE_METADATA = 9 };

void ur_events_number(ur_events *events, const char *tag, double value)
{
    if (events->file.fd < 0) return;
    begin_counted(&events->summary, SUMMARY_VALUE, counted_size(strlen(tag)) + 5);
    put_counted(&events->summary, VALUE_TAG, tag, strlen(tag));
    put_float(&events->summary, VALUE_NUMBER, (float)value);
}

/* TensorBoard shows texts as Markdown, where lines indented by four spaces are shown verbatim. */
static void put_indented(ur_message *m, const char *text, size_t length)
{
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t line = end ? (size_t)(end - text) + 1 - at : length - at;
        put(m, "    ", 4);
        put(m, text + at, line);
        at += line;
    }
}

void ur_events_text(ur_events *events, const char *tag, const char *text, size_t length)
{
    /* TensorProto: 1 dtype DT_STRING, 2 shape (2 dimension (1 size 1)), 8 the text. SummaryMetadata: 1 the plugin that
     * shows it (1 its name). */
    static const char head[] = {1 << 3, 7, 2 << 3 | COUNTED, 4, 2 << 3 | COUNTED, 2, 1 << 3, 1};
    static const char metadata[] = {1 << 3 | COUNTED, 6, 1 << 3 | COUNTED, 4, 't', 'e', 'x', 't'};
    enum { TENSOR_TEXT = 8 };
    ur_message shown = {0}, *m = &events->summary;
    if (events->file.fd < 0) return;
    put_indented(&shown, text, length);
    size_t tensor = sizeof head + counted_size(shown.size);
    begin_counted(m, SUMMARY_VALUE, counted_size(strlen(tag)) + counted_size(tensor) + counted_size(sizeof metadata));
    put_counted(m, VALUE_TAG, tag, strlen(tag));
    begin_counted(m, VALUE_TENSOR, tensor);
    put(m, head, sizeof head);
    put_counted(m, TENSOR_TEXT, shown.bytes, shown.size);
    put_counted(m, VALUE_METADATA, metadata, sizeof metadata);
    m->failed |= shown.failed;
    free(shown.bytes);
}

static void put_whole(ur_message *m, unsigned field, uint64_t number)
{
    put_key(m, field, VARINT);
    put_varint(m, number);
}

void ur_events_image(ur_events *events, const char *tag, const unsigned char *pixel, size_t rows, size_t columns)
{
    enum { IMAGE_HEIGHT = 1, IMAGE_WIDTH = 2, IMAGE_COLOURS = 3, IMAGE_FILE = 4, GREY = 1 };
    ur_message *m = &events->summary;
    unsigned char *file = NULL;
    size_t size;
    if (events->file.fd < 0) return;
    if (ur_png_make(pixel, rows, columns, &file, &size, NULL) == UR_OK) {
        size_t image = 4 + varint_size(rows) + varint_size(columns) + counted_size(size);
        begin_counted(m, SUMMARY_VALUE, counted_size(strlen(tag)) + counted_size(image));
        put_counted(m, VALUE_TAG, tag, strlen(tag));
        begin_counted(m, VALUE_IMAGE, image);
        put_whole(m, IMAGE_HEIGHT, rows);
        put_whole(m, IMAGE_WIDTH, columns);
        put_whole(m, IMAGE_COLOURS, GREY);
        put_counted(m, IMAGE_FILE, file, size);
    } else {
        m->failed = true;
    }
    free(file);
}

/* ---- Records ----------------------------------------------------------------------------------------------------- */

enum { EVENT_TIME = 1, EVENT_STEP = 2, EVENT_VERSION = 3, EVENT_SUMMARY = 5 };

static double seconds_since_1970(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Writes an empty head, which end_record fills in, and the beginning of the Event. */
static void begin_record(ur_message *record)
{
    record->size = 0;
    put_bytes(record, 0, 8);
    put_bytes(record, 0, 4);
    put_double(record, EVENT_TIME, seconds_since_1970());
}

static void write_number(unsigned char *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) to[i] = (unsigned char)(number >> 8 * i);
}

/* Writes the record in one call, so that a kill leaves at most one incomplete record. */
static ur_status end_record(ur_events *events, ur_error *error)
{
    ur_message *record = &events->record;
    bool failed = record->failed || events->summary.failed;
    if (!failed) {
        size_t size = record->size - UR_RECORD_HEAD;
        write_number(record->bytes, size, 8);
        write_number(record->bytes + 8, ur_crc32c_masked(ur_crc32c(0, record->bytes, 8)), 4);
        put_bytes(record, ur_crc32c_masked(ur_crc32c(0, record->bytes + UR_RECORD_HEAD, size)), UR_RECORD_FOOT);
        failed = record->failed;
    }
    events->summary.size = 0;
    events->summary.failed = record->failed = false;
    if (failed) return ur_fail_memory(error, "a record of the event file");
    UR_TRY(ur_append_put(&events->file, record->bytes, record->size, error));
    events->records++;
    return UR_OK;
}

ur_status ur_events_end(ur_events *events, uint64_t step, ur_error *error)
{
    if (events->file.fd < 0) return UR_OK;
    begin_record(&events->record);
    put_key(&events->record, EVENT_STEP, VARINT);
    put_varint(&events->record, step);
    put_counted(&events->record, EVENT_SUMMARY, events->summary.bytes, events->summary.size);
    return end_record(events, error);
}

/* ---- The file ---------------------------------------------------------------------------------------------------- */

static ur_status begin_file(ur_events *events, ur_error *error)
{
    static const char version[] = "brain.Event:2";
    begin_record(&events->record);
    put_counted(&events->record, EVENT_VERSION, version, sizeof version - 1);
    return end_record(events, error);
}

static ur_status begin_or_go_on(ur_events *events, uint64_t records, ur_error *error)
{
    off_t end;
    UR_TRY(ur_events_find(&events->file, records, &end, error));
    UR_TRY(ur_append_cut(&events->file, end, error));
    events->records = records;
    return records ? UR_OK : begin_file(events, error);
}

ur_status ur_events_open(ur_events *events, const char *path, uint64_t records, ur_error *error)
{
    *events = (ur_events){.file = {.fd = -1}};
    UR_TRY(ur_append_open(&events->file, path, error));
    ur_status status = begin_or_go_on(events, records, error);
    if (status != UR_OK) ur_events_close(events);
    return status;
}

void ur_events_close(ur_events *events)
{
    ur_append_close(&events->file);
    free(events->summary.bytes);
    free(events->record.bytes);
    *events = (ur_events){.file = {.fd = -1}};
}
