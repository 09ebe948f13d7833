/* Reads a file of vectors through a buffer; see body.h. */
#include "data/vectors/body.h"

#include <string.h>

void ur_vectors_seek(ur_vectors *v, uint64_t place)
{
    v->at = place;
    v->first = v->last = 0;
}

uint64_t ur_vectors_left(const ur_vectors *v) { return v->source.pieces[0].size - v->at + (v->last - v->first); }

const char *ur_vectors_path(const ur_vectors *v) { return ur_source_path(&v->source, 0); }

static ur_status fill(ur_vectors *v, ur_error *error)
{
    uint64_t left = v->source.pieces[0].size - v->at;
    size_t room = 2 * (size_t)UR_VECTOR_LINE_MOST, waiting = v->last - v->first;
    memmove(v->buffer, v->buffer + v->first, waiting);
    v->first = 0;
    v->last = waiting;
    size_t size = left < room - waiting ? (size_t)left : room - waiting;
    UR_TRY(ur_source_read(&v->source, v->at, v->buffer + waiting, size, error));
    v->last += size;
    v->at += size;
    return UR_OK;
}

ur_status ur_vectors_look(ur_vectors *v, size_t size, const unsigned char **bytes, bool *there, ur_error *error)
{
    if (v->last - v->first < size) UR_TRY(fill(v, error));
    *there = v->last - v->first >= size;
    *bytes = v->buffer + v->first;
    return UR_OK;
}

void ur_vectors_skip(ur_vectors *v, size_t size) { v->first += size; }

ur_status ur_vectors_until(ur_vectors *v, char end, size_t most, const unsigned char **bytes, size_t *length,
                           ur_error *error)
{
    const unsigned char *found = memchr(v->buffer + v->first, end, v->last - v->first);
    if (!found) UR_TRY(fill(v, error));
    if (!found) found = memchr(v->buffer + v->first, end, v->last - v->first);
    size_t waiting = v->last - v->first;
    *bytes = v->buffer + v->first;
    *length = found ? (size_t)(found - *bytes) : waiting ? waiting : SIZE_MAX;
    if (waiting && *length > most)
        return ur_fail(error, UR_ERR_FORMAT, "%s: byte %llu: not word vectors: no line or word ends within %zu bytes",
                       ur_vectors_path(v), (unsigned long long)(v->at - waiting + 1), most);
    v->first += found ? *length + 1 : waiting;
    return UR_OK;
}

void ur_vectors_floats(const unsigned char *bytes, size_t count, float *value)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned char *b = bytes + 4 * i;
        uint32_t bits = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
        memcpy(&value[i], &bits, sizeof bits);
    }
}
