/* The inside of a set of labelled examples, for the files that read its forms. */
#ifndef UR_DATA_LABELLED_BODY_H
#define UR_DATA_LABELLED_BODY_H

#include "base/error.h"
#include "data/labelled.h"
#include "data/labels.h"
#include "data/source.h"
#include "data/table/fields.h"

/* An example in 16 bytes. `place` is an address in the source, `length` its bytes there. */
typedef struct ur_entry {
    uint64_t place : 40, length : 24;
    uint32_t label, held : 1, phrase : 1;
} ur_entry;

/* The size of the pictures of an idx file. */
typedef struct ur_pictures {
    size_t rows, columns, channels;
} ur_pictures;

/* A form is a row: how its examples are found, and how the bytes of one are decoded. */
typedef struct ur_form {
    const char *word; /* value of the option `form` */
    ur_status (*find)(ur_labelled *set, const ur_labelled_options *options, ur_error *error);
    ur_status (*decode)(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error);
    const char *part; /* what ur_labelled_name counts: "line" or "image", or NULL if a file is an example */
    bool media;       /* examples are numbers, and may have no labels */
} ur_form;

struct ur_labelled {
    const ur_form *form;
    ur_source source;
    ur_labels labels;
    ur_entry *entries;
    size_t count, capacity, held, dropped; /* dropped: left out by their label */
    uint64_t hash;
    char found[UR_LABELLED_FOUND_MAX];
    size_t root;        /* folders: offset in a path of the part below the folder; 0 if files were named */
    char left_out[192]; /* the first files of the folder that are not data, and why */
    size_t left_out_count;

    ur_dialect dialect;
    ur_pictures pictures;
    struct ur_speech *speech; /* wav: tables; owned */
    size_t features;
};

/* One example that was found. */
typedef struct ur_finding {
    uint64_t place;
    size_t length;
    const char *label; /* label_length bytes; white space around them is ignored */
    size_t label_length;
    uint64_t hash; /* equal for equal examples; for a phrase, that of its sentence */
    uint64_t line; /* or picture, for messages; 0 if the file is enough */
    bool phrase;   /* part of another example */
} ur_finding;

ur_status ur_labelled_add(ur_labelled *set, const ur_labelled_options *options, const ur_finding *finding,
                          ur_error *error);
/* Whether an example with this hash, found at this place, is for validation. */
bool ur_labelled_sets_apart(const ur_labelled *set, const ur_labelled_options *options, uint64_t place, uint64_t hash);

/* Fails with "FILE: line N: " before the message, or with what the form counts for "line". N is left out
 * if `line` is 0. */
ur_status ur_labelled_fail(const ur_labelled *set, uint64_t place, uint64_t line, ur_error *error, ur_status status,
                           const char *format, ...) UR_PRINTF(6, 7);

/* Gives a buffer of an example at least `bytes` bytes; its contents are lost. NULL if there is no memory. */
void *ur_example_room(ur_example *read, size_t which, size_t bytes);
/* Reads bytes from an address on into buffer 0, and puts a zero after them. */
ur_status ur_labelled_bytes(const ur_labelled *set, uint64_t place, size_t length, ur_example *read, ur_error *error);

/* `decode` for forms in which the bytes of the file are the text. */
ur_status ur_labelled_plain(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error);

bool ur_is_blank(const char *text, size_t length); /* only spaces, tabs and line ends */

#endif
