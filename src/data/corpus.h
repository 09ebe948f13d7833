/*
 * Text of any size as a sequence of tokens, in memory that does not grow with the text. Text is read in pieces and
 * decoded on the way; a sparse index says where tokens begin. Files are opened when needed, read with pread and never
 * mapped. If a file shrinks, changes its length or vanishes meanwhile, the error names the file.
 *
 * Paths may be files or folders (the text files below a folder in order of path; hidden names, folders of runs and
 * files that are not text are left out). Several files follow one another, and a token ends with its file at the
 * latest. For chars and words, a byte order mark at the beginning of a file is dropped, and CR LF is read as LF. For
 * them a line break is also read between two files of which the first does not end with one. Bytes are taken unchanged.
 */
#ifndef UR_DATA_CORPUS_H
#define UR_DATA_CORPUS_H

#include "data/vocabulary.h"

typedef struct ur_corpus ur_corpus;

typedef struct ur_corpus_options {
    ur_token_kind kind;
    bool replace_invalid; /* invalid UTF-8 is read as U+FFFD; otherwise it is an error with file and byte offset */
    size_t index_every;   /* tokens between entries of the index; 0: 65536 */
    const struct ur_watcher *watcher; /* while opening and counting; NULL if none */
} ur_corpus_options;

/* Reads everything once: checks the text, counts tokens and bytes, builds the index and the hash. Errors are an empty
 * text, a missing file, a folder without text, and a binary file named directly (a NUL byte at its beginning, unless
 * tokens are bytes). */
ur_status ur_corpus_open(ur_corpus **corpus, const char *const *paths, size_t count, const ur_corpus_options *options,
                         ur_error *error);
void ur_corpus_close(ur_corpus *corpus);

uint64_t ur_corpus_tokens(const ur_corpus *corpus);
uint64_t ur_corpus_bytes(const ur_corpus *corpus); /* as read: without BOM and CR, with U+FFFD as three bytes */
uint64_t ur_corpus_chars(const ur_corpus *corpus); /* code points; for bytes: those that do not continue a character */
uint64_t ur_corpus_hash(const ur_corpus *corpus);  /* 64-bit FNV-1a of the bytes and lengths of all files */
size_t ur_corpus_files(const ur_corpus *corpus);
/* What was left out of the folders, in a line for people: "3 entries of the folders left out: a.bin
 * (binary) …"; "" if nothing. */
const char *ur_corpus_left_out(const ur_corpus *corpus);
/* Name (the last part of the path) and size of a file, for the record in the model file. */
const char *ur_corpus_file_name(const ur_corpus *corpus, size_t index);
uint64_t ur_corpus_file_size(const ur_corpus *corpus, size_t index);

/* Puts "FILE: " before an error about the text, or "FILE and 2 more: " if there are several files. */
ur_status ur_corpus_fail_in(const ur_corpus *corpus, ur_error *error, ur_status status);

/* Counts the tokens in [begin, end) into a new vocabulary, which is not settled yet. */
ur_status ur_corpus_count(ur_corpus *corpus, uint64_t begin, uint64_t end, ur_vocabulary **vocabulary, ur_error *error);

/* Reads a corpus from any token on. A reader takes a few kilobytes. Many may be open on one corpus, each
 * used by one thread. */
typedef struct ur_reader ur_reader;

/* `vocabulary` turns tokens into ids and must outlive the reader. */
ur_status ur_reader_open(ur_reader **reader, ur_corpus *corpus, const ur_vocabulary *vocabulary, ur_error *error);
void ur_reader_close(ur_reader *reader);
ur_status ur_reader_seek(ur_reader *reader, uint64_t token, ur_error *error); /* token ≤ ur_corpus_tokens */
uint64_t ur_reader_position(const ur_reader *reader);
/* The next `count` ids. UR_ERR_DATA if fewer are left. */
ur_status ur_reader_next(ur_reader *reader, int32_t *ids, size_t count, ur_error *error);
/* The bytes of the next token, for counting and for messages; NULL at the end of the corpus. Valid until
 * the next call. */
ur_status ur_reader_next_text(ur_reader *reader, const char **text, size_t *length, ur_error *error);

#endif
