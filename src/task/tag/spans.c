/*
 * Spans marked by labels of the form B-X, I-X and O (Ramshaw and Marcus 1995), as used for names. A span begins with
 * B-X, or with an I-X that does not continue a span of X, and it lasts as long as I-X follow. A label that was never
 * seen in training is a span of one word, which no model can find.
 */
#include "task/tag/tag.h"

#include <string.h>

typedef struct ur_mark {
    char kind;     /* B, I or O; any other label is O */
    ur_field type; /* X */
} ur_mark;

static ur_mark read_mark(const ur_vocabulary *labels, int32_t id)
{
    ur_mark mark = {'O', {"", 0}};
    size_t length;
    if (id == UR_TAG_UNSEEN) mark.kind = 'B';
    const char *text = id >= 0 ? ur_vocabulary_text(labels, id, &length) : NULL;
    if (!text || length < 3 || text[1] != '-' || (text[0] != 'B' && text[0] != 'I')) return mark;
    return (ur_mark){text[0], {text + 2, length - 2}};
}

bool ur_spans_look(const ur_vocabulary *labels)
{
    size_t begins = 0, outside = 0, count = ur_vocabulary_size(labels), length;
    for (size_t i = 0; i < count; i++) {
        const char *text = ur_vocabulary_text(labels, (int32_t)i, &length);
        ur_mark mark = read_mark(labels, (int32_t)i);
        begins += mark.kind == 'B';
        outside += length == 1 && text[0] == 'O';
        if (mark.kind == 'O' && !(length == 1 && text[0] == 'O')) return false;
    }
    return begins > 0 && outside > 0;
}

static bool same_type(ur_mark a, ur_mark b)
{
    return a.type.length == b.type.length && memcmp(a.type.text, b.type.text, a.type.length) == 0;
}

/* The labels of a lane. */
typedef struct ur_row_of_labels {
    const ur_vocabulary *labels;
    const int32_t *id;
    size_t length, stride;
} ur_row_of_labels;

static ur_mark mark_at(const ur_row_of_labels *r, size_t t) { return read_mark(r->labels, r->id[t * r->stride]); }

static bool goes_on(const ur_row_of_labels *r, size_t t)
{
    if (t == 0 || t >= r->length) return false;
    ur_mark before = mark_at(r, t - 1), here = mark_at(r, t);
    return here.kind == 'I' && before.kind != 'O' && same_type(before, here);
}

/* The end of the span that begins at t; t if none begins there. */
static size_t span_end(const ur_row_of_labels *r, size_t t)
{
    if (mark_at(r, t).kind == 'O' || goes_on(r, t)) return t;
    size_t end = t + 1;
    while (goes_on(r, end)) end++;
    return end;
}

void ur_spans_count(const ur_vocabulary *labels, const int32_t *there, const int32_t *taken, size_t length,
                    size_t stride, ur_tag_count *tally)
{
    const ur_row_of_labels a = {labels, there, length, stride}, b = {labels, taken, length, stride};
    for (size_t t = 0; t < length; t++) {
        size_t want = span_end(&a, t), got = span_end(&b, t);
        tally->spans_there += want > t;
        tally->spans_taken += got > t;
        tally->spans_right += want > t && want == got && same_type(mark_at(&a, t), mark_at(&b, t));
    }
}
