/* See utterances.h. */
#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "data/cursor.h"
#include "data/glob.h"
#include "data/labelled.h"
#include "data/media/speech.h"
#include "data/media/wav.h"
#include "data/utterances/utterances_body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Naming ------------------------------------------------------------------------------------------------------ */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* Appends a transcript, with each run of white space as one space. */
static ur_status keep_text(ur_utterances *set, ur_field text, size_t *place, ur_error *error)
{
    size_t wanted = set->texts_used + text.length + 1;
    char *grown = wanted > set->texts_room ? realloc(set->texts, 2 * wanted) : set->texts;
    if (!grown) return ur_fail_memory(error, "the transcripts");
    if (wanted > set->texts_room) set->texts_room = 2 * wanted;
    set->texts = grown;
    *place = set->texts_used;
    for (size_t i = 0; i < text.length; i++) {
        bool again = is_blank(text.text[i]) && i && is_blank(text.text[i - 1]);
        if (!again) grown[set->texts_used++] = is_blank(text.text[i]) ? ' ' : text.text[i];
    }
    grown[set->texts_used++] = 0;
    return UR_OK;
}

static ur_status reserve_name(ur_utterances *set, ur_error *error)
{
    if (set->named_count < set->named_room) return UR_OK;
    size_t room = set->named_room ? 2 * set->named_room : 64, bytes;
    ur_utterance_named *grown = ur_mul_fits(room, sizeof *grown, &bytes) ? realloc(set->named, bytes) : NULL;
    if (!grown) return ur_fail_memory(error, "the list of recordings");
    set->named = grown;
    set->named_room = room;
    return UR_OK;
}

ur_status ur_utterances_name(ur_utterances *set, char *path, ur_field text, ur_field speaker, ur_error *error)
{
    ur_utterance_named named = {.path = path};
    ur_error why = {0};
    ur_status status = reserve_name(set, error);
    if (status == UR_OK && set->normal_form) {
        status = ur_normalise(&set->form, &text, error);
        if (status != UR_OK) ur_fail_in(error, status, path);
    }
    if (status == UR_OK) status = keep_text(set, text, &named.text, error);
    if (status == UR_OK && speaker.length) {
        status = ur_labels_id(&set->speakers, speaker.text, speaker.length, &named.speaker, &why);
        if (status != UR_OK) ur_fail(error, status, "%s: its speaker: %s", path, why.text);
    }
    if (status == UR_OK)
        set->named[set->named_count++] = named;
    else
        free(path);
    return status;
}

static void forget_names(ur_utterances *set)
{
    for (size_t i = 0; i < set->named_count; i++) free(set->named[i].path);
    free(set->named);
    set->named = NULL;
    set->named_count = 0;
}

/* ---- Files ------------------------------------------------------------------------------------------------------- */

static ur_status read_file(const ur_utterances *set, const ur_utterance *u, unsigned char **bytes, ur_wav *wav,
                           ur_error *error)
{
    ur_error why = {0};
    *bytes = malloc(u->size + 1);
    if (!*bytes) return ur_fail_memory(error, "a recording");
    ur_status status = ur_source_read(&set->source, u->place, *bytes, u->size, error);
    if (status != UR_OK) return status;
    status = ur_wav_look(wav, *bytes, u->size, &why);
    if (status == UR_OK) return UR_OK;
    return ur_fail(error, status, "%s: %s", ur_source_path(&set->source, ur_source_find(&set->source, u->place)),
                   why.text);
}

static size_t count_samples(const ur_utterances *set, const ur_wav *wav)
{
    return wav->rate == set->rate ? wav->frames : ur_resampled_count(wav->frames, wav->rate, set->rate);
}

/* Whether a recording is for validation: decided by its name, or at random by its sound, so that equal
 * recordings agree. */
static bool is_held(const ur_utterances *set, size_t i, const ur_utterances_options *o, uint64_t sound)
{
    if (o->val_match) return ur_glob(o->val_match, ur_source_name(&set->source, i), NULL, NULL);
    return ur_random_uniform(o->seed, UR_USE_SPLIT, sound) < o->val_fraction;
}

static ur_status take_sound(ur_utterances *set, size_t i, const ur_utterances_options *o, const ur_wav *wav,
                            ur_error *error)
{
    ur_utterance *u = &set->item[i];
    if (!set->rate) set->rate = o->rate ? o->rate : wav->rate;
    if (wav->rate != set->rate && set->other++ == 0) set->other_rate = wav->rate;
    u->samples = count_samples(set, wav);
    if (!u->samples)
        return ur_fail(error, UR_ERR_DATA, "%s: a recording without sound; remove it", ur_source_path(&set->source, i));
    uint64_t sound = ur_hash_bytes(UR_HASH_START, wav->data, wav->frames * wav->channels * wav->bits / 8);
    u->held = is_held(set, i, o, sound);
    const unsigned char who[4] = {u->speaker & 255, u->speaker >> 8 & 255, u->speaker >> 16 & 255,
                                  (unsigned char)(u->speaker >> 24)};
    const char *text = set->texts + u->text;
    set->hash = ur_hash_bytes(set->hash, wav->data, wav->frames * wav->channels * wav->bits / 8);
    set->hash = ur_hash_bytes(set->hash, (const unsigned char *)text, strlen(text) + 1);
    set->hash = ur_hash_bytes(set->hash, who, sizeof who);
    return UR_OK;
}

static ur_status look_at(ur_utterances *set, size_t i, const ur_utterances_options *o, ur_error *error)
{
    const ur_piece *piece = &set->source.pieces[i];
    ur_utterance *u = &set->item[i];
    unsigned char *bytes = NULL;
    ur_wav wav;
    *u = (ur_utterance){.place = piece->begin, .text = set->named[i].text, .speaker = set->named[i].speaker};
    if (piece->size > UR_EXAMPLE_BYTES)
        return ur_fail(error, UR_ERR_DATA, "%s: a recording of %llu bytes; a recording may have up to 16 MB",
                       ur_source_path(&set->source, i), (unsigned long long)piece->size);
    u->size = (size_t)piece->size;
    ur_status status = read_file(set, u, &bytes, &wav, error);
    if (status == UR_OK) status = take_sound(set, i, o, &wav, error);
    free(bytes);
    return status;
}

ur_status ur_utterances_read(const ur_utterances *set, size_t i, double *samples, ur_error *error)
{
    const ur_utterance *u = &set->item[i];
    unsigned char *bytes = NULL;
    ur_wav wav;
    ur_status status = read_file(set, u, &bytes, &wav, error);
    bool same = status == UR_OK && wav.rate == set->rate;
    double *plain = status == UR_OK && !same ? malloc((wav.frames + 1) * sizeof *plain) : NULL;
    if (status == UR_OK && !same && !plain) status = ur_fail_memory(error, "a recording");
    ur_error why = {0};
    if (status == UR_OK && (status = ur_wav_mono(&wav, same ? samples : plain, &why)) != UR_OK)
        ur_fail(error, status, "%s: %s", ur_utterances_path(set, i), why.text);
    if (status == UR_OK && !same) ur_resample(plain, wav.frames, wav.rate, set->rate, samples);
    free(plain);
    free(bytes);
    return status;
}

/* ---- Opening ----------------------------------------------------------------------------------------------------- */

static ur_status check_options(const ur_utterances_options *o, ur_error *error)
{
    bool labelled = false;
    if (o->val_match) UR_TRY(ur_glob_check(o->val_match, &labelled, error));
    if (labelled) return ur_fail(error, UR_ERR_USAGE, "the pattern %s: {label} has no meaning here", o->val_match);
    return UR_OK;
}

static ur_status name_recordings(ur_utterances *set, const char *const *paths, size_t count,
                                 const ur_utterances_options *o, ur_error *error)
{
    size_t tables = 0;
    for (size_t i = 0; i < count; i++)
        tables += !o->unlabelled && !ur_path_is_folder(paths[i]) && !ur_utterances_is_wav(paths[i]);
    if (tables && tables < count)
        return ur_fail(error, UR_ERR_USAGE, "%s and %zu more: give tables, or recordings, not both", paths[0],
                       count - 1);
    if (!tables) return ur_utterances_name_files(set, paths, count, o, error);
    for (size_t i = 0; i < count; i++) UR_TRY(ur_utterances_name_rows(set, paths[i], o, error));
    return UR_OK;
}

/* Opens the named files, in that order. */
static ur_status open_source(ur_utterances *set, const ur_utterances_options *o, ur_error *error)
{
    const char **paths = calloc(set->named_count + 1, sizeof *paths);
    if (!paths) return ur_fail_memory(error, "the list of recordings");
    for (size_t i = 0; i < set->named_count; i++) paths[i] = set->named[i].path;
    ur_status status = ur_source_open(&set->source, paths, set->named_count, o->watcher, error);
    free(paths);
    return status == UR_OK ? ur_source_settle(&set->source, error) : status;
}

static ur_status check_held(const ur_utterances *set, const ur_utterances_options *o, ur_error *error)
{
    size_t held = 0;
    if (!o->val_match && !(o->val_fraction > 0)) return UR_OK;
    for (size_t i = 0; i < set->count; i++) held += set->item[i].held;
    if (held && held < set->count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA,
                   "%s: %s of the %zu recordings %s%s, but training and validation both need some%s",
                   ur_source_path(&set->source, 0), held ? "all" : "none", set->count,
                   o->val_match ? "match " : "fall into the validation share", o->val_match ? o->val_match : "",
                   o->val_match ? "" : "; give validation data (`val`) or another `val-fraction`");
}

static void describe(ur_utterances *set)
{
    char left_out[64] = "", other[80] = "";
    if (set->left_out) snprintf(left_out, sizeof left_out, " (%zu other files left out)", set->left_out);
    if (set->other)
        snprintf(other, sizeof other, "; %zu of another rate (%u Hz) resampled", set->other, set->other_rate);
    snprintf(set->found, sizeof set->found, "%zu recordings of %u Hz%s%s", set->count, set->rate, left_out, other);
}

static ur_status open_set(ur_utterances *set, const char *const *paths, size_t count, const ur_utterances_options *o,
                          ur_error *error)
{
    UR_TRY(check_options(o, error));
    UR_TRY(name_recordings(set, paths, count, o, error));
    UR_TRY(open_source(set, o, error));
    set->item = calloc(set->named_count + 1, sizeof *set->item);
    if (!set->item) return ur_fail_memory(error, "the list of recordings");
    for (; set->count < set->named_count; set->count++) UR_TRY(look_at(set, set->count, o, error));
    UR_TRY(check_held(set, o, error));
    describe(set);
    forget_names(set);
    return UR_OK;
}

ur_status ur_utterances_open(ur_utterances **set, const char *const *paths, size_t count,
                             const ur_utterances_options *options, ur_error *error)
{
    *set = NULL;
    if (!count) return ur_fail(error, UR_ERR_USAGE, "no recordings given");
    ur_utterances *made = calloc(1, sizeof *made);
    if (!made) return ur_fail_memory(error, "the recordings");
    made->source.temporary = -1;
    made->hash = UR_HASH_START;
    made->normal_form = options->normal_form;
    ur_status status = open_set(made, paths, count, options, error);
    if (status == UR_OK)
        *set = made;
    else
        ur_utterances_close(made);
    return status;
}

void ur_utterances_close(ur_utterances *set)
{
    if (!set) return;
    forget_names(set);
    ur_source_close(&set->source);
    ur_labels_free(&set->speakers);
    free(set->item);
    free(set->texts);
    ur_normal_form_free(&set->form);
    free(set);
}

void ur_utterances_unwatch(ur_utterances *set) { set->source.watcher = NULL; }

/* ---- Properties -------------------------------------------------------------------------------------------------- */

size_t ur_utterances_count(const ur_utterances *set) { return set->count; }
uint32_t ur_utterances_rate(const ur_utterances *set) { return set->rate; }
const char *ur_utterances_text(const ur_utterances *set, size_t i) { return set->texts + set->item[i].text; }
size_t ur_utterances_samples(const ur_utterances *set, size_t i) { return set->item[i].samples; }
size_t ur_utterances_speakers(const ur_utterances *set) { return set->speakers.count ? set->speakers.count : 1; }
size_t ur_utterances_speaker(const ur_utterances *set, size_t i) { return set->item[i].speaker; }
bool ur_utterances_held(const ur_utterances *set, size_t i) { return set->item[i].held; }
uint64_t ur_utterances_hash(const ur_utterances *set) { return set->hash; }
const char *ur_utterances_found(const ur_utterances *set) { return set->found; }

const char *ur_utterances_path(const ur_utterances *set, size_t i)
{
    return ur_source_path(&set->source, ur_source_find(&set->source, set->item[i].place));
}
