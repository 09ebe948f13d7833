/*
 * A setting is one row of a table: its name, type, range, default, help, and the offset of its value in a struct. The
 * options, the help, the man page, the record of a run, resuming, and setting by name all follow from these rows alone.
 */
#ifndef UR_BASE_SETTING_H
#define UR_BASE_SETTING_H

#include "base/error.h"

#include <stdbool.h>

typedef enum ur_setting_type {
    UR_SETTING_FLAG,   /* bool */
    UR_SETTING_TEXT,   /* const char * */
    UR_SETTING_EACH,   /* ur_each; may be given several times */
    UR_SETTING_WORD,   /* const char *, one of the words in `argument`: "char|byte|word" */
    UR_SETTING_CHOICE, /* an enum: the index of the word in `argument` */
    UR_SETTING_SIZE,   /* size_t */
    UR_SETTING_COUNT,  /* uint64_t */
    UR_SETTING_NUMBER  /* double */
} ur_setting_type;

enum { UR_EACH_MOST = 16 };
typedef struct ur_each {
    const char *text[UR_EACH_MOST];
    size_t count;
} ur_each;

/* `least` and `most` are exact up to 2^53; `most` 0 means as much as the type holds. */
typedef struct ur_setting {
    const char *group; /* heading that begins here, or NULL to stay under the previous one */
    const char *name, *argument;
    ur_setting_type type;
    size_t offset; /* in the struct of values */
    double least, most;
    bool above;          /* `least` itself is excluded */
    char letter;         /* short option ("-o"), or 0 if none */
    const char *initial; /* the default as typed, or NULL if open (NULL, 0 or no; a number becomes NaN) */
    const char *unset;   /* what the help says of a default that is open, NULL, 0 or less */
    const char *help;    /* NULL: accepted, but not listed in the help */
    const char *beside;  /* needed for this to have an effect: "optimizer=adam|adamw", or "also" set to anything */
    const char *unless;  /* may not be given together with this setting: "net" */
    bool decides;        /* the bits of a run depend on it: recorded, and fixed when the run is resumed */
    bool reads;          /* says how data are read: may be given anew for an existing model */
    bool answers;        /* says how answers are found or written: may be given anew where a model gives answers */
    const char *only;    /* an option of a verb that has an effect for these only: "language models"; or NULL */
} ur_setting;

typedef struct ur_setting_table {
    const ur_setting *rows;
    size_t count;
} ur_setting_table;

/* A table of all rows of an array. */
#define UR_SETTING_TABLE(rows)                                                                                         \
    {                                                                                                                  \
        rows, sizeof(rows) / sizeof(rows)[0]                                                                           \
    }

/* In the functions below, `values` is the struct that the offsets refer to. */
enum { UR_SETTING_VALUE_MAX = 256 };

/* NULL if there is no such row. */
const ur_setting *ur_setting_find(ur_setting_table table, const char *name, size_t length);

/* Writes the default of every row. */
void ur_setting_defaults(ur_setting_table table, void *values);

/* Reads a value strictly: a whole number is digits and nothing else, and ranges are checked. Texts are kept as
 * pointers, not copied. UR_ERR_USAGE says what is allowed. Messages put the setting's name in backquotes. */
ur_status ur_setting_set(const ur_setting *row, const char *text, void *values, ur_error *error);

/* The value as one would type it, cut to fit; "" for a flag or an open value. */
void ur_setting_text(const ur_setting *row, const void *values, char text[UR_SETTING_VALUE_MAX]);
/* The full text of a TEXT or WORD; NULL if it is not set or the row has another type. */
const char *ur_setting_string(const ur_setting *row, const void *values);

/* True if nothing was chosen: NULL, NaN, 0 or less, or no. */
bool ur_setting_empty(const ur_setting *row, const void *values);
/* Whether two structs have the same value of this setting. */
bool ur_setting_equal(const ur_setting *row, const void *a, const void *b);

/* What a value must be, such as "a whole number from 1 to 65536". */
void ur_setting_allowed(const ur_setting *row, char text[UR_SETTING_VALUE_MAX]);

#endif
