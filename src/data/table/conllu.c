/* See conllu.h. */
#include "data/table/conllu.h"

#include "data/cursor.h"
#include "data/table/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const FIELDS[] = {"id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc"};
_Static_assert(sizeof FIELDS / sizeof *FIELDS == UR_CONLLU_FIELDS, "a name for each field");

const char *ur_conllu_field_name(size_t field) { return field < UR_CONLLU_FIELDS ? FIELDS[field] : NULL; }

ur_status ur_conllu_field_find(const char *name, size_t *field, ur_error *error)
{
    char number[24];
    for (*field = 0; *field < UR_CONLLU_FIELDS; ++*field) {
        snprintf(number, sizeof number, "%zu", *field + 1);
        if (strcmp(name, FIELDS[*field]) == 0 || strcmp(name, number) == 0) return UR_OK;
    }
    return ur_fail(error, UR_ERR_USAGE,
                   "no column \"%.60s\"; CoNLL-U has 1 id, 2 form, 3 lemma, 4 upos, 5 xpos, 6 feats, 7 head, 8 deprel, "
                   "9 deps, 10 misc",
                   name);
}

/* ---- One sentence ------------------------------------------------------------------------------------------------ */

void ur_sentence_free(ur_sentence *s)
{
    free(s->word);
    free(s->text);
    *s = (ur_sentence){0};
}

static ur_status make_room(ur_sentence *s, ur_error *error)
{
    if (s->count < s->room) return UR_OK;
    size_t room = s->room ? 2 * s->room : 64;
    ur_conllu_word *grown = realloc(s->word, room * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "a sentence");
    s->word = grown;
    s->room = room;
    return UR_OK;
}

/* The number of bytes of a field that a message shows. */
static int shown(ur_field field) { return field.length < 40 ? (int)field.length : 40; }

static ur_status cut_fields(ur_field line, ur_conllu_word *word, ur_error *error)
{
    const ur_dialect tabs = {.delimiter = '\t'};
    ur_field rest = line;
    bool more = true;
    size_t count = 0;
    for (; more; count++) {
        ur_field field = ur_field_cut(tabs, &rest, &more);
        if (count >= UR_CONLLU_FIELDS) continue;
        if (!field.length)
            return ur_fail(error, UR_ERR_DATA, "field %zu is empty; CoNLL-U writes _ for an empty field", count + 1);
        word->field[count] = field;
    }
    if (count == UR_CONLLU_FIELDS) return UR_OK;
    return ur_fail(error, UR_ERR_DATA,
                   "not CoNLL-U: a word has 10 fields separated by tabs; this line has %zu: \"%.*s\"", count,
                   shown(line), line.text);
}

/* Returns the number of digits at the beginning of an id, and the number in *value, which saturates. */
static size_t read_id(ur_field id, size_t *value)
{
    size_t at = 0;
    for (*value = 0; at < id.length && id.text[at] >= '0' && id.text[at] <= '9'; at++)
        if (*value < 100000000) *value = *value * 10 + (size_t)(id.text[at] - '0');
    return at;
}

/* Checks an id. *word is false for multiword tokens (3-4) and empty nodes (8.1); *value is the number of a word. */
static ur_status check_id(ur_field id, bool *word, size_t *value, ur_error *error)
{
    size_t digits = read_id(id, value), second, more = 0;
    *word = digits == id.length;
    bool mark = digits < id.length && (id.text[digits] == '-' || id.text[digits] == '.');
    if (mark) more = read_id((ur_field){id.text + digits + 1, id.length - digits - 1}, &second);
    if (digits && (*word || (more && digits + 1 + more == id.length))) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "not CoNLL-U: the first field is \"%.*s\", not the number of a word", shown(id),
                   id.text);
}

ur_status ur_sentence_line(ur_sentence *s, ur_field line, ur_error *error)
{
    bool word;
    size_t value;
    if (line.length && line.text[0] == '#') return UR_OK;
    UR_TRY(make_room(s, error));
    UR_TRY(cut_fields(line, &s->word[s->count], error));
    UR_TRY(check_id(s->word[s->count].field[0], &word, &value, error));
    if (!word) return UR_OK;
    if (value != s->count + 1)
        return ur_fail(error, UR_ERR_DATA, "expected word %zu, found \"%.*s\"; is an empty line missing?", s->count + 1,
                       shown(s->word[s->count].field[0]), s->word[s->count].field[0].text);
    s->count++;
    return UR_OK;
}

ur_status ur_sentence_take(ur_sentence *s, const char *text, size_t length, ur_error *error)
{
    s->count = 0;
    for (size_t at = 0; at < length;) {
        const char *end = memchr(text + at, '\n', length - at);
        size_t size = end ? (size_t)(end - text) - at : length - at;
        bool returns = size && text[at + size - 1] == '\r';
        if (size > returns) UR_TRY(ur_sentence_line(s, (ur_field){text + at, size - returns}, error));
        at += size + 1;
    }
    return UR_OK;
}

/* ---- A set of sentences ------------------------------------------------------------------------------------------ */

typedef struct entry {
    uint64_t place : 40, length : 24;
    uint32_t words, line;
} entry;

struct ur_conllu {
    ur_source source;
    entry *entries;
    size_t count, capacity, words;
    uint64_t hash;
};

void ur_conllu_close(ur_conllu *set)
{
    if (!set) return;
    ur_source_close(&set->source);
    free(set->entries);
    free(set);
}

static ur_status reserve(ur_conllu *set, ur_error *error)
{
    if (set->count < set->capacity) return UR_OK;
    size_t capacity = set->capacity ? 2 * set->capacity : 1024;
    entry *grown = realloc(set->entries, capacity * sizeof *grown);
    if (!grown) return ur_fail_memory(error, "the list of sentences");
    set->entries = grown;
    set->capacity = capacity;
    return UR_OK;
}

/* A file that is being read. */
typedef struct scan {
    ur_conllu *set;
    ur_sentence sentence;
    uint64_t begin, end, line; /* current sentence: addresses, and its first line; begin == end if there is none */
} scan;

static ur_status end_sentence(scan *s, ur_error *error)
{
    ur_conllu *set = s->set;
    if (s->begin == s->end) return UR_OK;
    if (!s->sentence.count)
        return ur_fail(error, UR_ERR_DATA, "line %llu: a sentence without words", (unsigned long long)s->line);
    if (s->end - s->begin > UR_EXAMPLE_BYTES || s->line > UINT32_MAX)
        return ur_fail(error, UR_ERR_DATA, "line %llu: a sentence of more than 16 MB", (unsigned long long)s->line);
    UR_TRY(reserve(set, error));
    set->entries[set->count++] = (entry){s->begin & ((UINT64_C(1) << 40) - 1), (s->end - s->begin) & UR_EXAMPLE_BYTES,
                                         (uint32_t)s->sentence.count, (uint32_t)s->line};
    set->words += s->sentence.count;
    s->begin = s->end;
    s->sentence.count = 0;
    return UR_OK;
}

static ur_status take_row(scan *s, const ur_row *row, ur_error *error)
{
    if (!row->length) return end_sentence(s, error);
    if (s->begin == s->end) s->begin = row->place, s->line = row->line;
    s->end = row->place + row->length;
    ur_status status = ur_sentence_line(&s->sentence, (ur_field){row->text, row->length}, error);
    if (status != UR_ERR_DATA) return status;
    char line[32];
    snprintf(line, sizeof line, "line %llu", (unsigned long long)row->line);
    return ur_fail_in(error, status, line);
}

static ur_status scan_rows(scan *s, ur_rows *rows, ur_error *error)
{
    ur_row row;
    const char *path = ur_source_path(&s->set->source, rows->file);
    for (;;) {
        UR_TRY(ur_rows_next(rows, &row, error));
        ur_status status = row.text ? take_row(s, &row, error) : end_sentence(s, error);
        if (status != UR_OK) return status == UR_ERR_MEMORY ? status : ur_fail_in(error, status, path);
        if (!row.text) return UR_OK;
    }
}

static ur_status scan_file(ur_conllu *set, size_t file, ur_error *error)
{
    ur_rows rows;
    scan s = {.set = set};
    UR_TRY(ur_rows_open(&rows, &set->source, file, (ur_dialect){0}, error));
    rows.hash = &set->hash;
    rows.empty = true;
    ur_status status = scan_rows(&s, &rows, error);
    ur_rows_close(&rows);
    ur_sentence_free(&s.sentence);
    return status;
}

static ur_status open_set(ur_conllu *set, const char *const *paths, size_t count, const struct ur_watcher *watcher,
                          ur_error *error)
{
    UR_TRY(ur_source_open(&set->source, paths, count, watcher, error));
    UR_TRY(ur_source_settle(&set->source, error));
    for (size_t file = 0; file < set->source.list.count; file++) UR_TRY(scan_file(set, file, error));
    set->source.watcher = NULL; /* later reads of single sentences are not watched */
    if (set->count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: no sentences in it", paths[0]);
}

ur_status ur_conllu_open(ur_conllu **set, const char *const *paths, size_t count, const struct ur_watcher *watcher,
                         ur_error *error)
{
    ur_conllu *made = *set = calloc(1, sizeof *made);
    if (!made) return ur_fail_memory(error, "the sentences");
    made->source.temporary = -1;
    made->hash = UR_HASH_START;
    ur_status status = open_set(made, paths, count, watcher, error);
    if (status == UR_OK) return UR_OK;
    ur_conllu_close(made);
    *set = NULL;
    return status;
}

size_t ur_conllu_count(const ur_conllu *set) { return set->count; }

size_t ur_conllu_words(const ur_conllu *set, size_t i) { return set->entries[i].words; }

size_t ur_conllu_all_words(const ur_conllu *set) { return set->words; }

uint64_t ur_conllu_hash(const ur_conllu *set) { return set->hash; }

void ur_conllu_tell_left_out(const ur_conllu *set, char *text, size_t size)
{
    ur_source_tell_left_out(&set->source, text, size);
}

const char *ur_conllu_path(const ur_conllu *set, size_t i)
{
    return ur_source_path(&set->source, ur_source_find(&set->source, set->entries[i].place));
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static ur_status read_text(const ur_conllu *set, const entry *e, ur_sentence *s, ur_error *error)
{
    if (e->length > s->text_room) {
        char *grown = realloc(s->text, e->length);
        if (!grown) return ur_fail_memory(error, "a sentence");
        s->text = grown;
        s->text_room = e->length;
    }
    s->length = e->length;
    return ur_source_read(&set->source, e->place, s->text, s->length, error);
}

ur_status ur_conllu_read(const ur_conllu *set, size_t i, ur_sentence *s, ur_error *error)
{
    const entry *e = &set->entries[i];
    UR_TRY(read_text(set, e, s, error));
    s->line = e->line;
    return ur_sentence_take(s, s->text, s->length, error);
}
