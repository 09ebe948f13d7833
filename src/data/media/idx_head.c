/* See idx_head.h. */
#include "data/media/idx_head.h"

#include "base/error.h"

enum { BYTES = 8 };

static ur_status check_length(const ur_source *source, const ur_idx *x, ur_error *error)
{
    const ur_piece *piece = &source->pieces[x->file];
    uint64_t wanted = 1, there = piece->begin + piece->size - x->begin;
    for (size_t i = 0; i < x->sizes; i++) {
        if (x->size[i] && wanted > (UINT64_C(1) << UR_SOURCE_BITS) / x->size[i]) wanted = UINT64_MAX;
        if (wanted != UINT64_MAX) wanted *= x->size[i];
    }
    if (wanted == there) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s: %llu values; its dimensions need %llu%s", ur_source_path(source, x->file),
                   (unsigned long long)there, (unsigned long long)wanted, wanted == UINT64_MAX ? " or more" : "");
}

ur_status ur_idx_read(const ur_source *source, size_t file, const char *wanted, ur_idx *x, ur_error *error)
{
    const ur_piece *piece = &source->pieces[file];
    const char *path = ur_source_path(source, file);
    unsigned char bytes[4 + 4 * UR_IDX_SIZES];
    *x = (ur_idx){.file = file};
    if (piece->size < 4)
        return ur_fail(error, UR_ERR_FORMAT, "%s: not an idx file: it has only %llu bytes", path,
                       (unsigned long long)piece->size);
    UR_TRY(ur_source_read(source, piece->begin, bytes, 4, error));
    x->sizes = bytes[3];
    if (bytes[0] || bytes[1])
        return ur_fail(error, UR_ERR_FORMAT, "%s: not an idx file: it does not begin with 00 00", path);
    if (bytes[2] != BYTES)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "%s: values of type %02X; only bytes (08) can be read", path,
                       bytes[2]);
    if (x->sizes < 1 || x->sizes > UR_IDX_SIZES || piece->size < 4 + 4 * x->sizes)
        return ur_fail(error, UR_ERR_FORMAT, "%s: %zu dimensions; %s", path, x->sizes, wanted);
    UR_TRY(ur_source_read(source, piece->begin + 4, bytes, 4 * x->sizes, error));
    for (size_t i = 0; i < 4 * x->sizes; i++) x->size[i / 4] = x->size[i / 4] << 8 | bytes[i];
    x->begin = piece->begin + 4 + 4 * x->sizes;
    return check_length(source, x, error);
}
