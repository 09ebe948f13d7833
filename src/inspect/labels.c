/* See labels.h. */
#include "inspect/labels.h"

#include "base/error.h"
#include "base/memory.h"
#include "data/corpus.h"

#include <stdlib.h>
#include <string.h>

/* A longer line is read in parts of this many tokens. */
enum { UR_LINE_TOKENS = 4096 };

/* A reader that goes through the text line by line. */
typedef struct ur_liner {
    ur_reader *reader;
    ur_machine machine;  /* has read all text before `served` */
    uint64_t at;         /* index of the line's first token */
    size_t tokens, next; /* tokens of the line; tokens of it that were served */
    char *text;
    size_t size, room, served; /* in bytes; room: capacity of text */
    uint32_t *end;             /* where each token ends in the line's text */
    unsigned char *mark;       /* (own predicates, room) */
    int32_t ahead;             /* the token after the line, if `more` */
    bool more;
} ur_liner;

struct ur_labels {
    const ur_model *model;
    ur_corpus *corpus;
    const ur_own_predicate *own;
    size_t own_count, lanes;
    ur_liner *liners; /* one per lane */
};

/* ---- A line ------------------------------------------------------------------------------------------------------- */

static void close_liner(ur_liner *l)
{
    ur_reader_close(l->reader);
    free(l->text);
    free(l->end);
    free(l->mark);
    *l = (ur_liner){0};
}

static ur_status look_ahead(ur_labels *s, ur_liner *l, ur_error *error)
{
    l->more = ur_reader_position(l->reader) < ur_corpus_tokens(s->corpus);
    return l->more ? ur_reader_next(l->reader, &l->ahead, 1, error) : UR_OK;
}

static ur_status open_liner(ur_labels *s, ur_liner *l, uint64_t at, ur_error *error)
{
    l->at = at;
    l->end = calloc(UR_LINE_TOKENS, sizeof *l->end);
    if (!l->end) return ur_fail_memory(error, "a line of the text");
    UR_TRY(ur_reader_open(&l->reader, s->corpus, s->model->vocabulary, error));
    UR_TRY(ur_reader_seek(l->reader, at, error));
    return look_ahead(s, l, error);
}

const char *ur_labels_text(const ur_model *model, int32_t id, size_t *length)
{
    const char *text = ur_token_text(model, id, length);
    if (!text) *length = 3;
    return text ? text : "\xEF\xBF\xBD";
}

static ur_status grow(const ur_labels *s, ur_liner *l, ur_error *error)
{
    size_t room = l->room ? 2 * l->room : 1024;
    char *text = realloc(l->text, room);
    if (text) l->text = text;
    unsigned char *mark = text ? realloc(l->mark, room * s->own_count + 1) : NULL;
    if (!mark) return ur_fail_memory(error, "a line of the text");
    l->mark = mark;
    l->room = room;
    return UR_OK;
}

static ur_status add_token(const ur_labels *s, ur_liner *l, ur_error *error)
{
    size_t length;
    const char *text = ur_labels_text(s->model, l->ahead, &length);
    if (l->room - l->size < length) UR_TRY(grow(s, l, error));
    memcpy(l->text + l->size, text, length);
    l->size += length;
    l->end[l->tokens++] = (uint32_t)l->size;
    return UR_OK;
}

static bool ends_line(const ur_liner *l) { return l->size && l->text[l->size - 1] == '\n'; }

static ur_status mark_line(const ur_labels *s, ur_liner *l, ur_error *error)
{
    size_t length = l->size - (ends_line(l) ? 1 : 0);
    for (size_t i = 0; i < s->own_count; i++) {
        unsigned char *mark = l->mark + i * l->room;
        memset(mark, 0, l->size);
        UR_TRY(s->own[i].mark(s->own[i].context, l->text, length, mark, error));
    }
    return UR_OK;
}

static ur_status next_line(ur_labels *s, ur_liner *l, ur_error *error)
{
    if (!l->more) return ur_fail(error, UR_ERR_DATA, "the text ended while it was read");
    l->at += l->tokens;
    l->tokens = l->next = l->size = l->served = 0;
    do {
        UR_TRY(add_token(s, l, error));
        UR_TRY(look_ahead(s, l, error));
    } while (l->more && !ends_line(l) && l->tokens < UR_LINE_TOKENS);
    return mark_line(s, l, error);
}

/* ---- A token of a line ----------------------------------------------------------------------------------------- */

static void read_token(ur_liner *l)
{
    l->served = ur_machine_read_token(&l->machine, l->text, l->size, l->served, l->end[l->next++]);
}

static bool line_follows(const ur_labels *s, const ur_liner *l)
{
    if (l->served < l->size) return l->text[l->served] == '\n';
    size_t length;
    return l->more && ur_labels_text(s->model, l->ahead, &length)[0] == '\n';
}

static ur_status read_one(ur_labels *s, ur_liner *l, ur_error *error)
{
    if (l->next == l->tokens) UR_TRY(next_line(s, l, error));
    read_token(l);
    return UR_OK;
}

ur_status ur_labels_next(ur_labels *s, size_t lane, float *truth, size_t stride, ur_error *error)
{
    ur_liner *l = &s->liners[lane];
    UR_TRY(read_one(s, l, error));
    float built_in[UR_BUILT_IN];
    ur_machine_says(&l->machine, line_follows(s, l), built_in);
    for (size_t p = 0; p < UR_BUILT_IN; p++) truth[p * stride] = built_in[p];
    size_t last = l->end[l->next - 1] - 1;
    for (size_t i = 0; i < s->own_count; i++) truth[(UR_BUILT_IN + i) * stride] = l->mark[i * l->room + last];
    return UR_OK;
}

/* ---- Where lanes begin -------------------------------------------------------------------------------------------- */

/* Lets lane `lane` begin with token `at`, which is in the current line of `scout`. `machine` has read everything before
 * that line. */
static ur_status begin_lane(ur_labels *s, const ur_liner *scout, const ur_machine *machine, size_t lane, uint64_t at,
                            ur_error *error)
{
    ur_liner *l = &s->liners[lane];
    UR_TRY(open_liner(s, l, scout->at, error));
    l->machine = *machine;
    while (l->at + l->next < at) UR_TRY(read_one(s, l, error));
    return UR_OK;
}

static ur_status scout_lanes(ur_labels *s, ur_liner *scout, const ur_passage *passage, ur_error *error)
{
    for (size_t lane = 0; lane < s->lanes;) {
        UR_TRY(next_line(s, scout, error));
        ur_machine machine = scout->machine;
        for (; lane < s->lanes; lane++) {
            uint64_t at = passage->begin + lane * passage->piece;
            if (at >= scout->at + scout->tokens) break;
            UR_TRY(begin_lane(s, scout, &machine, lane, at, error));
        }
        while (scout->next < scout->tokens) read_token(scout);
    }
    return UR_OK;
}

static ur_status open_labels(ur_labels *s, const ur_reading *how, const ur_passage *passage, ur_error *error)
{
    ur_corpus_options options = {.kind = ur_vocabulary_kind(s->model->vocabulary),
                                 .replace_invalid = how->replace_invalid};
    UR_TRY(ur_corpus_open(&s->corpus, how->paths, how->path_count, &options, error));
    ur_liner scout = {0};
    ur_status status = open_liner(s, &scout, 0, error);
    if (status == UR_OK) status = scout_lanes(s, &scout, passage, error);
    close_liner(&scout);
    return status;
}

ur_status ur_labels_open(ur_labels **labels, const ur_model *model, const ur_reading *how, const ur_passage *passage,
                         const ur_own_predicate *own, size_t own_count, ur_error *error)
{
    ur_labels *s = *labels = calloc(1, sizeof *s);
    if (!s) return ur_fail_memory(error, "the predicates");
    s->model = model;
    s->own = own;
    s->own_count = own_count;
    s->lanes = passage->lanes;
    s->liners = calloc(s->lanes, sizeof *s->liners);
    ur_status status = s->liners ? open_labels(s, how, passage, error) : ur_fail_memory(error, "the predicates");
    if (status == UR_OK) return UR_OK;
    ur_labels_close(s);
    *labels = NULL;
    return status;
}

void ur_labels_close(ur_labels *s)
{
    if (!s) return;
    for (size_t b = 0; s->liners && b < s->lanes; b++) close_liner(&s->liners[b]);
    free(s->liners);
    ur_corpus_close(s->corpus);
    free(s);
}

uint64_t ur_labels_tokens(const ur_labels *s) { return ur_corpus_tokens(s->corpus); }
