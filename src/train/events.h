/*
 * The event file, which TensorBoard reads: numbers and texts by step. It is a sequence of records, each with checksums.
 * A record is one Event in the wire format of Protocol Buffers. The first gives the version of the format; every other
 * is a report:
 *
 *     record   u64 size, u32 masked CRC-32C of those 8 bytes, the Event, u32 masked CRC-32C of the Event; little-endian
 *     Event    1 wall_time (double), 2 step (varint), 3 file_version (text), 5 summary
 *     Summary  1 value, repeated: 1 tag, 2 simple_value (float), 4 image, 8 tensor, 9 metadata (for a text)
 *     Image    1 height, 2 width, 3 colorspace (1: grey), 4 encoded_image_string (PNG)
 */
#ifndef UR_TRAIN_EVENTS_H
#define UR_TRAIN_EVENTS_H

#include "train/append.h"

/* TensorBoard looks for "tfevents" in the name. Usual names also hold a time, a host and a process id. This name is
 * always the same, so that a resumed run continues its own file. */
#define UR_EVENTS_NAME "events.out.tfevents.0000000001.unroll"

/* The bytes of a message, in a buffer that grows. `failed` says that memory ran out; the end of the report returns the
 * error. */
typedef struct ur_message {
    unsigned char *bytes;
    size_t size, room;
    bool failed;
} ur_message;

typedef struct ur_events {
    ur_append file;
    uint64_t records; /* counted in records, as the log is counted in lines */
    ur_message summary, record;
} ur_events;

/* Opens the file, or creates it, and cuts it after `records` records. With 0 it begins a new file. Fewer records, or
 * damaged ones, are an error. */
ur_status ur_events_open(ur_events *events, const char *path, uint64_t records, ur_error *error);
void ur_events_close(ur_events *events);

/* A report is any number of values, and then ur_events_end, which writes them. All of these do nothing if no file is
 * kept. */
void ur_events_number(ur_events *events, const char *tag, double value);
/* Shown as it is, even if it looks like markup. `text` must be UTF-8. */
void ur_events_text(ur_events *events, const char *tag, const char *text, size_t length);
/* A grey picture, pixel (rows, columns) from 0 to 255. */
void ur_events_image(ur_events *events, const char *tag, const unsigned char *pixel, size_t rows, size_t columns);
ur_status ur_events_end(ur_events *events, uint64_t step, ur_error *error);

/* In events_read.c: finds the offset just after the first `records` records, and checks all of them. */
ur_status ur_events_find(const ur_append *file, uint64_t records, off_t *end, ur_error *error);
enum { UR_RECORD_HEAD = 12, UR_RECORD_FOOT = 4 };

#endif
