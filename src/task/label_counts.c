/* See label_counts.h. */
#include "task/label_counts.h"

double ur_macro_f1(const size_t *counts, size_t labels)
{
    double sum = 0;
    size_t seen = 0;
    for (size_t i = 0; i < labels; i++) {
        const size_t *n = counts + 3 * i;
        if (!n[1] && !n[2]) continue; /* a label that is neither there nor taken */
        sum += 2 * (double)n[0] / (double)(n[1] + n[2]);
        seen++;
    }
    return seen ? sum / (double)seen : 0;
}

json_t *ur_confusion_json(const size_t *confusion, size_t labels)
{
    json_t *rows = json_array();
    int failed = !rows;
    for (size_t i = 0; !failed && i < labels; i++) {
        json_t *row = json_array();
        for (size_t k = 0; k < labels; k++)
            failed |= json_array_append_new(row, json_integer((json_int_t)confusion[i * labels + k]));
        failed |= json_array_append_new(rows, row);
    }
    if (!failed) return rows;
    json_decref(rows);
    return NULL;
}
