/* What clips are made of, for the files that read a form of them. */
#ifndef UR_DATA_CLIPS_BODY_H
#define UR_DATA_CLIPS_BODY_H

#include "base/error.h"
#include "data/clips/clips.h"
#include "data/clips/columns.h"
#include "data/labels.h"
#include "data/source.h"
#include "data/spill.h"

typedef struct ur_clip {
    uint64_t place; /* of its first frame: an address, a number of ur_clips.value, or a file */
    size_t first;   /* of its frames among all */
    size_t frames, file;
    bool held;
} ur_clip;

typedef struct ur_clips_form {
    const char *unit; /* of a file with several clips: what ur_clips_name counts; NULL: the name is enough */
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
    int32_t *truth; /* of all frames */
    size_t frames;
    float *value; /* of tables: (frames, features) */
    ur_spill truth_room, value_room;
    ur_columns table; /* of them, too */
    size_t rows, columns, channels, features;
    uint64_t hash;
    char found[UR_CLIPS_FOUND_MAX];
};

/* A clip of so many frames that are to come, whose labels are −1 until they are written. */
ur_status ur_clips_add(ur_clips *clips, const ur_clips_options *options, ur_clip clip, size_t frames, ur_error *error);
/* So many frames more of the clip that was added last; their labels are −1. */
ur_status ur_clips_extend(ur_clips *clips, size_t frames, ur_error *error);
/* The number of a label's text, or −1 where `relabel` gives it no name. */
ur_status ur_clips_label(ur_clips *clips, const ur_clips_options *options, const char *text, size_t length,
                         int32_t *label, ur_error *error);
/* Labels of the clip that was added last, a line each, as many as it has frames; `path` is where they are from. */
ur_status ur_clips_take_labels(ur_clips *clips, const ur_clips_options *options, const char *path, const char *text,
                               ur_error *error);
/* By the ending of its name. */
bool ur_is_video(const char *name);
/* clips_idx.c: of pictures that lie one behind the other from the clip's address on. */
ur_status ur_clips_read_bytes(const ur_clips *clips, const ur_clip *clip, size_t first, size_t count, float *value,
                              ur_error *error);
/* Refuses pictures of a size that no model takes, or another one than the training's. */
ur_status ur_clips_check_picture(const ur_clips *clips, const ur_clips_options *options, const char *path,
                                 ur_error *error);
/* "; 20 clips, 1500 frames, 5 labels" behind what was found. */
void ur_clips_tell(ur_clips *clips);

#endif
