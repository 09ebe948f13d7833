/* The inside of a set of utterances, for the files that find them. */
#ifndef UR_DATA_UTTERANCES_BODY_H
#define UR_DATA_UTTERANCES_BODY_H

#include "data/labels.h"
#include "data/normal_form.h"
#include "data/source.h"
#include "data/table/field.h"
#include "data/utterances/utterances.h"

enum { UR_PATTERN_MAX = 256 };

typedef struct ur_utterance {
    uint64_t place; /* of its file in the source */
    size_t size;    /* bytes of its file */
    size_t samples; /* at the rate of the set */
    size_t text;    /* offset of its transcript in `texts` */
    uint32_t speaker;
    bool held;
} ur_utterance;

/* A recording that was named; its file has not been read yet. */
typedef struct ur_utterance_named {
    char *path;
    size_t text;
    uint32_t speaker;
} ur_utterance_named;

struct ur_utterances {
    ur_source source;
    ur_utterance *item;
    size_t count;
    char *texts; /* transcripts one after another, each with a zero at its end */
    size_t texts_used, texts_room;
    ur_labels speakers;
    uint32_t rate;
    uint64_t hash;
    size_t left_out; /* files of folders that are not recordings */
    size_t other;    /* recordings of another rate, and the rate of the first of them */
    uint32_t other_rate;
    char found[UR_UTTERANCES_FOUND_MAX];

    bool normal_form;
    ur_normal_form form;
    ur_utterance_named *named; /* only during opening */
    size_t named_count, named_room;
};

/* Adds a recording to be read. Takes ownership of `path`, even if it fails. An empty speaker means none. */
ur_status ur_utterances_name(ur_utterances *set, char *path, ur_field text, ur_field speaker, ur_error *error);

/* files.c: turns a pattern with {MARK} into one for ur_glob; then the part of a file name that {MARK} stands for. */
ur_status ur_utterances_pattern(const char *pattern, const char *mark, char plain[UR_PATTERN_MAX], ur_error *error);
ur_status ur_utterances_part(const char *path, const char *plain, const char *pattern, ur_field *part, ur_error *error);

/* Adds all recordings of WAV files and folders, or those of a table. */
ur_status ur_utterances_name_files(ur_utterances *set, const char *const *paths, size_t count,
                                   const ur_utterances_options *options, ur_error *error);
ur_status ur_utterances_name_rows(ur_utterances *set, const char *table, const ur_utterances_options *options,
                                  ur_error *error);

bool ur_utterances_is_wav(const char *path);

#endif
