/* What a set of utterances is made of, for the files that find them. */
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
    size_t size;    /* bytes of it */
    size_t samples; /* at the rate of the set */
    size_t text;    /* where its transcript begins among all of them */
    uint32_t speaker;
    bool held;
} ur_utterance;

/* A recording that was named, before its file is read. */
typedef struct ur_utterance_named {
    char *path;
    size_t text;
    uint32_t speaker;
} ur_utterance_named;

struct ur_utterances {
    ur_source source;
    ur_utterance *item;
    size_t count;
    char *texts; /* one after the other, each with a zero behind it */
    size_t texts_used, texts_room;
    ur_labels speakers;
    uint32_t rate;
    uint64_t hash;
    size_t left_out; /* files of folders that are none */
    size_t other;    /* recordings of another rate, and that of the first of them */
    uint32_t other_rate;
    char found[UR_UTTERANCES_FOUND_MAX];

    bool normal_form;
    ur_normal_form form;
    ur_utterance_named *named; /* while it is opened */
    size_t named_count, named_room;
};

/* A recording to be read; `path` is taken over, also when this fails. An empty speaker: there is none. */
ur_status ur_utterances_name(ur_utterances *set, char *path, ur_field text, ur_field speaker, ur_error *error);

/* files.c: a pattern with {MARK} in it as ur_glob takes it, and what stood there in the name of a file. */
ur_status ur_utterances_pattern(const char *pattern, const char *mark, char plain[UR_PATTERN_MAX], ur_error *error);
ur_status ur_utterances_part(const char *path, const char *plain, const char *pattern, ur_field *part, ur_error *error);

/* All recordings of WAV files and folders; of tables. */
ur_status ur_utterances_name_files(ur_utterances *set, const char *const *paths, size_t count,
                                   const ur_utterances_options *options, ur_error *error);
ur_status ur_utterances_name_rows(ur_utterances *set, const char *table, const ur_utterances_options *options,
                                  ur_error *error);

bool ur_utterances_is_wav(const char *path);

#endif
