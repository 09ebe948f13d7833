/* Finds the offset in an event file at which a resumed run goes on; see events.h. Nothing in the file is trusted. */
#include "base/error.h"
#include "train/crc.h"
#include "train/events.h"

static uint64_t number_at(const unsigned char *bytes, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) number |= (uint64_t)bytes[i] << 8 * i;
    return number;
}

#define REMEDY "restore the whole file, remove it, go on without it with `no-events`, or start over with `overwrite`"

static ur_status fail_short(const ur_append *file, uint64_t found, uint64_t records, ur_error *error)
{
    return ur_fail(error, UR_ERR_DATA, "%s: has %llu whole records, but the checkpoint knows of %llu; " REMEDY,
                   file->path, (unsigned long long)found, (unsigned long long)records);
}

static ur_status fail_damaged(const ur_append *file, uint64_t record, off_t place, ur_error *error)
{
    return ur_fail(error, UR_ERR_DATA,
                   "%s: record %llu, at byte %lld, is damaged: its checksum does not match; " REMEDY, file->path,
                   (unsigned long long)record + 1, (long long)place);
}

/* Reads exactly `size` bytes. *all is false if the file ends before that. */
static ur_status read_all(const ur_append *file, off_t place, unsigned char *bytes, size_t size, bool *all,
                          ur_error *error)
{
    size_t done = 0, got = 1;
    for (; done < size && got > 0; done += got)
        UR_TRY(ur_append_read(file, place + (off_t)done, bytes + done, size - done, &got, error));
    *all = done == size;
    return UR_OK;
}

/* Computes the checksum of `size` bytes from `place`. *all is false if the file ends before that. */
static ur_status sum_up(const ur_append *file, off_t place, uint64_t size, uint32_t *crc, bool *all, ur_error *error)
{
    unsigned char piece[4096];
    *crc = 0;
    *all = true;
    for (uint64_t done = 0; done < size && *all;) {
        size_t next = size - done < sizeof piece ? (size_t)(size - done) : sizeof piece;
        UR_TRY(read_all(file, place + (off_t)done, piece, next, all, error));
        if (*all) *crc = ur_crc32c(*crc, piece, next);
        done += next;
    }
    return UR_OK;
}

typedef enum ur_found { WHOLE, CUT, DAMAGED } ur_found;

static ur_status look_at(const ur_append *file, off_t *place, ur_found *found, ur_error *error)
{
    unsigned char head[UR_RECORD_HEAD], foot[UR_RECORD_FOOT];
    uint32_t crc;
    bool all;
    *found = CUT;
    UR_TRY(read_all(file, *place, head, sizeof head, &all, error));
    if (!all) return UR_OK;
    uint64_t size = number_at(head, 8);
    *found = DAMAGED;
    if (number_at(head + 8, 4) != ur_crc32c_masked(ur_crc32c(0, head, 8)) || size >> 62) return UR_OK;
    *found = CUT;
    UR_TRY(sum_up(file, *place + UR_RECORD_HEAD, size, &crc, &all, error));
    if (all) UR_TRY(read_all(file, *place + UR_RECORD_HEAD + (off_t)size, foot, sizeof foot, &all, error));
    if (!all) return UR_OK;
    *found = number_at(foot, 4) == ur_crc32c_masked(crc) ? WHOLE : DAMAGED;
    if (*found == WHOLE) *place += UR_RECORD_HEAD + (off_t)size + UR_RECORD_FOOT;
    return UR_OK;
}

ur_status ur_events_find(const ur_append *file, uint64_t records, off_t *end, ur_error *error)
{
    *end = 0;
    for (uint64_t i = 0; i < records; i++) {
        ur_found found;
        UR_TRY(look_at(file, end, &found, error));
        if (found == CUT) return fail_short(file, i, records, error);
        if (found == DAMAGED) return fail_damaged(file, i, *end, error);
    }
    return UR_OK;
}
