/*
 * Recordings and what is said in them, from tables or from files. A table has one line per recording: its WAV file and
 * its transcript. Their columns are named in a header (file, path, audio … and transcript, text, sentence …), or are
 * the first two. A speaker column is used if a header names one. Paths are relative to the table's folder. Otherwise
 * the recordings are WAV files and folders of them, whose names contain the transcripts.
 *
 * About 40 bytes per recording and the transcripts are kept; a recording is read from its file when it is asked for.
 * Each run of white space in a transcript becomes one space; in tables, white space at the ends is removed.
 */
#ifndef UR_DATA_UTTERANCES_H
#define UR_DATA_UTTERANCES_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_UTTERANCES_FOUND_MAX = 640 };

typedef struct ur_utterances ur_utterances;

/* All zeros: everything is found by looking at the data. Texts belong to the caller and are needed during
 * ur_utterances_open. */
typedef struct ur_utterances_options {
    const struct ur_watcher *watcher; /* NULL if none */
    /* Tables: names in the header, or numbers from 1; and "yes" or "no". */
    const char *file_column, *transcript_column, *speaker_column, *header;
    /* In a file's name: "{transcript}_*.wav", "*_{speaker}_*.wav". The second also works with a table. */
    const char *transcript_from, *speaker_from;
    bool unlabelled;  /* only recordings; transcripts are empty */
    bool normal_form; /* bring transcripts to normal form C */
    uint32_t rate;    /* samples per second, to which all are resampled; 0: that of the first */
    /* The validation recordings: files whose name matches a pattern (* ? [5-9]), or a random share. Equal recordings
     * are all on the same side. */
    const char *val_match;
    double val_fraction;
    uint64_t seed;
} ur_utterances_options;

/* Reads everything once. UR_ERR_USAGE for a wrong option. UR_ERR_IO, UR_ERR_FORMAT and UR_ERR_DATA name the file and,
 * in a table, the line. The caller closes the set. One thread at a time may use it, since the source keeps the file
 * open that was read last. */
ur_status ur_utterances_open(ur_utterances **set, const char *const *paths, size_t count,
                             const ur_utterances_options *options, ur_error *error);
void ur_utterances_close(ur_utterances *set);   /* NULL is allowed */
void ur_utterances_unwatch(ur_utterances *set); /* later reads are not watched */

size_t ur_utterances_count(const ur_utterances *set);
uint32_t ur_utterances_rate(const ur_utterances *set);
const char *ur_utterances_text(const ur_utterances *set, size_t i); /* what is said */
size_t ur_utterances_samples(const ur_utterances *set, size_t i);   /* at the rate of the set; at least one */
size_t ur_utterances_speakers(const ur_utterances *set);            /* one if they are not known */
size_t ur_utterances_speaker(const ur_utterances *set, size_t i);
bool ur_utterances_held(const ur_utterances *set, size_t i); /* a validation recording */
const char *ur_utterances_path(const ur_utterances *set, size_t i);
uint64_t ur_utterances_hash(const ur_utterances *set);     /* of all recordings, transcripts and speakers */
const char *ur_utterances_found(const ur_utterances *set); /* a description of the data, for people */

/* The samples of a recording, from −1 to 1, at the rate of the set. */
ur_status ur_utterances_read(const ur_utterances *set, size_t i, double *samples, ur_error *error);

#endif
