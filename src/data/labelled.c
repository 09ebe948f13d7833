/* See labelled.h: what all forms share. */
#include "data/labelled_body.h"

#include "base/memory.h"
#include "base/random.h"
#include "data/cursor.h"
#include "data/form.h"
#include "data/glob.h"
#include "data/media/speech.h"
#include "data/relabel.h"
#include "data/table/rows.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UR_PLACE_MASK ((UINT64_C(1) << UR_SOURCE_BITS) - 1)
_Static_assert(sizeof(ur_entry) == 16, "what the header promises");

/* ---- Messages ---------------------------------------------------------------------------------------------------- */

enum { PATH_ROOM = 4352 }; /* a path, and a place in its file */

static void write_name(const ur_labelled *set, uint64_t place, const char *part, uint64_t number, char *text,
                       size_t size)
{
    const char *path = ur_source_path(&set->source, ur_source_find(&set->source, place));
    if (number)
        snprintf(text, size, "%s: %s %llu", path, part, (unsigned long long)number);
    else
        snprintf(text, size, "%s", path);
}

ur_status ur_labelled_fail(const ur_labelled *set, uint64_t place, uint64_t line, ur_error *error, ur_status status,
                           const char *format, ...)
{
    char name[PATH_ROOM], what[sizeof error->text];
    va_list arguments;
    write_name(set, place, set->form->part ? set->form->part : "line", line, name, sizeof name);
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    return ur_fail(error, status, "%s: %s", name, what);
}

/* The number of the line that contains `place`, from 1; 0 if the file cannot be read. */
static uint64_t count_lines(const ur_labelled *set, uint64_t place)
{
    const ur_piece *piece = &set->source.pieces[ur_source_find(&set->source, place)];
    unsigned char bytes[16384];
    uint64_t line = 1;
    for (uint64_t at = piece->begin; at < place;) {
        size_t size = place - at < sizeof bytes ? (size_t)(place - at) : sizeof bytes;
        if (ur_source_read(&set->source, at, bytes, size, NULL) != UR_OK) return 0;
        for (size_t i = 0; i < size; i++) line += bytes[i] == '\n';
        at += size;
    }
    return line;
}

void ur_labelled_name(const ur_labelled *set, size_t example, char *text, size_t size)
{
    const ur_entry *entry = &set->entries[example];
    uint64_t number = 0;
    if (set->form->part) number = set->pictures.rows ? example + 1 : count_lines(set, entry->place);
    write_name(set, entry->place, set->form->part, number, text, size);
}

/* ---- Adding ------------------------------------------------------------------------------------------------------ */

bool ur_labelled_sets_apart(const ur_labelled *set, const ur_labelled_options *options, uint64_t place, uint64_t hash)
{
    if (options->val_match)
        return ur_glob(options->val_match, ur_source_name(&set->source, ur_source_find(&set->source, place)), NULL,
                       NULL);
    double drawn = ur_random_uniform(options->seed, UR_USE_SPLIT, hash) - options->val_from;
    return drawn >= 0 && drawn < options->val_fraction;
}

static ur_status reserve(ur_labelled *set, ur_error *error)
{
    if (set->count < set->capacity) return UR_OK;
    size_t capacity = set->capacity ? 2 * set->capacity : 256, bytes;
    ur_entry *grown = ur_mul_fits(capacity, sizeof *grown, &bytes) ? realloc(set->entries, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the list of examples");
    set->entries = grown;
    set->capacity = capacity;
    return UR_OK;
}

static ur_status find_label(ur_labelled *set, const ur_labelled_options *options, const ur_finding *finding,
                            ur_entry *entry, bool *left_out, ur_error *error)
{
    ur_error why = {0};
    ur_field label = ur_field_trim((ur_field){finding->label, finding->label_length}),
             name = ur_relabel(options->relabel, label);
    *left_out = label.length > 0 && name.length == 0;
    set->dropped += *left_out;
    if (*left_out) return UR_OK;
    uint32_t id;
    ur_status status = ur_labels_id(&set->labels, name.text, name.length, &id, &why);
    if (status != UR_OK) return ur_labelled_fail(set, finding->place, finding->line, error, status, "%s", why.text);
    entry->label = id;
    return UR_OK;
}

ur_status ur_labelled_add(ur_labelled *set, const ur_labelled_options *options, const ur_finding *finding,
                          ur_error *error)
{
    ur_entry entry = {.place = finding->place & UR_PLACE_MASK,
                      .length = finding->length & UR_EXAMPLE_BYTES,
                      .phrase = finding->phrase};
    if (finding->length > UR_EXAMPLE_BYTES)
        return ur_labelled_fail(set, finding->place, finding->line, error, UR_ERR_DATA,
                                "an example of %zu bytes; it may have 16 MB", finding->length);
    bool left_out = false;
    if (!options->unlabelled) UR_TRY(find_label(set, options, finding, &entry, &left_out, error));
    if (left_out) return UR_OK;
    entry.held = ur_labelled_sets_apart(set, options, finding->place, finding->hash);
    UR_TRY(reserve(set, error));
    set->entries[set->count++] = entry;
    set->held += entry.held;
    return UR_OK;
}

/* Appends to set->found which entries of a folder are not data. */
static void tell_left_out(ur_labelled *set)
{
    const ur_file_list *list = &set->source.list;
    size_t at = strlen(set->found), named = set->left_out_count < 3 ? set->left_out_count : 3;
    size_t listed = list->left_out_count < 3 ? list->left_out_count : 3;
    size_t more = set->left_out_count - named + list->left_out_count - listed;
    if (set->left_out_count + list->left_out_count == 0) return;
    at += (size_t)snprintf(set->found + at, sizeof set->found - at, "; left out: %s%s%s", set->left_out,
                           named && listed ? ", " : "", list->left_out);
    if (more && at < sizeof set->found) snprintf(set->found + at, sizeof set->found - at, " and %zu more", more);
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

static ur_status check_options(const ur_labelled_options *o, ur_error *error)
{
    bool labelled = false;
    if (!(o->val_fraction >= 0 && o->val_fraction < 1))
        return ur_fail(error, UR_ERR_USAGE, "a validation share of %g; it must be at least 0 and below 1",
                       o->val_fraction);
    if (o->val_fraction > 0 && o->val_match)
        return ur_fail(error, UR_ERR_USAGE, "validation data: give a share or a pattern of file names, not both");
    if (o->relabel) UR_TRY(ur_relabel_check(o->relabel, error));
    if (o->val_match) UR_TRY(ur_glob_check(o->val_match, &labelled, error));
    if (labelled) return ur_fail(error, UR_ERR_USAGE, "the pattern %s: {label} has no meaning here", o->val_match);
    if (!o->label_from) return UR_OK;
    UR_TRY(ur_glob_check(o->label_from, &labelled, error));
    return labelled ? UR_OK : ur_fail(error, UR_ERR_USAGE, "the pattern %s has no {label}", o->label_from);
}

static ur_status check_found(const ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    const char *path = ur_source_path(&set->source, 0);
    bool split = options->val_match || options->val_fraction > 0;
    if (set->count == 0 && set->dropped)
        return ur_fail(error, UR_ERR_DATA, "%s: `relabel` %.80s leaves out all %zu examples", path, options->relabel,
                       set->dropped);
    if (set->count == 0) return ur_fail(error, UR_ERR_DATA, "%s: no examples in it", path);
    if (!options->labels && set->labels.count == 1)
        return ur_fail(error, UR_ERR_DATA,
                       "%s: only one class: all %zu examples have the label %s; at least two classes are needed", path,
                       set->count, set->labels.sorted[0].text);
    if (split && (set->held == 0 || set->held == set->count))
        return ur_fail(
            error, UR_ERR_DATA, "%s: %s of the %zu examples %s%s, but training and validation both need some%s", path,
            set->held ? "all" : "none", set->count, options->val_match ? "match " : "fall into the validation share",
            options->val_match ? options->val_match : "",
            options->val_match ? "" : "; give validation data (`val`) or another `val-fraction`");
    return UR_OK;
}

/* Sorts the labels and renumbers the examples. Then hashes the labels' names and every example's label. */
static ur_status settle_labels(ur_labelled *set, ur_error *error)
{
    uint32_t *rank = NULL;
    ur_status status = set->labels.fixed ? UR_OK : ur_labels_settle(&set->labels, &rank, error);
    for (size_t i = 0; status == UR_OK && rank && i < set->count; i++)
        set->entries[i].label = rank[set->entries[i].label];
    free(rank);
    if (status != UR_OK) return status;
    for (size_t i = 0; i < set->labels.count; i++)
        set->hash =
            ur_hash_bytes(set->hash, (const unsigned char *)set->labels.by_id[i], strlen(set->labels.by_id[i]) + 1);
    for (size_t i = 0; i < set->count; i++) {
        uint32_t label = set->entries[i].label;
        const unsigned char bytes[2] = {label & 255, (label >> 8) & 255}; /* UR_LABELS_MOST fits into 16 bits */
        set->hash = ur_hash_bytes(set->hash, bytes, sizeof bytes);
    }
    return UR_OK;
}

static void give_back(ur_labelled *set)
{
    ur_entry *smaller = set->count ? realloc(set->entries, set->count * sizeof *smaller) : NULL;
    if (smaller) set->entries = smaller;
}

static void describe_examples(ur_labelled *set)
{
    size_t at = strlen(set->found);
    snprintf(set->found + at, sizeof set->found - at, "; %zu examples, %zu labels", set->count, set->labels.count);
    at = strlen(set->found);
    if (set->dropped) snprintf(set->found + at, sizeof set->found - at, " (%zu left out by their label)", set->dropped);
}

static ur_status open_set(ur_labelled *set, const char *const *paths, size_t count, const ur_labelled_options *options,
                          ur_error *error)
{
    UR_TRY(check_options(options, error));
    if (options->labels) UR_TRY(ur_labels_fix(&set->labels, options->labels, options->label_count, error));
    UR_TRY(ur_source_open(&set->source, paths, count, options->watcher, error));
    UR_TRY(ur_form_find(set, paths, count, options, error));
    UR_TRY(set->form->find(set, options, error));
    UR_TRY(check_found(set, options, error));
    UR_TRY(settle_labels(set, error));
    give_back(set);
    tell_left_out(set);
    describe_examples(set);
    return UR_OK;
}

ur_status ur_labelled_open(ur_labelled **set, const char *const *paths, size_t count,
                           const ur_labelled_options *options, ur_error *error)
{
    *set = NULL;
    ur_labelled *made = calloc(1, sizeof *made);
    if (!made) return ur_fail_memory(error, "the examples");
    made->source.temporary = -1;
    made->hash = UR_HASH_START;
    ur_status status = open_set(made, paths, count, options, error);
    if (status == UR_OK)
        *set = made;
    else
        ur_labelled_close(made);
    return status;
}

void ur_labelled_watch(ur_labelled *set, const struct ur_watcher *watcher) { set->source.watcher = watcher; }

void ur_labelled_close(ur_labelled *set)
{
    if (!set) return;
    ur_source_close(&set->source);
    ur_labels_free(&set->labels);
    free(set->entries);
    ur_speech_free(set->speech);
    free(set);
}

/* ---- Properties -------------------------------------------------------------------------------------------------- */

size_t ur_labelled_count(const ur_labelled *set) { return set->count; }

size_t ur_labelled_labels(const ur_labelled *set) { return set->labels.count; }

const char *ur_labelled_label_text(const ur_labelled *set, size_t label) { return set->labels.by_id[label]; }

size_t ur_labelled_label(const ur_labelled *set, size_t example) { return set->entries[example].label; }

bool ur_labelled_phrase(const ur_labelled *set, size_t example) { return set->entries[example].phrase; }

bool ur_labelled_held(const ur_labelled *set, size_t example) { return set->entries[example].held; }

size_t ur_labelled_features(const ur_labelled *set) { return set->features; }

size_t ur_labelled_rows(const ur_labelled *set) { return set->pictures.rows; }

size_t ur_labelled_columns(const ur_labelled *set) { return set->pictures.columns; }

size_t ur_labelled_channels(const ur_labelled *set) { return set->pictures.channels; }

uint32_t ur_labelled_rate(const ur_labelled *set) { return set->speech ? ur_speech_rate(set->speech) : 0; }

const char *ur_labelled_found(const ur_labelled *set) { return set->found; }

uint64_t ur_labelled_hash(const ur_labelled *set) { return set->hash; }

void ur_labelled_follow(ur_labelled_options *options, const ur_labelled *training)
{
    options->labels = training->labels.by_id;
    options->label_count = training->labels.count;
    options->rows = training->pictures.rows;
    options->columns = training->pictures.columns;
    options->channels = training->pictures.channels;
    options->rate = ur_labelled_rate(training);
}

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

void *ur_example_room(ur_example *read, size_t which, size_t bytes)
{
    if (bytes > read->rooms[which]) {
        free(read->room[which]);
        read->room[which] = malloc(bytes);
        read->rooms[which] = read->room[which] ? bytes : 0;
    }
    return read->room[which];
}

ur_status ur_labelled_bytes(const ur_labelled *set, uint64_t place, size_t length, ur_example *read, ur_error *error)
{
    char *bytes = ur_example_room(read, 0, length + 1);
    if (!bytes) return ur_fail_memory(error, "an example");
    UR_TRY(ur_source_read(&set->source, place, bytes, length, error));
    bytes[length] = 0;
    return UR_OK;
}

ur_status ur_labelled_plain(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error)
{
    UR_TRY(ur_labelled_bytes(set, entry->place, entry->length, read, error));
    read->text = read->room[0];
    read->length = entry->length;
    return UR_OK;
}

ur_status ur_labelled_read(const ur_labelled *set, size_t example, ur_example *read, ur_error *error)
{
    read->text = NULL;
    read->value = NULL;
    read->length = read->steps = read->features = 0;
    if (example >= set->count) return ur_fail(error, UR_ERR_USAGE, "example %zu of %zu", example, set->count);
    return set->form->decode(set, &set->entries[example], read, error);
}

void ur_example_free(ur_example *read)
{
    free(read->room[0]);
    free(read->room[1]);
    free(read->room[2]);
    *read = (ur_example){0};
}
