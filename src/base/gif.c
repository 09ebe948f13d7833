/*
 * See gif.h. A GIF stores pixels as LZW codes. With 128 colours, the first 127 codes after a clear code (128) have 8
 * bits. If the table is cleared early enough, each code is therefore one byte, and that byte is the pixel's grey. Code
 * 129 is the end. Bytes come in blocks of at most 255, each preceded by its length. Numbers of 16 bits have the lower
 * byte first.
 */
#include "base/gif.h"

#include "base/error.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    COLOURS = 128,
    CLEAR = COLOURS,
    END,
    RUN = 120,   /* pixels between two clear codes */
    BLOCK = 255, /* largest block, in bytes */
    HEAD = 13,
    LOOP = 19,
    FRAME = 20, /* bytes of a frame without its blocks */
    SIDE_MOST = 65535,
    LARGEST = 1 << 30
};

typedef struct ur_gif_writing {
    unsigned char *at, *block; /* the length byte of the current block */
} ur_gif_writing;

static void put(ur_gif_writing *w, const void *bytes, size_t size)
{
    memcpy(w->at, bytes, size);
    w->at += size;
}

static void put_short(ur_gif_writing *w, size_t number)
{
    *w->at++ = (unsigned char)number;
    *w->at++ = (unsigned char)(number >> 8);
}

/* Writes the size, 128 greys from black to white, and the extension that repeats the film for ever. */
static void put_head(ur_gif_writing *w, const ur_gif *g)
{
    put(w, "GIF89a", 6);
    put_short(w, g->columns);
    put_short(w, g->rows);
    put(w, "\xF6\0\0", 3);
    for (unsigned i = 0; i < COLOURS; i++)
        for (int k = 0; k < 3; k++) *w->at++ = (unsigned char)(i * 255 / (COLOURS - 1));
    put(w, "\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0", LOOP);
}

static void put_code(ur_gif_writing *w, unsigned code)
{
    if (*w->block == BLOCK) {
        w->block = w->at++;
        *w->block = 0;
    }
    *w->at++ = (unsigned char)code;
    ++*w->block;
}

static void put_frame(ur_gif_writing *w, const ur_gif *g, size_t frame)
{
    const size_t places = g->rows * g->columns;
    const unsigned char *pixel = g->pixel + frame * places;
    put(w, "\x21\xF9\x04\x04", 4);
    put_short(w, frame + 1 == g->frames ? g->rest : g->delay);
    put(w, "\0\0\x2C\0\0\0\0", 7);
    put_short(w, g->columns);
    put_short(w, g->rows);
    put(w, "\0\x07", 2);
    w->block = w->at++;
    *w->block = 0;
    for (size_t i = 0; i < places; i++) {
        if (i % RUN == 0) put_code(w, CLEAR);
        put_code(w, pixel[i] / 2);
    }
    put_code(w, END);
    *w->at++ = 0;
}

ur_status ur_gif_make(const ur_gif *g, unsigned char **file, size_t *size, ur_error *error)
{
    size_t places = g->rows * g->columns, codes, frame, all;
    bool fits = g->rows && g->columns && g->rows <= SIDE_MOST && g->columns <= SIDE_MOST && g->frames;
    codes = fits ? places + (places + RUN - 1) / RUN + 1 : 0;
    frame = FRAME + codes + (codes + BLOCK - 1) / BLOCK;
    if (!fits || !ur_mul_fits(g->frames, frame, &all) || all > LARGEST)
        return ur_fail(error, UR_ERR_DATA, "%zu pictures of %zu x %zu do not fit into a GIF file", g->frames, g->rows,
                       g->columns);
    *size = HEAD + 3 * COLOURS + LOOP + all + 1;
    *file = malloc(*size);
    if (!*file) return ur_fail_memory(error, "a film");
    ur_gif_writing w = {*file, NULL};
    put_head(&w, g);
    for (size_t i = 0; i < g->frames; i++) put_frame(&w, g, i);
    *w.at++ = 0x3B;
    return UR_OK;
}
