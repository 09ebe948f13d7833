/*
 * Words as their characters, for tasks that read them beside the words: a line of the network called `chars` reads each different
 * word of a batch once and leaves one step; words that are spelled alike share a lane.
 */
#ifndef UR_TASK_SPELLING_H
#define UR_TASK_SPELLING_H

#include "data/table/field.h"
#include "data/vocabulary.h"
#include "train/task.h"

enum { UR_SPELLED_MOST = 24 };

/* A word's characters, or the first and last of a long word, as code points; of Hangul the letters where `jamo`. */
size_t ur_spell(ur_field word, bool jamo, uint32_t code[UR_SPELLED_MOST]);
/* Counts them in a vocabulary. */
ur_status ur_spell_count(ur_vocabulary *characters, ur_field word, bool jamo, ur_error *error);

/* Whether a line is the one that spells; and the first that reads words. */
bool ur_reads_characters(const ur_model *model, size_t line);
size_t ur_line_of_words(const ur_model *model);
/* Refuses (UR_ERR_USAGE) a network in which no line reads words or, where they are spelled, none characters. */
ur_status ur_spelling_check(const ur_model *model, bool spelled, ur_error *error);
/* What the data fix of each line that reads: how many words or characters there are. `request->lines` are set. */
ur_status ur_spelling_sizes(const ur_vocabulary *words, const ur_vocabulary *characters, ur_net_request *request,
                            ur_error *error);
/* Into the model, which owns them from then on, and out of it. Lines that are alike in what they read share a vocabulary. NULL:
 * there is none. */
void ur_spelling_give(ur_model *model, ur_vocabulary *words, ur_vocabulary *characters);
void ur_spelling_take(const ur_model *model, ur_vocabulary **words, ur_vocabulary **characters);

/* The characters of the different words of a batch. Begins with zeros but for the first two. */
typedef struct ur_spelling {
    const ur_vocabulary *characters; /* with an unknown one */
    bool jamo;
    int32_t *text; /* ids of characters, word after word */
    size_t used, text_room;
    uint32_t *begin; /* (count + 1): where each word begins there */
    size_t count, room;
    int32_t *slot; /* hash table of words, −1: free; twice as many as there can be words. Then the lane of each word */
    size_t slots;
    int32_t *ids, *lengths; /* (S, N), (N): as the network takes them */
    size_t places, lanes;   /* for which there is room */
} ur_spelling;

void ur_spelling_free(ur_spelling *spelling);
ur_status ur_spelling_begin(ur_spelling *spelling, size_t words, ur_error *error); /* of a batch of so many */
/* Which lane of the batch spells a word; a new one where none does. */
ur_status ur_spelling_add(ur_spelling *spelling, ur_field word, int32_t *lane, ur_error *error);
/* As the network takes it: for the line that reads characters. Words are sorted, the longest first, since lanes that have ended
 * cost nothing then; `lane_of` of so many places, as ur_spelling_add gave them, becomes the numbers they have now. */
ur_status ur_spelling_settle(ur_spelling *spelling, int32_t *lane_of, size_t places, ur_sequences *in, ur_error *error);

#endif
