/*
 * CoNLL-U: sentences, each followed by an empty line, one word per line, ten fields separated by tabs
 * (https://universaldependencies.org/format.html). Words are the lines that begin with a whole number;
 * comments (#), multiword tokens (3-4) and empty nodes (8.1) are skipped. Sentences stay in their files
 * and take 16 bytes of memory each.
 */
#ifndef UR_DATA_CONLLU_H
#define UR_DATA_CONLLU_H

#include "base/error.h"
#include "data/table/field.h"

struct ur_watcher;

enum { UR_CONLLU_FIELDS = 10, UR_CONLLU_FORM = 1, UR_CONLLU_MISC = 9 };

/* "id", "form", "lemma", "upos" …; NULL after the last. */
const char *ur_conllu_field_name(size_t field);
/* Finds a field by its name or its number from 1. UR_ERR_USAGE lists the fields. */
ur_status ur_conllu_field_find(const char *name, size_t *field, ur_error *error);

/* ---- One sentence ------------------------------------------------------------------------------------------------ */

typedef struct ur_conllu_word {
    ur_field field[UR_CONLLU_FIELDS]; /* as in the text; never empty */
} ur_conllu_word;

/* All zeros at first. */
typedef struct ur_sentence {
    ur_conllu_word *word;
    size_t count, room;
    char *text; /* of a sentence that was read from a set */
    size_t length, text_room;
    uint64_t line; /* number of its first line in its file */
} ur_sentence;

void ur_sentence_free(ur_sentence *sentence);
/* Adds one line, whose text must stay valid. To begin a new sentence, set count = 0. UR_ERR_DATA if the
 * line is not CoNLL-U. */
ur_status ur_sentence_line(ur_sentence *sentence, ur_field line, ur_error *error);
/* Takes all lines of a text as a new sentence. */
ur_status ur_sentence_take(ur_sentence *sentence, const char *text, size_t length, ur_error *error);

/* ---- A set of sentences ------------------------------------------------------------------------------------------ */

typedef struct ur_conllu ur_conllu;

/* Opens files, compressed with gzip or not, and folders of files. Every line is checked; messages name
 * file and line. */
ur_status ur_conllu_open(ur_conllu **set, const char *const *paths, size_t count, const struct ur_watcher *watcher,
                         ur_error *error);
void ur_conllu_close(ur_conllu *set); /* NULL is allowed */

size_t ur_conllu_count(const ur_conllu *set);           /* sentences, each with at least one word */
size_t ur_conllu_words(const ur_conllu *set, size_t i); /* words of one sentence */
size_t ur_conllu_all_words(const ur_conllu *set);
/* As ur_source_tell_left_out. */
void ur_conllu_tell_left_out(const ur_conllu *set, char *text, size_t size);
const char *ur_conllu_path(const ur_conllu *set, size_t i); /* path of its file */
uint64_t ur_conllu_hash(const ur_conllu *set);              /* hash of every byte */
/* Reads a sentence, which is valid until the next call with the same `sentence`. */
ur_status ur_conllu_read(const ur_conllu *set, size_t i, ur_sentence *sentence, ur_error *error);

#endif
