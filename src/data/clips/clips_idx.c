/* Clips and labels in two idx files, (N, T, rows, columns[, channels]) and (N, T). A byte b of a frame becomes b/255. */
#include "data/clips/clips_body.h"

#include "base/file.h"
#include "data/cursor.h"
#include "data/media/idx_head.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WANTED "labels have 2, clips 4 or 5"

static bool is_clips(const ur_idx *x) { return x->sizes == 4 || x->sizes == 5; }

static ur_status read_heads(const ur_clips *c, bool unlabelled, ur_idx *clips, ur_idx *labels, ur_error *error)
{
    const ur_source *s = &c->source;
    size_t count = s->list.count;
    if (count != (unlabelled ? 1 : 2))
        return ur_fail(error, UR_ERR_USAGE, "%s: clips are %s; here %s %zu", ur_source_path(s, 0),
                       unlabelled ? "one idx file without labels" : "two idx files, of the frames and of their labels",
                       count == 1 ? "is" : "are", count);
    UR_TRY(ur_idx_read(s, 0, WANTED, clips, error));
    if (!unlabelled) UR_TRY(ur_idx_read(s, 1, WANTED, labels, error));
    if (!unlabelled && clips->sizes < labels->sizes) {
        ur_idx other = *clips;
        *clips = *labels;
        *labels = other;
    }
    if (is_clips(clips) && (unlabelled || labels->sizes == 2)) return UR_OK;
    return ur_fail(error, UR_ERR_FORMAT, "%s has %zu sizes; " WANTED, ur_source_path(s, clips->file), clips->sizes);
}

static ur_status check_number(const ur_clips *c, const ur_idx *clips, const ur_idx *labels, ur_error *error)
{
    if (clips->size[0] == labels->size[0] && clips->size[1] == labels->size[1]) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %llu clips of %llu frames, but labels for %llu of %llu in %s",
                   ur_source_path(&c->source, clips->file), (unsigned long long)clips->size[0],
                   (unsigned long long)clips->size[1], (unsigned long long)labels->size[0],
                   (unsigned long long)labels->size[1], ur_source_name(&c->source, labels->file));
}

/* ---- Labels ------------------------------------------------------------------------------------------------------ */

/* Makes the lines of a text the labels 0, 1, …. */
static ur_status take_names(ur_clips *c, const char *path, ur_bytes *bytes, ur_error *error)
{
    const char *names[256], *rest = (const char *)bytes->data;
    char *text = strndup(rest, bytes->size);
    size_t count = 0;
    if (!text) return ur_fail_memory(error, "the names");
    for (char *at = text, *end; *at; at = end) {
        end = at + strcspn(at, "\r\n");
        if (count < 256 && end > at) names[count++] = at;
        while (*end == '\r' || *end == '\n') *end++ = 0;
    }
    ur_status status = ur_labels_fix(&c->labels, names, count, error);
    free(text);
    return status == UR_OK ? UR_OK : ur_fail_in(error, status, path);
}

static ur_status read_names(ur_clips *c, const char *path, ur_error *error)
{
    ur_bytes bytes;
    UR_TRY(ur_file_read(path, &bytes, error));
    ur_status status = take_names(c, path, &bytes, error);
    ur_bytes_free(&bytes);
    return status;
}

static ur_status number_labels(ur_clips *c, const unsigned char *label, ur_error *error)
{
    char text[256][4];
    const char *names[256];
    size_t most = 0;
    for (size_t i = 0; i < c->frames; i++) most = label[i] > most ? label[i] : most;
    for (size_t i = 0; i <= most; i++) {
        snprintf(text[i], sizeof text[i], "%u", (unsigned)i & 255);
        names[i] = text[i];
    }
    return ur_labels_fix(&c->labels, names, most + 1, error);
}

static ur_status put_labels(ur_clips *c, const ur_clips_options *o, const unsigned char *label, size_t frames,
                            ur_error *error)
{
    if (o->names && !o->labels) UR_TRY(read_names(c, o->names, error));
    if (!o->names && !o->labels) UR_TRY(number_labels(c, label, error));
    for (size_t i = 0; i < c->frames; i++) {
        c->truth[i] = label[i];
        if (label[i] >= c->labels.count)
            return ur_fail(error, UR_ERR_DATA, "%s: clip %zu, frame %zu: label %u, but only %zu labels have names",
                           ur_source_path(&c->source, 1), i / frames + 1, i % frames + 1, label[i], c->labels.count);
    }
    return UR_OK;
}

static ur_status read_labels(ur_clips *c, const ur_clips_options *o, const ur_idx *labels, ur_error *error)
{
    unsigned char *label = malloc(c->frames + 1);
    if (!label) return ur_fail_memory(error, "the labels");
    ur_status status = ur_source_read(&c->source, labels->begin, label, c->frames, error);
    if (status == UR_OK) status = put_labels(c, o, label, (size_t)labels->size[1], error);
    free(label);
    return status;
}

/* ---- Frames ------------------------------------------------------------------------------------------------------ */

static ur_status hash_frames(ur_clips *c, const ur_idx *clips, ur_error *error)
{
    unsigned char bytes[8192];
    uint64_t left = (uint64_t)c->frames * c->features;
    for (uint64_t at = clips->begin; left > 0;) {
        size_t some = left < sizeof bytes ? (size_t)left : sizeof bytes;
        UR_TRY(ur_source_read(&c->source, at, bytes, some, error));
        c->hash = ur_hash_bytes(c->hash, bytes, some);
        at += some;
        left -= some;
    }
    return UR_OK;
}

static ur_status add_clips(ur_clips *c, const ur_clips_options *o, const ur_idx *clips, ur_error *error)
{
    size_t frames = (size_t)clips->size[1];
    c->rows = (size_t)clips->size[2];
    c->columns = (size_t)clips->size[3];
    c->channels = clips->sizes == 5 ? (size_t)clips->size[4] : 1;
    UR_TRY(ur_clips_check_picture(c, o, ur_source_path(&c->source, clips->file), error));
    c->features = c->rows * c->columns * c->channels;
    for (uint64_t i = 0; frames && i < clips->size[0]; i++) {
        const ur_clip clip = {.place = clips->begin + i * frames * c->features, .file = clips->file};
        UR_TRY(ur_clips_add(c, o, clip, frames, error));
    }
    return hash_frames(c, clips, error);
}

static ur_status find_clips(ur_clips *c, const ur_clips_options *o, ur_error *error)
{
    ur_idx clips, labels;
    UR_TRY(read_heads(c, o->unlabelled, &clips, &labels, error));
    if (!o->unlabelled) UR_TRY(check_number(c, &clips, &labels, error));
    UR_TRY(add_clips(c, o, &clips, error));
    if (!o->unlabelled) UR_TRY(read_labels(c, o, &labels, error));
    snprintf(c->found, sizeof c->found, "frames of %zu x %zu%s", c->rows, c->columns,
             c->channels == 1   ? ""
             : c->channels == 3 ? " in colour"
                                : " with channels");
    return UR_OK;
}

ur_status ur_clips_read_bytes(const ur_clips *c, const ur_clip *clip, size_t first, size_t count, float *value,
                              ur_error *error)
{
    unsigned char bytes[8192];
    size_t left = count * c->features;
    for (uint64_t at = clip->place + first * c->features; left > 0;) {
        size_t some = left < sizeof bytes ? left : sizeof bytes;
        UR_TRY(ur_source_read(&c->source, at, bytes, some, error));
        for (size_t i = 0; i < some; i++) *value++ = (float)bytes[i] / 255.0f;
        at += some;
        left -= some;
    }
    return UR_OK;
}

const ur_clips_form ur_clips_form_idx = {"clip", find_clips, ur_clips_read_bytes};
