/*
 * Videos: the program ffmpeg decodes them and writes each frame as a picture into a pipe. All frames are
 * kept one after another in the temporary file of the source, since a training reads them many times. The
 * labels of NAME.mp4 are in NAME.txt.
 */
#include "data/clips/clips_body.h"

#include "base/file.h"
#include "base/program.h"
#include "base/watch.h"
#include "data/cursor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ROWS = 64, SIDE_MOST = 1 << 14 };

bool ur_is_video(const char *name)
{
    static const char *const endings[] = {".mp4", ".m4v", ".mov", ".avi",  ".mkv", ".webm",
                                          ".mpg", ".ogv", ".wmv", ".mpeg", ".flv", ".3gp"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(dot, endings[i]) == 0) return true;
    return false;
}

/* ---- A frame from the pipe: PGM or PPM --------------------------------------------------------------------------- */

/* Skips white space and reads a number and the one white-space character after it. 0 if there is no number. */
static size_t read_number(FILE *from)
{
    size_t number = 0;
    int c;
    do c = getc(from);
    while (c == ' ' || c == '\n');
    for (; c >= '0' && c <= '9' && number <= SIDE_MOST; c = getc(from)) number = 10 * number + (size_t)(c - '0');
    return c == ' ' || c == '\n' ? number : 0;
}

typedef struct reading {
    ur_clips *clips;
    const ur_clips_options *options;
    const char *path;
    ur_program program;
    unsigned char *frame;
    size_t frames;
} reading;

static ur_status fail_output(const reading *r, ur_error *error)
{
    return ur_fail(error, UR_ERR_DATA, "%s: after %zu frames ffmpeg gives a picture of another size", r->path,
                   r->frames);
}

/* All frames have the size of the first. */
static ur_status settle_size(reading *r, size_t rows, size_t columns, size_t channels, ur_error *error)
{
    ur_clips *c = r->clips;
    if (c->rows && (c->rows != rows || c->columns != columns || c->channels != channels))
        return r->frames ? fail_output(r, error)
                         : ur_fail(error, UR_ERR_DATA,
                                   "%s: its frames are %zu x %zu x %zu; those of the video before are %zu x %zu x %zu",
                                   r->path, rows, columns, channels, c->rows, c->columns, c->channels);
    c->rows = rows;
    c->columns = columns;
    c->channels = channels;
    c->features = rows * columns * channels;
    if (!r->frames) UR_TRY(ur_clips_check_picture(c, r->options, r->path, error));
    if (!r->frame) r->frame = malloc(c->features + 1);
    return r->frame ? UR_OK : ur_fail_memory(error, "a frame");
}

/* *more: whether there was another frame. */
static ur_status read_frame(reading *r, bool *more, ur_error *error)
{
    FILE *from = r->program.output;
    int kind, first = getc(from);
    *more = first != EOF;
    if (!*more) return UR_OK;
    kind = getc(from);
    size_t columns = read_number(from), rows = read_number(from), most = read_number(from);
    if (first != 'P' || (kind != '5' && kind != '6') || !rows || !columns || most != 255) return fail_output(r, error);
    UR_TRY(settle_size(r, rows, columns, kind == '6' ? 3 : 1, error));
    if (fread(r->frame, 1, r->clips->features, from) != r->clips->features) return fail_output(r, error);
    r->frames++;
    r->clips->hash = ur_hash_bytes(r->clips->hash, r->frame, r->clips->features);
    return ur_source_keep(&r->clips->source, r->path, r->frame, r->clips->features, error);
}

static ur_status read_all(reading *r, ur_error *error)
{
    bool more = true;
    while (more) {
        UR_TRY(ur_watch(r->clips->source.watcher, "reading the videos", 0, 1, error));
        UR_TRY(read_frame(r, &more, error));
    }
    return UR_OK;
}

/* ---- A video ----------------------------------------------------------------------------------------------------- */

/* Decodes in the size of the training's frames or, without a training, as the options say. "file:" keeps ffmpeg from
 * taking a name for an address. */
static ur_status decode(reading *r, ur_error *error)
{
    const ur_clips_options *o = r->options;
    char *input = malloc(strlen(r->path) + 6), scale[64];
    if (!input) return ur_fail_memory(error, "a path");
    memcpy(input, "file:", 5);
    memcpy(input + 5, r->path, strlen(r->path) + 1);
    if (o->rows)
        snprintf(scale, sizeof scale, "scale=%zu:%zu", o->columns_of_picture, o->rows);
    else
        snprintf(scale, sizeof scale, "scale=-2:%zu", o->video_rows ? o->video_rows : ROWS);
    const char *codec = (o->rows ? o->channels == 3 : o->colour) ? "ppm" : "pgm";
    const char *const words[] = {"ffmpeg", "-v", "error",      "-i",   input, "-an", "-vf",
                                 scale,    "-f", "image2pipe", "-c:v", codec, "-",   NULL};
    ur_status read = UR_OK, status = ur_program_begin(&r->program, words, error);
    if (status == UR_OK) read = read_all(r, error);
    if (status == UR_OK) status = ur_program_end(&r->program, read, error);
    free(input);
    return status != UR_OK && read == UR_OK ? ur_fail_in(error, status, r->path) : status;
}

static ur_status take_labels(reading *r, const char *path, ur_bytes *bytes, ur_error *error)
{
    unsigned char *text = realloc(bytes->data, bytes->size + 1);
    if (!text) return ur_fail_memory(error, "the labels");
    bytes->data = text;
    text[bytes->size] = 0;
    return ur_clips_take_labels(r->clips, r->options, path, (const char *)text, error);
}

static ur_status read_labels(reading *r, ur_error *error)
{
    ur_bytes bytes = {0};
    size_t stem = (size_t)(strrchr(r->path, '.') - r->path);
    char *path = malloc(stem + 5);
    if (!path) return ur_fail_memory(error, "a path");
    snprintf(path, stem + 5, "%.*s.txt", (int)stem, r->path);
    ur_status status = ur_file_read(path, &bytes, error);
    if (status == UR_OK)
        status = take_labels(r, path, &bytes, error);
    else if (status == UR_ERR_IO)
        ur_fail(error, status, "%s: %s is missing; it has one line for each frame, with its label", r->path, path);
    ur_bytes_free(&bytes);
    free(path);
    return status;
}

/* The piece of the file in the source becomes the decoded frames in the temporary file. */
static ur_status add_video(ur_clips *c, const ur_clips_options *o, size_t file, ur_error *error)
{
    ur_piece *piece = &c->source.pieces[file];
    reading r = {.clips = c, .options = o, .path = ur_source_path(&c->source, file)};
    piece->kept = (int64_t)c->source.unpacked;
    ur_status status = decode(&r, error);
    piece->size = c->source.unpacked - (uint64_t)piece->kept;
    free(r.frame);
    if (status == UR_OK && !r.frames) status = ur_fail(error, UR_ERR_DATA, "%s: ffmpeg finds no frames in it", r.path);
    if (status == UR_OK) status = ur_clips_add(c, o, (ur_clip){.place = piece->begin, .file = file}, r.frames, error);
    return status == UR_OK && !o->unlabelled ? read_labels(&r, error) : status;
}

static ur_status find_videos(ur_clips *c, const ur_clips_options *o, ur_error *error)
{
    ur_source *s = &c->source;
    for (size_t file = 0; file < s->list.count; file++) {
        s->pieces[file].begin = file ? s->pieces[file - 1].begin + s->pieces[file - 1].size : 0;
        if (ur_is_video(ur_source_name(s, file))) UR_TRY(add_video(c, o, file, error));
    }
    snprintf(c->found, sizeof c->found, "videos, frames of %zu x %zu%s", c->rows, c->columns,
             c->channels == 1 ? "" : " in colour");
    return UR_OK;
}

const ur_clips_form ur_clips_form_videos = {NULL, find_videos, ur_clips_read_bytes};
