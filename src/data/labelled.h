/*
 * Labelled examples: a text, or a sequence of vectors, and the one class that it belongs to. They are found in files of
 * many forms and take 16 bytes each, whatever their size: an example is read from its file when it is asked for.
 *
 *   tsv, csv   a table: one column is the text, another the label; fields may be quoted, with "" and line breaks inside
 *   lines      "label text"                       fasttext   "__label__x text"
 *   trees      "(3 (2 a) (4 film))", one sentence per line; the label of a node is the number after its bracket
 *   files      a folder with one file per class, one example per line
 *   folders    a folder with one folder per class, one example per file
 *   wav        as folders, with recordings: slices of 10 ms, 40 numbers each (media/speech.h)
 *   idx        IMAGES and LABELS, two files: numbers from 0 to 1
 *
 * Files are read with pread and never mapped. If a file changes after it was opened, the error names the file. gzip is
 * unpacked once into a temporary file without a name, which disappears with the process at the latest.
 *
 * Texts are UTF-8 and stay as they are in the file, except that CR LF inside quotes becomes LF. It is an error if a
 * text is not UTF-8, contains a zero byte, or is empty, since an empty text cannot be trained on. White space around
 * labels is removed.
 */
#ifndef UR_DATA_LABELLED_H
#define UR_DATA_LABELLED_H

#include "unroll.h"

#include <stdbool.h>

enum {
    UR_LABELS_MOST = 65535,           /* classes */
    UR_LABEL_BYTES = 256,             /* longest label */
    UR_EXAMPLE_BYTES = (1 << 24) - 1, /* longest example, in bytes of its file */
    UR_LABELLED_FOUND_MAX = 768       /* size of ur_labelled_found, with its zero */
};

typedef struct ur_labelled ur_labelled;

/* All zeros: everything is found by looking at the data. Texts belong to the caller and are needed during
 * ur_labelled_open. */
typedef struct ur_labelled_options {
    const struct ur_watcher *watcher; /* NULL if none */
    const char *form;                 /* a word of the list above */
    const char *text_column;          /* tables: name in the header, or number from 1 */
    const char *label_column;         /* like text_column */
    const char *header;               /* tables: "yes" or "no" */
    const char *label_from;           /* if a file is an example: place of the label in its name, "{label}_*_*.wav" */
    bool phrases;                     /* trees: phrases are examples too; equal phrases with equal labels are one */
    bool pixels;                      /* idx: a step is a pixel instead of a row of pixels */
    const char *relabel;              /* new names for labels, or labels to leave out: "0=neg,1=neg,2=" (relabel.h) */
    bool unlabelled;                  /* idx and wav: examples have no labels, and all get the first of `labels` */

    /* The examples for validation: those of files whose name matches a pattern (* ? [5-9]), or a random share. Equal
     * examples are all on the same side. Validation trees give no phrases. */
    const char *val_match;
    double val_from, val_fraction; /* each example draws a number from 0 to 1; the share begins at val_from */
    uint64_t seed;                 /* draws the share */

    /* What the training decided, which these examples must match. Label ids are indices into its labels; other labels
     * and pictures of another size are errors. Recordings are resampled to its rate. NULL and 0: nothing is decided. */
    const char *const *labels;
    size_t label_count;
    size_t rows, columns, channels;
    uint32_t rate; /* samples per second; 0: that of the first file */

} ur_labelled_options;

/* Every later read reports to this watcher, as opening does to options->watcher. NULL: none. */
void ur_labelled_watch(ur_labelled *set, const struct ur_watcher *watcher);

/* Fills in what a training decided. `training` must stay open as long as the options are used. */
void ur_labelled_follow(ur_labelled_options *options, const ur_labelled *training);

/* Reads everything once. Paths are files of one form, or one folder; for idx, two files. UR_ERR_USAGE for a wrong
 * option, UR_ERR_IO, UR_ERR_FORMAT for a file that is not what it should be, UR_ERR_DATA for examples that cannot be
 * trained on, UR_ERR_UNSUPPORTED for gzip without zlib. The caller closes the set. One thread at a time may use it,
 * since the source keeps the file open that was read last. */
ur_status ur_labelled_open(ur_labelled **set, const char *const *paths, size_t count,
                           const ur_labelled_options *options, ur_error *error);
void ur_labelled_close(ur_labelled *set); /* NULL is allowed */

size_t ur_labelled_count(const ur_labelled *set);
/* Numbers first, by value, then texts by their bytes. The order does not depend on that of the examples. */
size_t ur_labelled_labels(const ur_labelled *set);
const char *ur_labelled_label_text(const ur_labelled *set, size_t label);
size_t ur_labelled_label(const ur_labelled *set, size_t example);
bool ur_labelled_phrase(const ur_labelled *set, size_t example); /* part of a tree, and not the whole sentence */
bool ur_labelled_held(const ur_labelled *set, size_t example);   /* a validation example */

/* The numbers in a step of an example; 0 if examples are text. */
size_t ur_labelled_features(const ur_labelled *set);
/* The size of the pictures of idx; 0 for other forms. The features are columns · channels, or channels. */
size_t ur_labelled_rows(const ur_labelled *set);
size_t ur_labelled_columns(const ur_labelled *set);
size_t ur_labelled_channels(const ur_labelled *set);
/* The samples per second of recordings; 0 for other forms. */
uint32_t ur_labelled_rate(const ur_labelled *set);
/* A description of the data, for people: "TSV with a header; text in column document, label in column label; 80000
 * examples, 2 labels". */
const char *ur_labelled_found(const ur_labelled *set);
/* A hash of the texts and labels of all examples. It is the same for a file and its compressed form. */
uint64_t ur_labelled_hash(const ur_labelled *set);
/* For messages: "FILE: line 7", "FILE: image 7" or "FILE". Takes as long as reading the file, since it counts lines. */
void ur_labelled_name(const ur_labelled *set, size_t example, char *text, size_t size);

/* An example that was read: text, or numbers (T, F). All zeros at first. Its pointers are valid until the next read
 * into it. One thread at a time. */
typedef struct ur_example {
    const char *text; /* length bytes and a zero; NULL if the example is numbers */
    size_t length;
    const float *value; /* (steps, features) */
    size_t steps, features;
    void *room[3]; /* buffers that are reused */
    size_t rooms[3];
} ur_example;

ur_status ur_labelled_read(const ur_labelled *set, size_t example, ur_example *read, ur_error *error);
void ur_example_free(ur_example *read);

#endif
