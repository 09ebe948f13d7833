/* One file per example: a recording, whose class is given by its folder or by its name. */
#include "base/memory.h"
#include "data/cursor.h"
#include "data/folder.h"
#include "data/form.h"
#include "data/media/speech.h"
#include "data/media/wav.h"

#include <stdio.h>
#include <string.h>

/* ---- Reading ----------------------------------------------------------------------------------------------------- */

static ur_status look_at(const ur_labelled *set, uint64_t place, size_t length, ur_wav *wav, ur_example *read,
                         ur_error *error)
{
    ur_error why = {0};
    UR_TRY(ur_labelled_bytes(set, place, length, read, error));
    ur_status status = ur_wav_look(wav, read->room[0], length, &why);
    return status == UR_OK ? UR_OK : ur_labelled_fail(set, place, 0, error, status, "%s", why.text);
}

/* Samples at the rate of the set. Buffer 2 of the example holds the original samples, the resampled ones, and after
 * them the work space for the bands. */
static ur_status read_samples(const ur_labelled *set, const ur_wav *wav, ur_example *read, double **samples,
                              size_t *count, double **work, ur_error *error)
{
    uint32_t rate = ur_speech_rate(set->speech);
    size_t all, bytes;
    *count = wav->rate == rate ? wav->frames : ur_resampled_count(wav->frames, wav->rate, rate);
    bool fits = ur_add_fits(wav->frames, *count, &all) && ur_add_fits(all, ur_speech_work(set->speech), &all) &&
                ur_mul_fits(all, sizeof **samples, &bytes);
    *samples = fits ? ur_example_room(read, 2, bytes) : NULL;
    if (!*samples) return ur_fail_memory(error, "a recording");
    *work = *samples + wav->frames + *count;
    UR_TRY(ur_wav_mono(wav, *samples, error));
    if (wav->rate == rate) return UR_OK;
    ur_resample(*samples, wav->frames, wav->rate, rate, *samples + wav->frames);
    *samples += wav->frames;
    return UR_OK;
}

static ur_status decode_recording(const ur_labelled *set, const ur_entry *entry, ur_example *read, ur_error *error)
{
    ur_wav wav;
    double *samples, *work = NULL;
    size_t count;
    ur_error why = {0};
    UR_TRY(look_at(set, entry->place, entry->length, &wav, read, error));
    ur_status status = read_samples(set, &wav, read, &samples, &count, &work, &why);
    if (status != UR_OK) return ur_labelled_fail(set, entry->place, 0, error, status, "%s", why.text);
    read->steps = ur_speech_steps(set->speech, count);
    read->features = UR_SPEECH_BANDS;
    float *bands = ur_example_room(read, 1, read->steps * UR_SPEECH_BANDS * sizeof *bands);
    if (!bands) return ur_fail_memory(error, "a recording");
    ur_speech_bands(set->speech, samples, count, bands, work);
    read->value = bands;
    return UR_OK;
}

/* ---- Finding ----------------------------------------------------------------------------------------------------- */

typedef struct recordings {
    ur_labelled *set;
    const ur_labelled_options *options;
    const char *pattern;
    ur_example read;
    size_t other; /* files of another rate, and the rate of the first of them */
    uint32_t other_rate;
} recordings;

static bool all_have(const ur_labelled *set, char byte)
{
    for (size_t file = 0; file < set->source.list.count; file++) {
        const char *name = ur_source_name(&set->source, file), *found = strchr(name, byte);
        if (!found || found == name) return false;
    }
    return true;
}

/* Names such as DIGIT_SPEAKER_NUMBER.wav begin with the class. */
static ur_status choose_pattern(recordings *r, ur_error *error)
{
    r->pattern = r->options->label_from;
    if (r->options->unlabelled || r->pattern || !ur_folder_by_name(r->set)) return UR_OK;
    r->pattern = all_have(r->set, '_') ? "{label}_*" : all_have(r->set, '-') ? "{label}-*" : NULL;
    if (r->pattern) return UR_OK;
    return ur_fail(error, UR_ERR_DATA,
                   "%s: neither its folder nor its name gives the class; give a pattern that says where the label is, "
                   "such as {label}_*.wav",
                   ur_source_path(&r->set->source, 0));
}

static ur_status check_rate(recordings *r, const ur_wav *wav, ur_error *error)
{
    ur_labelled *set = r->set;
    if (!set->speech) UR_TRY(ur_speech_create(&set->speech, r->options->rate ? r->options->rate : wav->rate, error));
    if (wav->rate == ur_speech_rate(set->speech)) return UR_OK;
    if (r->other++ == 0) r->other_rate = wav->rate;
    return UR_OK;
}

static ur_status take_file(recordings *r, size_t file, ur_error *error)
{
    ur_labelled *set = r->set;
    const ur_piece *piece = &set->source.pieces[file];
    size_t size = (size_t)piece->size;
    ur_finding finding = {.place = piece->begin, .length = size};
    ur_wav wav;
    if (piece->size > UR_EXAMPLE_BYTES) return ur_labelled_add(set, r->options, &finding, error);
    UR_TRY(look_at(set, piece->begin, size, &wav, &r->read, error));
    if (wav.frames == 0)
        return ur_fail(error, UR_ERR_DATA, "%s: an example without sound; remove the file",
                       ur_source_path(&set->source, file));
    UR_TRY(check_rate(r, &wav, error));
    set->hash = ur_hash_bytes(set->hash, r->read.room[0], size);
    finding.hash = ur_hash_bytes(UR_HASH_START, wav.data, wav.frames * wav.channels * wav.bits / 8);
    if (!r->options->unlabelled) UR_TRY(ur_folder_label(set, r->pattern, file, &finding, error));
    return ur_labelled_add(set, r->options, &finding, error);
}

static void describe(const recordings *r)
{
    ur_labelled *set = r->set;
    int at = snprintf(set->found, sizeof set->found, "recordings of %u Hz, %d numbers every 10 ms, class by %s",
                      ur_speech_rate(set->speech), UR_SPEECH_BANDS, r->pattern ? r->pattern : "folder");
    if (r->other && at > 0 && (size_t)at < sizeof set->found)
        snprintf(set->found + at, sizeof set->found - (size_t)at, "; %zu of another rate (%u Hz) resampled", r->other,
                 r->other_rate);
}

static ur_status take_files(recordings *r, ur_error *error)
{
    UR_TRY(choose_pattern(r, error));
    for (size_t file = 0; file < r->set->source.list.count; file++) UR_TRY(take_file(r, file, error));
    r->set->features = UR_SPEECH_BANDS;
    describe(r);
    return UR_OK;
}

static ur_status find_recordings(ur_labelled *set, const ur_labelled_options *options, ur_error *error)
{
    recordings r = {.set = set, .options = options};
    ur_status status = take_files(&r, error);
    ur_example_free(&r.read);
    return status;
}

const ur_form ur_form_wav = {"wav", find_recordings, decode_recording, NULL, true};
