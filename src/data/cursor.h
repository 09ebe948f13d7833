/*
 * A position in the files of a text that moves forward by tokens. It gives the text as the model sees it.
 * For chars and words, the byte order mark at the beginning of a file is dropped, CR LF becomes LF (a CR
 * alone stays), and invalid UTF-8 becomes U+FFFD if this is asked for. A token ends with its file at the
 * latest: no character, word or CR LF is composed from two files. For chars and words, a line break is
 * read between two files of which the first does not end with one.
 */
#ifndef UR_DATA_CURSOR_H
#define UR_DATA_CURSOR_H

#include "data/file_list.h"
#include "data/vocabulary.h"

enum {
    UR_CURSOR_AHEAD = 160,                 /* bytes that show where a token ends: the longest token and a character */
    UR_CURSOR_LEAST = UR_CURSOR_AHEAD + 3, /* smallest buffer: also holds the byte order mark */
    UR_CURSOR_SMALL = 16384,               /* for a reader, of which there may be many */
    UR_CURSOR_LARGE = 262144               /* for a pass over everything */
};

typedef struct ur_cursor {
    const ur_file_list *list;
    ur_token_kind kind;
    bool replace;    /* invalid UTF-8 is read as U+FFFD */
    size_t file;     /* index of the file; list->count at the end */
    uint64_t offset; /* of the buffer within the file */
    uint64_t mark;   /* offset of the token that was read last */
    unsigned char *buffer;
    size_t begin, end, capacity;          /* the buffer's bytes begin … end − 1 are still to be read */
    bool last;                            /* the buffer reaches the end of the file */
    bool between;                         /* the buffer holds the line break that is read after the file */
    uint64_t *hash;                       /* updated with every byte read from a file; may be NULL */
    unsigned char clean[UR_CURSOR_AHEAD]; /* a token in which bytes were replaced */
} ur_cursor;

/* Counts of what was passed: tokens, bytes of their texts, and characters (bytes that do not continue a character). */
typedef struct ur_tally {
    uint64_t tokens, bytes, chars;
} ur_tally;

/* Opens at the beginning of the first file. `list` must outlive the cursor. */
ur_status ur_cursor_open(ur_cursor *cursor, const ur_file_list *list, ur_token_kind kind, bool replace, size_t capacity,
                         ur_error *error);
void ur_cursor_close(ur_cursor *cursor);

/* Moves to the beginning of a token or file, or to the end (file = list->count). */
void ur_cursor_place(ur_cursor *cursor, size_t file, uint64_t offset);

/* Makes sure that the next token is in the buffer, from the next file if need be. Does nothing at the end
 * of the text. */
ur_status ur_cursor_ready(ur_cursor *cursor, ur_error *error);

/* The next token, valid until the next call; NULL at the end. */
ur_status ur_cursor_next(ur_cursor *cursor, const unsigned char **text, size_t *length, ur_error *error);

/* Passes `tokens` tokens, or as many as are left. Adds what it passed to `tally`, even if it fails. */
ur_status ur_cursor_skip(ur_cursor *cursor, uint64_t tokens, ur_tally *tally, ur_error *error);

/* The number of bytes, at most `limit`, that are in the buffer and are tokens of one byte: any byte for bytes, ASCII
 * other than CR for chars, none for words. It is a lower bound: more such tokens may follow. */
size_t ur_cursor_plain(const ur_cursor *cursor, uint64_t limit);

/* FNV-1a (Fowler, Noll, Vo), 64 bits. */
#define UR_HASH_START 0xCBF29CE484222325u
uint64_t ur_hash_bytes(uint64_t hash, const unsigned char *bytes, size_t size);

/* Puts "FILE: byte N: " before an error about the token that was read last. */
ur_status ur_cursor_fail_in(const ur_cursor *cursor, ur_error *error, ur_status status);

#endif
