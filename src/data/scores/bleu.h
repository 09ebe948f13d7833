/* BLEU (Papineni et al. 2002) of a corpus, as sacreBLEU computes it (Post 2018): cut into words as mteval-v13a does it, runs of
 * 1 to 4 words, one text wanted for each or any of several, orders without a match smoothed as 1/2, 1/4 … of a match. */
#ifndef UR_DATA_BLEU_H
#define UR_DATA_BLEU_H

#include "data/scores/grams.h"
#include "data/table/field.h"

enum { UR_BLEU_MOST = 4, UR_BLEU_WANTED = UR_SEQUENCES_MOST - 1 };
#define UR_BLEU_SIGNATURE       "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp"
#define UR_BLEU_ANY_SIGNATURE   "nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp"
#define UR_BLEU_LOWER_SIGNATURE "nrefs:1|case:lc|eff:no|tok:13a|smooth:exp"

/* Counts add up over sentences. Begins as zeros. */
typedef struct ur_bleu {
    uint64_t words, wanted; /* of what was written, and of what was wanted */
    uint64_t runs[UR_BLEU_MOST], shared[UR_BLEU_MOST];
} ur_bleu;

/* `lower`: capitals do not count. */
ur_status ur_bleu_add(ur_bleu *bleu, ur_score_room *room, bool lower, const char *written, size_t written_length,
                      const char *wanted, size_t wanted_length, ur_error *error);
/* The same where any of several texts is wanted, of which the first UR_BLEU_WANTED count: a run is right as often as in the one
 * that has it most, and the length that is wanted is the nearest, of two the shorter. */
ur_status ur_bleu_add_any(ur_bleu *bleu, ur_score_room *room, bool lower, ur_field written, const ur_field *wanted,
                          size_t count, ur_error *error);
double ur_bleu_score(const ur_bleu *bleu); /* 0 to 100 */

/* tokenize.c. A text as mteval-v13a cuts it, into memory for UR_TOKENIZED_GROWS times the bytes and UR_TOKENIZED_MORE: blanks
 * stand between the words. `work` is as large. Returns the length. */
enum { UR_TOKENIZED_GROWS = 8, UR_TOKENIZED_MORE = 16 };
size_t ur_tokenize_13a(const char *text, size_t length, char *out, char *work);

#endif
