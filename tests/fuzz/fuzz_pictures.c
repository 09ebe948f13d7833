/*
 * Any bytes as a picture file, an album, an array of numpy, or a table of captions. The first byte chooses the form.
 * What is read has the promised size, and its numbers are finite.
 */
#include "memory_file.h"

#include "data/media/picture_file.h"
#include "data/pictures/album.h"
#include "data/pictures/captions.h"
#include "data/pictures/npy.h"

#include <math.h>
#include <string.h>

static void try_picture(const uint8_t *data, size_t size)
{
    ur_picture_file looked, found;
    unsigned char *numbers = NULL;
    ur_error error;
    if (ur_picture_file_look(data, size, &looked, &error) != UR_OK) return;
    if (looked.rows * looked.columns > 1 << 16) return;
    if (ur_picture_file_decode(data, size, 255, &found, &numbers, &error) == UR_OK)
        REQUIRE(numbers && found.rows == looked.rows && found.columns == looked.columns &&
                found.channels == looked.channels);
    else
        REQUIRE(!numbers && error.text[0]);
    free(numbers);
}

static void try_album(const char *path)
{
    ur_album *album;
    ur_error error;
    const ur_album_options options = {.size = {3, 5, 3}};
    if (ur_album_open(&album, path, &options, &error) == UR_OK)
        REQUIRE(album->size.rows == 3 && album->size.columns == 5);
    else
        REQUIRE(!album && error.text[0]);
    ur_album_close(album);
}

static void try_npy(const char *path)
{
    ur_npy *npy;
    ur_error error;
    if (ur_npy_open(&npy, path, NULL, &error) == UR_OK) {
        float *value = calloc(npy->places * npy->width, sizeof *value);
        REQUIRE(value);
        for (size_t i = 0; i < npy->count; i += npy->count / 8 + 1)
            if (ur_npy_read(npy, i, value, &error) == UR_OK) REQUIRE(isfinite(value[npy->places * npy->width - 1]));
        free(value);
    } else {
        REQUIRE(!npy && error.text[0]);
    }
    ur_npy_close(npy);
}

static void try_captions(const char *path, bool files)
{
    ur_captions *c;
    ur_error error;
    const ur_captions_options options = {.files = files};
    if (ur_captions_open(&c, path, &options, &error) == UR_OK) {
        for (size_t i = 0; i < c->count; i++) REQUIRE(c->row[i].length && c->row[i].picture < c->pictures);
        REQUIRE(c->first[c->pictures] == c->count);
    } else {
        REQUIRE(!c && error.text[0]);
    }
    ur_captions_close(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    memory_file file;
    if (size < 1) return 0;
    memory_file_open(&file, data + 1, size - 1);
    switch (data[0] & 3) {
    case 0:
        try_picture(data + 1, size - 1);
        break;
    case 1:
        if (size < 1 << 14) try_album(file.path);
        break;
    case 2:
        try_npy(file.path);
        break;
    case 3:
        try_captions(file.path, data[0] & 4);
        break;
    }
    memory_file_close(&file);
    return 0;
}
