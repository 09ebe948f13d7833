/*
 * Spells words as characters, for tasks that read characters in addition to words. A line of the network called `chars`
 * reads each different word of a batch once and leaves one step. Words with the same spelling share a lane.
 */
#ifndef UR_TASK_SPELLING_H
#define UR_TASK_SPELLING_H

#include "data/table/field.h"
#include "data/vocabulary.h"
#include "net/writing.h"
#include "train/task.h"

enum { UR_SPELLED_MOST = 24 };

/* The code points of a word's characters. Of a long word only the first and last ones are taken. With `jamo`, Hangul
 * syllables are split into letters. */
size_t ur_spell(ur_field word, bool jamo, uint32_t code[UR_SPELLED_MOST]);
/* Counts a word's characters in a vocabulary. */
ur_status ur_spell_count(ur_vocabulary *characters, ur_field word, bool jamo, ur_error *error);

/* Whether a line is the one that reads characters; and the first line that reads words. */
bool ur_reads_characters(const ur_model *model, size_t line);
size_t ur_line_of_words(const ur_model *model);
/* Refuses (UR_ERR_USAGE) a network in which no line reads words, or, if words are spelled, no line reads characters. */
ur_status ur_spelling_check(const ur_model *model, bool spelled, ur_error *error);
/* Puts the line that reads characters, "chars: embed 32 > CELL 64 bi > last". */
void ur_spelling_put(ur_net_writing *w, const char *cell);
/* What the data fix for each line that reads ids: the number of words or of characters. Sets `request->lines`. */
ur_status ur_spelling_sizes(const ur_vocabulary *words, const ur_vocabulary *characters, ur_net_request *request,
                            ur_error *error);
/* ur_spelling_give puts the vocabularies into the model, which owns them from then on; ur_spelling_take gets them from
 * there. Lines that read the same kind of ids share a vocabulary. NULL if there is none. */
void ur_spelling_give(ur_model *model, ur_vocabulary *words, ur_vocabulary *characters);
void ur_spelling_take(const ur_model *model, ur_vocabulary **words, ur_vocabulary **characters);

/* The characters of the different words of a batch. The first two fields are set by the caller; the others begin as
 * zeros. */
typedef struct ur_spelling {
    const ur_vocabulary *characters; /* has an unknown token */
    bool jamo;
    int32_t *text; /* ids of characters, word after word */
    size_t used, text_room;
    uint32_t *begin; /* (count + 1) offsets at which the words begin in `text` */
    size_t count, room;
    int32_t *slot; /* hash table of words, twice as large as the most words, −1 if free; then each word's lane */
    size_t slots;
    int32_t *ids, *lengths; /* (S, N) and (N), as the network takes them */
    size_t places, lanes;   /* capacity of `ids` and of `lengths` */
} ur_spelling;

void ur_spelling_free(ur_spelling *spelling);
ur_status ur_spelling_begin(ur_spelling *spelling, size_t words, ur_error *error); /* begins a batch of `words` words */
/* Gives the lane of the batch that spells a word. A word that is not there yet gets a new lane. */
ur_status ur_spelling_add(ur_spelling *spelling, ur_field word, int32_t *lane, ur_error *error);
/* Gives the input for the line that reads characters. Words are sorted, longest first, since lanes that have ended cost
 * nothing then. The lanes in `lane_of` (`places` of them, as ur_spelling_add gave them) are replaced by the new
 * lanes. */
ur_status ur_spelling_settle(ur_spelling *spelling, int32_t *lane_of, size_t places, ur_sequences *in, ur_error *error);

#endif
