/* Classes by name. While they are being found, they are numbered in the order of discovery. After ur_labels_settle they
 * are in sorted order: numbers by value, then texts by their bytes. */
#ifndef UR_DATA_LABELS_H
#define UR_DATA_LABELS_H

#include "unroll.h"

#include <stdbool.h>

typedef struct ur_label {
    char *text;
    bool number;
    double value;
    uint32_t id; /* order of discovery; after settling, its index in `sorted` */
} ur_label;

typedef struct ur_labels {
    ur_label *sorted;
    size_t count, capacity;
    const char **by_id; /* texts; set once the labels are settled or fixed */
    bool fixed;         /* no label may be added */
} ur_labels;

void ur_labels_free(ur_labels *labels);
/* Takes a list of labels unchanged: ids are indices into the list. */
ur_status ur_labels_fix(ur_labels *labels, const char *const *texts, size_t count, ur_error *error);
/* Finds or adds a label. UR_ERR_DATA for too many labels, a label that is too long or empty, or an
 * unknown one in a fixed list. */
ur_status ur_labels_id(ur_labels *labels, const char *text, size_t length, uint32_t *id, ur_error *error);
/* Whether `text` is one of the labels. */
bool ur_labels_has(const ur_labels *labels, const char *text, size_t length);
/* Sorts the labels. *rank gets the new id of each old id (labels->count numbers, free() it). The ids are
 * then indices into `sorted`. */
ur_status ur_labels_settle(ur_labels *labels, uint32_t **rank, ur_error *error);

#endif
