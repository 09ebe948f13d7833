/* chrF2 (Popović 2015) of a corpus, as sacreBLEU computes it: n-grams of 1 to 6 characters, without white space. */
#ifndef UR_DATA_CHRF_H
#define UR_DATA_CHRF_H

#include "data/scores/grams.h"

enum { UR_CHRF_MOST = 6 };
#define UR_CHRF_SIGNATURE "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no"

/* Counts are summed over sentences. All zeros at first. */
typedef struct ur_chrf {
    uint64_t written[UR_CHRF_MOST], wanted[UR_CHRF_MOST], shared[UR_CHRF_MOST];
} ur_chrf;

ur_status ur_chrf_add(ur_chrf *chrf, ur_score_room *room, const char *written, size_t written_length,
                      const char *wanted, size_t wanted_length, ur_error *error);
double ur_chrf_score(const ur_chrf *chrf); /* 0 to 100 */

#endif
