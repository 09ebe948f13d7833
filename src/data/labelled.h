/*
 * Labelled examples: a text, or a sequence of vectors, and the one class that it belongs to. Found in files of many
 * forms, and kept as 16 bytes an example, whatever their size: an example is read from its file when it is asked for.
 *
 *   tsv, csv   a table: a column is the text, another the label; quotes, "" in quotes and line breaks in quotes are read
 *   lines      "label text"                       fasttext   "__label__x text"
 *   trees      "(3 (2 a) (4 film))", a sentence a line; the label of a node is the number behind its bracket
 *   files      a folder with a file for each class, a line an example
 *   folders    a folder with a folder for each class, a file an example
 *   wav        the same with recordings: slices of 10 ms, 40 numbers each (media/speech.h)
 *   idx        IMAGES and LABELS, two files: numbers from 0 to 1
 *
 * Files are read with pread and never mapped; one that changes after it was opened is an error that names it. gzip is
 * unpacked once into a temporary file, which has no name and so goes with the process at the latest.
 *
 * Texts are UTF-8, as they stand in the file, CR LF inside quotes as LF. What is not UTF-8, or holds a zero byte, is an
 * error. An example without text is an error too: nobody could learn from it. Labels lose blanks at both ends.
 */
#ifndef UR_DATA_LABELLED_H
#define UR_DATA_LABELLED_H

#include "unroll.h"

#include <stdbool.h>

enum {
    UR_LABELS_MOST = 65535,           /* classes */
    UR_LABEL_BYTES = 256,             /* longest label */
    UR_EXAMPLE_BYTES = (1 << 24) - 1, /* longest example, in its file */
    UR_LABELLED_FOUND_MAX = 768       /* ur_labelled_found with its zero */
};

typedef struct ur_labelled ur_labelled;

/* Zeros: everything is found by looking. Texts are the caller's and are needed while it opens. */
typedef struct ur_labelled_options {
    const struct ur_watcher *watcher; /* NULL: none */
    const char *form;                 /* a word from above */
    const char *text_column;          /* of a table: its name in the header, or its number from 1 */
    const char *label_column;         /* as text_column */
    const char *header;               /* of a table: "yes" or "no" */
    const char *label_from;           /* a file an example: where the label stands in its name, "{label}_*_*.wav" */
    bool phrases;        /* trees: each phrase is an example, too; the same phrase with the same label is one */
    bool pixels;         /* idx: a step is a pixel, instead of a row of them */
    const char *relabel; /* labels under other names, or left out: "0=neg,1=neg,2=" (relabel.h) */
    bool unlabelled;     /* idx and wav: examples without labels, each counts as the first one of `labels` */

    /* Part of the examples is set apart to validate on: those whose file has this name (* ? [5-9]), or a share. Equal
     * examples are all on one side. Of a tree that is set apart there are no phrases. */
    const char *val_match;
    double val_from, val_fraction; /* of the numbers 0 to 1 that examples draw: the share begins here */
    uint64_t seed;                 /* chooses the share */

    /* What the training decided that these examples belong to. Ids are places in its labels, and another label is an
     * error; so are pictures of another size. Recordings are brought to its rate. NULL and 0: nothing is decided. */
    const char *const *labels;
    size_t label_count;
    size_t rows, columns, channels;
    uint32_t rate; /* samples a second; 0: that of the first file */

} ur_labelled_options;

/* From now on each reading is watched, as the opening is by options->watcher; NULL: none is. */
void ur_labelled_watch(ur_labelled *set, const struct ur_watcher *watcher);

/* Fills what a training decided; `training` must stay open as long as the options are used. */
void ur_labelled_follow(ur_labelled_options *options, const ur_labelled *training);

/* Reads everything once. Paths are files of one form, or folders; for idx two files. UR_ERR_USAGE where an option is
 * wrong, UR_ERR_IO, UR_ERR_FORMAT for a file that is not what it should be, UR_ERR_DATA for examples that nobody could
 * learn from, UR_ERR_UNSUPPORTED for gzip without zlib. The caller closes it. Any number of threads may read one. */
ur_status ur_labelled_open(ur_labelled **set, const char *const *paths, size_t count,
                           const ur_labelled_options *options, ur_error *error);
void ur_labelled_close(ur_labelled *set); /* NULL is allowed */

size_t ur_labelled_count(const ur_labelled *set);
/* Numbers first, by value, then texts by their bytes: the order of the lines does not matter. */
size_t ur_labelled_labels(const ur_labelled *set);
const char *ur_labelled_label_text(const ur_labelled *set, size_t label);
size_t ur_labelled_label(const ur_labelled *set, size_t example);
bool ur_labelled_phrase(const ur_labelled *set, size_t example); /* of a tree, and not the whole sentence */
bool ur_labelled_held(const ur_labelled *set, size_t example);   /* set apart to validate on */

/* Numbers in a step of an example; 0: it is text. */
size_t ur_labelled_features(const ur_labelled *set);
/* Rows and columns of the pictures of idx; 0 for another form. Features are columns · channels, or channels. */
size_t ur_labelled_rows(const ur_labelled *set);
size_t ur_labelled_columns(const ur_labelled *set);
size_t ur_labelled_channels(const ur_labelled *set);
/* Samples a second of recordings, 0 for another form. */
uint32_t ur_labelled_rate(const ur_labelled *set);
/* What was found, for people: "TSV with a header; text in column document, label in column label; 80000 examples, 2
 * labels". */
const char *ur_labelled_found(const ur_labelled *set);
/* One number for texts and labels of all examples. A file gives the same, packed or not. */
uint64_t ur_labelled_hash(const ur_labelled *set);
/* For messages: "FILE: line 7", "FILE: image 7" or "FILE". Counts lines, so it takes as long as reading the file. */
void ur_labelled_name(const ur_labelled *set, size_t example, char *text, size_t size);

/* An example that was read: text, or numbers (T, F). Begins as zeros; what it points at stays until the next read with
 * it. One thread at a time. */
typedef struct ur_example {
    const char *text; /* length bytes and a zero; NULL: numbers */
    size_t length;
    const float *value; /* steps·features */
    size_t steps, features;
    void *room[3]; /* memory that is used again */
    size_t rooms[3];
} ur_example;

ur_status ur_labelled_read(const ur_labelled *set, size_t example, ur_example *read, ur_error *error);
void ur_example_free(ur_example *read);

#endif
