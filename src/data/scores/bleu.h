/* BLEU (Papineni et al. 2002) of a corpus, as sacreBLEU computes it (Post 2018): text is cut into words as by
 * mteval-v13a; n-grams have 1 to 4 words; each text has one reference or several; for orders without a match, 1/2, 1/4
 * … of a match is assumed. */
#ifndef UR_DATA_BLEU_H
#define UR_DATA_BLEU_H

#include "data/scores/grams.h"
#include "data/table/field.h"

enum { UR_BLEU_MOST = 4, UR_BLEU_WANTED = UR_SEQUENCES_MOST - 1 };
#define UR_BLEU_SIGNATURE       "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp"
#define UR_BLEU_ANY_SIGNATURE   "nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp"
#define UR_BLEU_LOWER_SIGNATURE "nrefs:1|case:lc|eff:no|tok:13a|smooth:exp"

/* Counts are summed over sentences. All zeros at first. */
typedef struct ur_bleu {
    uint64_t words, wanted; /* in the hypotheses, and in the references */
    uint64_t runs[UR_BLEU_MOST], shared[UR_BLEU_MOST];
} ur_bleu;

/* Adds one sentence. `written` is the hypothesis, `wanted` the reference. With `lower`, case is ignored. */
ur_status ur_bleu_add(ur_bleu *bleu, ur_score_room *room, bool lower, const char *written, size_t written_length,
                      const char *wanted, size_t wanted_length, ur_error *error);
/* Adds a sentence with several references, of which the first UR_BLEU_WANTED count. The matches of an n-gram are
 * limited by the reference that has it most often. The reference length is the nearest one, of two the shorter. */
ur_status ur_bleu_add_any(ur_bleu *bleu, ur_score_room *room, bool lower, ur_field written, const ur_field *wanted,
                          size_t count, ur_error *error);
double ur_bleu_score(const ur_bleu *bleu); /* 0 to 100 */

/* tokenize.c: cuts a text as mteval-v13a does, with one space between words. `out` and `work` must each have space for
 * UR_TOKENIZED_GROWS times the bytes and UR_TOKENIZED_MORE. Returns the length. */
enum { UR_TOKENIZED_GROWS = 8, UR_TOKENIZED_MORE = 16 };
size_t ur_tokenize_13a(const char *text, size_t length, char *out, char *work);

#endif
