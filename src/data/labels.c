/* See labels.h. */
#include "data/labels.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/utf8.h"
#include "data/labelled.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_labels_free(ur_labels *labels)
{
    for (size_t i = 0; i < labels->count; i++) free(labels->sorted[i].text);
    free(labels->sorted);
    free(labels->by_id);
    *labels = (ur_labels){0};
}

static void read_value(ur_label *label) { label->number = ur_read_number(label->text, &label->value); }

static int compare(const ur_label *a, const ur_label *b)
{
    if (a->number != b->number) return a->number ? -1 : 1;
    if (a->number && a->value < b->value) return -1;
    if (a->number && a->value > b->value) return 1;
    return strcmp(a->text, b->text); /* "1" and "1.0" are two labels */
}

/* The index of the label in `sorted`, or the index where it would be inserted. */
static size_t find_place(const ur_labels *labels, const ur_label *wanted)
{
    size_t low = 0, high = labels->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&labels->sorted[middle], wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static ur_status reserve(ur_labels *labels, ur_error *error)
{
    if (labels->count < labels->capacity) return UR_OK;
    size_t capacity = labels->capacity ? 2 * labels->capacity : 16, bytes;
    ur_label *grown = ur_mul_fits(capacity, sizeof *grown, &bytes) ? realloc(labels->sorted, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the labels");
    labels->sorted = grown;
    labels->capacity = capacity;
    return UR_OK;
}

static ur_status insert(ur_labels *labels, size_t at, ur_label label, ur_error *error)
{
    UR_TRY(reserve(labels, error));
    label.text = strdup(label.text);
    if (!label.text) return ur_fail_memory(error, "the labels");
    label.id = (uint32_t)labels->count;
    memmove(labels->sorted + at + 1, labels->sorted + at, (labels->count - at) * sizeof label);
    labels->sorted[at] = label;
    labels->count++;
    return UR_OK;
}

enum { LISTED = 12 };

static ur_status fail_unknown(const ur_labels *labels, const char *text, ur_error *error)
{
    char list[320] = "";
    for (size_t i = 0; i < labels->count && i < LISTED; i++) {
        size_t at = strlen(list), room = sizeof list - at;
        const char *known = labels->sorted[i].text;
        if (strlen(known) + 3 > room) break;
        snprintf(list + at, room, "%s%s", i ? ", " : "", known);
    }
    return ur_fail(error, UR_ERR_DATA, "the label %s does not occur in the training data, which have %zu labels: %s%s",
                   text, labels->count, list, labels->count > LISTED ? " …" : "");
}

/* Finds a label, or the index where it would be inserted. `copy` gets the text with a zero after it. */
static bool find_text(const ur_labels *labels, const char *text, size_t length, char copy[UR_LABEL_BYTES + 1],
                      ur_label *wanted, size_t *at)
{
    memcpy(copy, text, length);
    copy[length] = 0;
    *wanted = (ur_label){.text = copy};
    read_value(wanted);
    *at = find_place(labels, wanted);
    return *at < labels->count && strcmp(labels->sorted[*at].text, copy) == 0;
}

bool ur_labels_has(const ur_labels *labels, const char *text, size_t length)
{
    char copy[UR_LABEL_BYTES + 1];
    ur_label wanted;
    size_t at;
    return length > 0 && length <= UR_LABEL_BYTES && find_text(labels, text, length, copy, &wanted, &at);
}

ur_status ur_labels_id(ur_labels *labels, const char *text, size_t length, uint32_t *id, ur_error *error)
{
    char copy[UR_LABEL_BYTES + 1];
    ur_label wanted;
    size_t at;
    if (length == 0) return ur_fail(error, UR_ERR_DATA, "no label");
    if (length > UR_LABEL_BYTES)
        return ur_fail(error, UR_ERR_DATA, "a label of %zu bytes; a label may have up to %d", length, UR_LABEL_BYTES);
    if (!ur_utf8_valid(text, length))
        return ur_fail(error, UR_ERR_DATA, "the label \"%.*s\" is not UTF-8; rename it", (int)length, text);
    bool there = find_text(labels, text, length, copy, &wanted, &at);
    if (!there && labels->fixed) return fail_unknown(labels, copy, error);
    if (!there && labels->count == UR_LABELS_MOST)
        return ur_fail(error, UR_ERR_DATA, "more than %d different labels", UR_LABELS_MOST);
    if (!there) UR_TRY(insert(labels, at, wanted, error));
    *id = labels->sorted[at].id;
    return UR_OK;
}

static ur_status list_by_id(ur_labels *labels, ur_error *error)
{
    labels->by_id = calloc(labels->count ? labels->count : 1, sizeof *labels->by_id);
    if (!labels->by_id) return ur_fail_memory(error, "the labels");
    for (size_t i = 0; i < labels->count; i++) labels->by_id[labels->sorted[i].id] = labels->sorted[i].text;
    return UR_OK;
}

ur_status ur_labels_fix(ur_labels *labels, const char *const *texts, size_t count, ur_error *error)
{
    uint32_t id;
    for (size_t i = 0; i < count; i++) {
        UR_TRY(ur_labels_id(labels, texts[i], strlen(texts[i]), &id, error));
        if (id != i) return ur_fail(error, UR_ERR_USAGE, "the label %s is given twice", texts[i]);
    }
    labels->fixed = true;
    return list_by_id(labels, error);
}

ur_status ur_labels_settle(ur_labels *labels, uint32_t **rank, ur_error *error)
{
    *rank = calloc(labels->count ? labels->count : 1, sizeof **rank);
    if (!*rank) return ur_fail_memory(error, "the labels");
    for (size_t i = 0; i < labels->count; i++) {
        (*rank)[labels->sorted[i].id] = (uint32_t)i;
        labels->sorted[i].id = (uint32_t)i;
    }
    labels->fixed = true;
    return list_by_id(labels, error);
}
