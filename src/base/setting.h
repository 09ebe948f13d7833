/*
 * A setting: one row of a table says its name, type, range, default, help and where its value stands in a struct. Parsing
 * of options, help, man page, the record of a run, resuming and setting by name are made from these rows alone.
 */
#ifndef UR_BASE_SETTING_H
#define UR_BASE_SETTING_H

#include "base/error.h"

#include <stdbool.h>

typedef enum ur_setting_type {
    UR_SETTING_FLAG,   /* bool */
    UR_SETTING_TEXT,   /* const char * */
    UR_SETTING_EACH,   /* ur_each: may be given several times */
    UR_SETTING_WORD,   /* const char *, one of those in `argument`: "char|byte|word" */
    UR_SETTING_CHOICE, /* an enum: the place of the word in `argument` */
    UR_SETTING_SIZE,   /* size_t */
    UR_SETTING_COUNT,  /* uint64_t */
    UR_SETTING_NUMBER  /* double */
} ur_setting_type;

enum { UR_EACH_MOST = 16 };
typedef struct ur_each {
    const char *text[UR_EACH_MOST];
    size_t count;
} ur_each;

/* Bounds as numbers: exact up to 2^53; `most` 0 means as much as the type holds. */
typedef struct ur_setting {
    const char *group; /* the heading it begins; NULL goes on under the one before */
    const char *name, *argument;
    ur_setting_type type;
    size_t offset; /* in its struct */
    double least, most;
    bool above;          /* `least` itself is not allowed */
    char letter;         /* "-o"; 0: none */
    const char *initial; /* the default, as one types it; NULL: open (NULL, 0, no; a number begins as NaN) */
    const char *unset;   /* what the help says of a default that is open, NULL, 0 or less */
    const char *help;    /* NULL: accepted, but listed nowhere */
    const char *beside;  /* has an effect only beside this: "optimizer=adam|adamw", or "also", set to anything */
    const char *unless;  /* excludes this one: "net" */
    bool decides;        /* the bits of a run depend on it: it is recorded, and the same in a run that is resumed */
    bool reads;          /* how data are read: it may be said anew for a model that is there */
} ur_setting;

typedef struct ur_setting_table {
    const ur_setting *rows;
    size_t count;
} ur_setting_table;

/* All rows of an array. */
#define UR_SETTING_TABLE(rows)                                                                                         \
    {                                                                                                                  \
        rows, sizeof(rows) / sizeof(rows)[0]                                                                           \
    }

/* Values are in the struct that a row's offset is of. */
enum { UR_SETTING_VALUE_MAX = 256 };

/* NULL: there is no such row. */
const ur_setting *ur_setting_find(ur_setting_table table, const char *name, size_t length);

/* Writes the default of every row. */
void ur_setting_defaults(ur_setting_table table, void *values);

/* Reads a value strictly: a whole number is digits and nothing else, and ranges are checked. Texts are kept, not copied.
 * UR_ERR_USAGE says what is allowed. Messages name a setting as `name`. */
ur_status ur_setting_set(const ur_setting *row, const char *text, void *values, ur_error *error);

/* A value as one would type it, "" for an open one or a flag; cut to fit. */
void ur_setting_text(const ur_setting *row, const void *values, char text[UR_SETTING_VALUE_MAX]);
/* The text of a TEXT or WORD, whole; NULL: none, or another type. */
const char *ur_setting_string(const ur_setting *row, const void *values);

/* Nothing was chosen: NULL, NaN, 0 or less, no. */
bool ur_setting_empty(const ur_setting *row, const void *values);
/* The same values, of two structs. */
bool ur_setting_equal(const ur_setting *row, const void *a, const void *b);

/* What a value must be, such as "a whole number from 1 to 65536". */
void ur_setting_allowed(const ur_setting *row, char text[UR_SETTING_VALUE_MAX]);

#endif
