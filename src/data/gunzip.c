/* See gunzip.h. */
#include "data/gunzip.h"

#include "base/watch.h"

#include "base/error.h"

#ifdef UR_HAVE_ZLIB
#include <stdlib.h>
#include <zlib.h>

enum { PIECE = 65536 };

typedef struct unpacking {
    z_stream stream;
    ur_source *source;
    const ur_text_file *file;
    uint64_t read, written;
    bool ended; /* a member of the file has ended; another may follow */
    unsigned char packed[PIECE], plain[PIECE];
} unpacking;

bool ur_gunzip_built(void) { return true; }

static ur_status fail_damaged(const unpacking *u, const char *why, ur_error *error)
{
    return ur_fail(error, UR_ERR_FORMAT, "%s: damaged gzip, %s (%llu bytes of it were unpacked)", u->file->path, why,
                   (unsigned long long)u->written);
}

static ur_status write_plain(unpacking *u, size_t size, ur_error *error)
{
    u->written += size;
    return ur_source_keep(u->source, u->file->path, u->plain, size, error);
}

/* Unpacks all that the current bytes give. Zeros may follow the last member. */
static ur_status inflate_piece(unpacking *u, ur_error *error)
{
    z_stream *s = &u->stream;
    do {
        if (u->ended && s->avail_in > 0) {
            if (*s->next_in != 0x1f) return UR_OK;
            inflateReset(s);
            u->ended = false;
        }
        s->next_out = u->plain;
        s->avail_out = PIECE;
        int result = inflate(s, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) return ur_fail_memory(error, "unpacking");
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return fail_damaged(u, s->msg ? s->msg : "it cannot be read", error);
        u->ended = result == Z_STREAM_END;
        UR_TRY(write_plain(u, PIECE - s->avail_out, error));
    } while (s->avail_in > 0 || (!u->ended && s->avail_out == 0));
    return UR_OK;
}

static ur_status inflate_file(unpacking *u, ur_error *error)
{
    while (u->read < u->file->size) {
        uint64_t left = u->file->size - u->read;
        size_t size = left < PIECE ? (size_t)left : PIECE;
        UR_TRY(ur_watch(u->source->watcher, "unpacking the data", (double)u->read, (double)u->file->size, error));
        UR_TRY(ur_text_file_read(u->file, u->read, u->packed, size, error));
        u->read += size;
        u->stream.next_in = u->packed;
        u->stream.avail_in = (uInt)size;
        UR_TRY(inflate_piece(u, error));
    }
    return u->ended ? UR_OK : fail_damaged(u, "it ends too early", error);
}

static ur_status unpack(unpacking *u, ur_error *error)
{
    if (inflateInit2(&u->stream, 15 + 16) != Z_OK) return ur_fail_memory(error, "unpacking"); /* 16 selects gzip */
    ur_status status = inflate_file(u, error);
    inflateEnd(&u->stream);
    return status;
}

ur_status ur_gunzip(ur_source *source, const ur_text_file *file, ur_piece *piece, ur_error *error)
{
    unpacking *u = calloc(1, sizeof *u);
    if (!u) return ur_fail_memory(error, "unpacking");
    u->source = source;
    u->file = file;
    piece->kept = (int64_t)source->unpacked;
    ur_status status = unpack(u, error);
    piece->size = u->written;
    free(u);
    return status;
}

#else

bool ur_gunzip_built(void) { return false; }

ur_status ur_gunzip(ur_source *source, const ur_text_file *file, ur_piece *piece, ur_error *error)
{
    (void)source, (void)piece;
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "%s: gzip is not built in; unpack it (gunzip), or install zlib1g-dev and build again", file->path);
}

#endif
