/* The inside of ur_clips, for the files that read its forms. */
#ifndef UR_DATA_CLIPS_BODY_H
#define UR_DATA_CLIPS_BODY_H

#include "base/error.h"
#include "data/clips/clips.h"
#include "data/clips/columns.h"
#include "data/labels.h"
#include "data/source.h"
#include "data/spill.h"

typedef struct ur_clip {
    uint64_t place; /* of its first frame: an address in the source, an index into ur_clips.value, or a file number */
    size_t first;   /* index of its first frame among all frames */
    size_t frames, file;
    bool held;
} ur_clip;

typedef struct ur_clips_form {
    const char *unit; /* what ur_clips_name counts in a file with several clips, or NULL if the path is enough */
    ur_status (*find)(ur_clips *clips, const ur_clips_options *options, ur_error *error);
    ur_status (*read)(const ur_clips *clips, const ur_clip *clip, size_t first, size_t count, float *value,
                      ur_error *error);
} ur_clips_form;

extern const ur_clips_form ur_clips_form_idx, ur_clips_form_csv, ur_clips_form_folders, ur_clips_form_videos;

struct ur_clips {
    const ur_clips_form *form;
    ur_source source;
    ur_labels labels;
    ur_clip *clip;
    size_t count, room;
    int32_t *truth; /* one label per frame, all clips */
    size_t frames;
    float *value; /* tables: (frames, features) */
    ur_spill truth_room, value_room;
    ur_columns table; /* columns of the tables */
    size_t rows, columns, channels, features;
    uint64_t hash;
    char found[UR_CLIPS_FOUND_MAX];
};

/* Adds a clip with this many frames, which the caller fills. Their labels are −1 until they are written. */
ur_status ur_clips_add(ur_clips *clips, const ur_clips_options *options, ur_clip clip, size_t frames, ur_error *error);
/* Adds this many frames to the last clip, with labels −1. */
ur_status ur_clips_extend(ur_clips *clips, size_t frames, ur_error *error);
/* The number of a label, or −1 if `relabel` gives it no name. */
ur_status ur_clips_label(ur_clips *clips, const ur_clips_options *options, const char *text, size_t length,
                         int32_t *label, ur_error *error);
/* Reads the labels of the last clip, one per line, as many as it has frames. `path` is their file, for messages. */
ur_status ur_clips_take_labels(ur_clips *clips, const ur_clips_options *options, const char *path, const char *text,
                               ur_error *error);
/* Judged by the ending of the name. */
bool ur_is_video(const char *name);
/* Reads pictures stored as bytes one after another from the clip's address on (clips_idx.c). */
ur_status ur_clips_read_bytes(const ur_clips *clips, const ur_clip *clip, size_t first, size_t count, float *value,
                              ur_error *error);
/* Refuses pictures of a size that no model takes, or of another size than in the training. */
ur_status ur_clips_check_picture(const ur_clips *clips, const ur_clips_options *options, const char *path,
                                 ur_error *error);
/* Appends "; 20 clips, 1500 frames, 5 labels" to `found`. */
void ur_clips_tell(ur_clips *clips);

#endif
