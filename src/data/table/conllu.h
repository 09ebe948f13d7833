/*
 * CoNLL-U: sentences with an empty line behind each, a word a line, ten fields with tabs between
 * (https://universaldependencies.org/format.html). Words are the lines with a whole number in front; comments (#), tokens of
 * several words (3-4) and empty nodes (8.1) are passed over. Sentences stay in their files: 16 bytes of memory each.
 */
#ifndef UR_DATA_CONLLU_H
#define UR_DATA_CONLLU_H

#include "base/error.h"
#include "data/table/field.h"

struct ur_watcher;

enum { UR_CONLLU_FIELDS = 10, UR_CONLLU_FORM = 1, UR_CONLLU_MISC = 9 };

/* "id", "form", "lemma", "upos" …; NULL behind the last. */
const char *ur_conllu_field_name(size_t field);
/* By its name, or its number from 1. UR_ERR_USAGE lists them. */
ur_status ur_conllu_field_find(const char *name, size_t *field, ur_error *error);

/* ---- one sentence -------------------------------------------------------------------------------------------------- */

typedef struct ur_conllu_word {
    ur_field field[UR_CONLLU_FIELDS]; /* as they stand in the text; none is empty */
} ur_conllu_word;

/* Begin with zeros. */
typedef struct ur_sentence {
    ur_conllu_word *word;
    size_t count, room;
    char *text; /* of one that was read from a set */
    size_t length, text_room;
    uint64_t line; /* of its first line in its file */
} ur_sentence;

void ur_sentence_free(ur_sentence *sentence);
/* Takes one line more, which must stay; after count = 0 a new sentence begins. UR_ERR_DATA: no CoNLL-U. */
ur_status ur_sentence_line(ur_sentence *sentence, ur_field line, ur_error *error);
/* All lines of a text, as a new sentence. */
ur_status ur_sentence_take(ur_sentence *sentence, const char *text, size_t length, ur_error *error);

/* ---- a set of them ------------------------------------------------------------------------------------------------- */

typedef struct ur_conllu ur_conllu;

/* Files, packed with gzip or not, and folders of them. Every line is checked; messages name file and line. */
ur_status ur_conllu_open(ur_conllu **set, const char *const *paths, size_t count, const struct ur_watcher *watcher,
                         ur_error *error);
void ur_conllu_close(ur_conllu *set); /* NULL is allowed */

size_t ur_conllu_count(const ur_conllu *set);           /* sentences, each with a word at least */
size_t ur_conllu_words(const ur_conllu *set, size_t i); /* of one */
size_t ur_conllu_all_words(const ur_conllu *set);
/* As ur_source_tell_left_out. */
void ur_conllu_tell_left_out(const ur_conllu *set, char *text, size_t size);
const char *ur_conllu_path(const ur_conllu *set, size_t i); /* of its file */
uint64_t ur_conllu_hash(const ur_conllu *set);              /* of every byte */
/* Its words are there until the next call. */
ur_status ur_conllu_read(const ur_conllu *set, size_t i, ur_sentence *sentence, ur_error *error);

#endif
