/* Classes by name. While they are found they are numbered as they come; settled, in their order: numbers by value, then
 * texts by their bytes. */
#ifndef UR_DATA_LABELS_H
#define UR_DATA_LABELS_H

#include "unroll.h"

#include <stdbool.h>

typedef struct ur_label {
    char *text;
    bool number;
    double value;
    uint32_t id; /* how many were there before it; settled, its place */
} ur_label;

typedef struct ur_labels {
    ur_label *sorted;
    size_t count, capacity;
    const char **by_id; /* texts; there once they are settled or fixed */
    bool fixed;         /* no other may be added */
} ur_labels;

void ur_labels_free(ur_labels *labels);
/* Takes a list as it is: ids are places in it. */
ur_status ur_labels_fix(ur_labels *labels, const char *const *texts, size_t count, ur_error *error);
/* UR_ERR_DATA for one more than may be, too long a text, none at all, or an unknown one where the list is fixed. */
ur_status ur_labels_id(ur_labels *labels, const char *text, size_t length, uint32_t *id, ur_error *error);
/* Whether it is one of them. */
bool ur_labels_has(const ur_labels *labels, const char *text, size_t length);
/* The new id of each old one, as labels->count numbers; ids are then places in `sorted`. free() it. */
ur_status ur_labels_settle(ur_labels *labels, uint32_t **rank, ur_error *error);

#endif
