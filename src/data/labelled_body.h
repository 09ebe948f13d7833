/* What a set of labelled examples is made of, for the files that read a form. */
#ifndef UR_DATA_LABELLED_BODY_H
#define UR_DATA_LABELLED_BODY_H

#include "base/error.h"
#include "data/labelled.h"
#include "data/labels.h"
#include "data/source.h"
#include "data/table/fields.h"

/* 16 bytes. `place` is an address in the source. */
typedef struct ur_entry {
    uint64_t place : 40, length : 24;
    uint32_t label, held : 1, phrase : 1;
} ur_entry;

/* What idx says of its pictures. */
typedef struct ur_pictures {
    size_t rows, columns, channels;
} ur_pictures;

/* A form is a row: how its examples are found, and how the bytes of one become an example. */
typedef struct ur_form {
    const char *word; /* of the option `form` */
    ur_status (*find)(ur_labelled *set, const ur_labelled_options *options, ur_error *error);
    ur_status (*decode)(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error);
    const char *part; /* what ur_labelled_name counts: "line", "image", or NULL: a file is an example */
    bool media;       /* its examples are numbers, and may come without labels */
} ur_form;

struct ur_labelled {
    const ur_form *form;
    ur_source source;
    ur_labels labels;
    ur_entry *entries;
    size_t count, capacity, held, dropped; /* dropped: by their label */
    uint64_t hash;
    char found[UR_LABELLED_FOUND_MAX];
    size_t root;        /* of a folder: where in a path what is below it begins; 0: files were named */
    char left_out[192]; /* the first files of the folder that are no data, and why */
    size_t left_out_count;

    ur_dialect dialect;
    ur_pictures pictures;
    struct ur_speech *speech; /* tables for wav */
    size_t features;
};

/* One example that was found. */
typedef struct ur_finding {
    uint64_t place;
    size_t length;
    const char *label; /* label_length bytes; blanks round it are dropped here */
    size_t label_length;
    uint64_t hash; /* equal for equal examples, and for a phrase that of its sentence */
    uint64_t line; /* or picture, for messages; 0: the file is enough */
    bool phrase;   /* a part of another example */
} ur_finding;

ur_status ur_labelled_add(ur_labelled *set, const ur_labelled_options *options, const ur_finding *finding,
                          ur_error *error);
/* Whether an example of this hash, found at this place, is set apart. */
bool ur_labelled_sets_apart(const ur_labelled *set, const ur_labelled_options *options, uint64_t place, uint64_t hash);

/* "FILE: line N: " before a message about a place, or what the form counts; it is left out where N is 0. */
ur_status ur_labelled_fail(const ur_labelled *set, uint64_t place, uint64_t line, ur_error *error, ur_status status,
                           const char *format, ...) UR_PRINTF(6, 7);

/* Room of at least so many bytes in an example; NULL without memory. What was in it is lost. */
void *ur_example_room(ur_example *read, size_t which, size_t bytes);
/* Bytes from an address on, with a zero behind them, in room 0. */
ur_status ur_labelled_bytes(const ur_labelled *set, uint64_t place, size_t length, ur_example *read, ur_error *error);

/* What decode is where the bytes of the file are the text. */
ur_status ur_labelled_plain(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error);

bool ur_is_blank(const char *text, size_t length); /* nothing but blanks, tabs and line ends */

#endif
