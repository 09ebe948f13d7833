/*
 * Recordings and what is said in them. Either tables, a line for each recording: its file (WAV) and the transcript, in columns
 * that a header names (file, path, audio … and transcript, text, sentence …) or the first two, and a speaker where there is a
 * column of that name; paths begin at the folder of the table. Or WAV files and folders of them, whose names hold the transcript.
 *
 * Kept are some 40 bytes a recording and the transcripts; a recording is read from its file when it is asked for. Of a transcript
 * blanks at the ends are dropped, and several in a row are one.
 */
#ifndef UR_DATA_UTTERANCES_H
#define UR_DATA_UTTERANCES_H

#include "unroll.h"

#include <stdbool.h>

enum { UR_UTTERANCES_FOUND_MAX = 640 };

typedef struct ur_utterances ur_utterances;

/* Zeros: everything is found by looking. Texts are the caller's and are needed while it opens. */
typedef struct ur_utterances_options {
    const struct ur_watcher *watcher; /* NULL: none */
    /* Of a table: names in the header, or numbers from 1; and "yes" or "no". */
    const char *file_column, *transcript_column, *speaker_column, *header;
    /* Of a file's name: "{transcript}_*.wav", "*_{speaker}_*.wav"; the second for a table, too. */
    const char *transcript_from, *speaker_from;
    bool unlabelled;  /* recordings alone; transcripts are empty */
    bool normal_form; /* transcripts are brought to normal form C */
    uint32_t rate;    /* samples a second, to which all are brought; 0: that of the first */
    const char
        *val_match; /* set apart are files with such names (* ? [5-9]), or a share; equal recordings are on one side */
    double val_fraction;
    uint64_t seed;
} ur_utterances_options;

/* Reads everything once. UR_ERR_USAGE where an option is wrong; UR_ERR_IO, UR_ERR_FORMAT, UR_ERR_DATA name the file, and of a
 * table the line. The caller closes it. Any number of threads may read one. */
ur_status ur_utterances_open(ur_utterances **set, const char *const *paths, size_t count,
                             const ur_utterances_options *options, ur_error *error);
void ur_utterances_close(ur_utterances *set);   /* NULL is allowed */
void ur_utterances_unwatch(ur_utterances *set); /* from now on readings are not watched */

size_t ur_utterances_count(const ur_utterances *set);
uint32_t ur_utterances_rate(const ur_utterances *set);
const char *ur_utterances_text(const ur_utterances *set, size_t i); /* what is said; valid UTF-8 */
size_t ur_utterances_samples(const ur_utterances *set, size_t i);   /* at the rate of the set; one at least */
size_t ur_utterances_speakers(const ur_utterances *set);            /* one where nothing tells them apart */
size_t ur_utterances_speaker(const ur_utterances *set, size_t i);
bool ur_utterances_held(const ur_utterances *set, size_t i); /* set apart */
const char *ur_utterances_path(const ur_utterances *set, size_t i);
uint64_t ur_utterances_hash(const ur_utterances *set);     /* of all recordings, transcripts and speakers */
const char *ur_utterances_found(const ur_utterances *set); /* for people */

/* The samples of a recording, from −1 to 1, at the rate of the set. */
ur_status ur_utterances_read(const ur_utterances *set, size_t i, double *samples, ur_error *error);

#endif
