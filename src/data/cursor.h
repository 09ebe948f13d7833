/*
 * A place in the files of a text, moving forward by tokens. What leaves it is the text as the model sees it: for chars
 * and words without the byte order mark at the beginning of a file, CR LF as LF (a CR alone stays), invalid UTF-8 as
 * U+FFFD where that is wanted. A token ends with its file at the latest: no character, word or CR LF is put together
 * from two files, and for chars and words a line break is read between two of which the first does not end with one.
 */
#ifndef UR_DATA_CURSOR_H
#define UR_DATA_CURSOR_H

#include "data/file_list.h"
#include "data/vocabulary.h"

enum {
    UR_CURSOR_AHEAD = 160,                 /* bytes that show where a token ends: the longest, and a character */
    UR_CURSOR_LEAST = UR_CURSOR_AHEAD + 3, /* least size of the buffer: also the byte order mark */
    UR_CURSOR_SMALL = 16384,               /* size for a reader, of which there may be many */
    UR_CURSOR_LARGE = 262144               /* size for a pass over everything */
};

typedef struct ur_cursor {
    const ur_file_list *list;
    ur_token_kind kind;
    bool replace;    /* invalid UTF-8 reads as U+FFFD */
    size_t file;     /* number of the file; list->count at the end */
    uint64_t offset; /* of the buffer in the file */
    uint64_t mark;   /* offset of the token that was read last */
    unsigned char *buffer;
    size_t begin, end, capacity;          /* the buffer holds bytes begin … end − 1 still to be read */
    bool last;                            /* the buffer goes to the end of the file */
    bool between;                         /* it holds the line break that is read behind the file */
    uint64_t *hash;                       /* NULL, or takes in every byte that is read from a file */
    unsigned char clean[UR_CURSOR_AHEAD]; /* a word in which bytes were replaced */
} ur_cursor;

/* What was passed: tokens, the bytes of their texts, and characters (bytes that do not continue a character). */
typedef struct ur_tally {
    uint64_t tokens, bytes, chars;
} ur_tally;

/* At the beginning of the first file. `list` must outlive the cursor. */
ur_status ur_cursor_open(ur_cursor *cursor, const ur_file_list *list, ur_token_kind kind, bool replace, size_t capacity,
                         ur_error *error);
void ur_cursor_close(ur_cursor *cursor);

/* Moves to a place where a token begins (or a file, or the end: file = list->count). */
void ur_cursor_place(ur_cursor *cursor, size_t file, uint64_t offset);

/* Makes the next token lie in the buffer, in the next file if need be; nothing does at the end of the text. */
ur_status ur_cursor_ready(ur_cursor *cursor, ur_error *error);

/* The next token, valid until the next call; NULL at the end. */
ur_status ur_cursor_next(ur_cursor *cursor, const unsigned char **text, size_t *length, ur_error *error);

/* Passes `tokens` tokens, or as many as are left; adds what it passed to `tally`, also when it fails. */
ur_status ur_cursor_skip(ur_cursor *cursor, uint64_t tokens, ur_tally *tally, ur_error *error);

/* Number of bytes, at most `limit`, that lie ready in the buffer and are each a token by itself: any byte for bytes,
 * ASCII other than CR for chars, none for words. A lower bound: some may be left. */
size_t ur_cursor_plain(const ur_cursor *cursor, uint64_t limit);

/* FNV-1a (Fowler, Noll, Vo), 64 bits. */
#define UR_HASH_START 0xCBF29CE484222325u
uint64_t ur_hash_bytes(uint64_t hash, const unsigned char *bytes, size_t size);

/* Puts "FILE: byte N: " before an error about the token that was read last. */
ur_status ur_cursor_fail_in(const ur_cursor *cursor, ur_error *error, ur_status status);

#endif
