/* How often labels were there and taken: what tasks that give one label of many are judged by. */
#ifndef UR_TASK_LABEL_COUNTS_H
#define UR_TASK_LABEL_COUNTS_H

#include <jansson.h>
#include <stddef.h>

/* The mean of the labels' F1; counts: (labels, 3), right, taken, there. */
double ur_macro_f1(const size_t *counts, size_t labels);

/* A list for each label that was there, of how often each was taken for it: (labels, labels). NULL without memory. */
json_t *ur_confusion_json(const size_t *confusion, size_t labels);

#endif
