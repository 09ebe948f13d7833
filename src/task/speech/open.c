/* Opens the recordings, splits them into parts, and counts their tokens. */
#include "task/speech/speech.h"

#include "layer/ctc.h"
#include "net/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_speech_close(void *data)
{
    ur_listener *l = data;
    for (size_t i = 0; i < UR_PARTS; i++) {
        free(l->part[i].item);
        free(l->part[i].begin);
        free(l->part[i].length);
        ur_order_free(&l->part[i].order);
    }
    ur_utterances_close(l->set);
    ur_utterances_close(l->validation);
    ur_vocabulary_free(l->tokens);
    ur_speech_free(l->speech);
    void *rooms[] = {l->mean,      l->heard.samples, l->heard.work, l->heard.slice,  l->heard.varied,   l->ids,
                     l->packed,    l->values,        l->targets,    l->lengths,      l->target_lengths, l->truth.text,
                     l->said.text, l->labels,        l->edit,       l->live.samples, l->live.step};
    for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) free(rooms[i]);
    ur_state_free(l->live.state);
    ur_speech_say_free(l->say);
    ur_teaching_free(&l->teaching);
    ur_decoding_free(l->decoding);
}

ur_utterances_options ur_speech_options(const ur_listener *l)
{
    const ur_speech_settings *s = &l->settings;
    return (ur_utterances_options){.watcher = l->watcher,
                                   .file_column = s->file_column,
                                   .transcript_column = s->transcript_column,
                                   .speaker_column = s->speaker_column,
                                   .header = s->header,
                                   .transcript_from = s->transcript_from,
                                   .speaker_from = s->speaker_from,
                                   .normal_form = strcmp(s->nfc, "yes") == 0,
                                   .rate = l->speech ? ur_speech_rate(l->speech) : 0,
                                   .seed = l->seed};
}

/* ---- Parts ---------------------------------------------------------------------------------------------------------- */

/* Collects the recordings of a set that are held out, or those that are not, or with `all` both, grouped by speaker. */
static ur_status make_part(ur_listener *l, ur_part which, const ur_utterances *set, bool held, bool all,
                           ur_error *error)
{
    ur_speech_part *p = &l->part[which];
    size_t room = ur_utterances_count(set), speakers = ur_utterances_speakers(set);
    *p = (ur_speech_part){.set = set};
    p->item = calloc(room + 1, sizeof *p->item);
    p->length = calloc(room + 1, sizeof *p->length);
    p->begin = calloc(speakers + 2, sizeof *p->begin);
    if (!p->item || !p->length || !p->begin) return ur_fail_memory(error, "the recordings");
    uint32_t *next = p->begin + 1; /* where the next recording of each speaker goes */
    for (size_t i = 0; i < room; i++)
        if (all || ur_utterances_held(set, i) == held) next[ur_utterances_speaker(set, i) + 1]++;
    for (size_t s = 0; s < speakers; s++) next[s + 1] += next[s];
    p->count = next[speakers];
    for (size_t i = 0; i < room; i++)
        if (all || ur_utterances_held(set, i) == held) p->item[next[ur_utterances_speaker(set, i)]++] = (uint32_t)i;
    return UR_OK;
}

/* Checks whether a recording has enough steps for its transcript (ctc needs at least one per token), and counts the
 * unknown tokens. */
static ur_status look_at(ur_listener *l, ur_speech_part *p, uint32_t item, bool *fits, ur_error *error)
{
    size_t count, known = 0, steps;
    UR_TRY(ur_speech_cut(l, ur_utterances_text(p->set, item), 0, &count, error));
    for (size_t i = 0; i < count; i++)
        if (l->ids[i] >= 0) l->ids[known++] = l->ids[i];
    steps = ur_speech_stacked(l, ur_speech_steps(l->speech, ur_utterances_samples(p->set, item)));
    *fits = l->attends || ur_ctc_steps(l->ids, 1, known) <= steps;
    if (p == &l->part[UR_PART_TRAIN] && known + 1 > l->longest) l->longest = known + 1; /* plus the blank between two */
    p->unknown += count - known;
    return UR_OK;
}

/* Leaves out recordings that are too short for their text, and finds the lengths of the others. */
static ur_status settle_part(ur_listener *l, ur_part which, ur_error *error)
{
    ur_speech_part *p = &l->part[which];
    size_t kept = 0, speaker = 0;
    for (size_t i = 0; i < p->count; i++) {
        bool fits;
        while (p->begin[speaker + 1] == i) p->begin[++speaker] = (uint32_t)kept;
        UR_TRY(look_at(l, p, p->item[i], &fits, error));
        p->left_out += !fits;
        if (fits) p->item[kept++] = p->item[i];
    }
    while (speaker < ur_utterances_speakers(p->set)) p->begin[++speaker] = (uint32_t)kept;
    p->count = kept;
    for (size_t i = 0; i < kept; i++) {
        ur_spoken_string s;
        ur_speech_plan(l, which, 0, (uint32_t)i, &s);
        p->length[i] = (uint32_t)ur_speech_stacked(l, ur_speech_steps(l->speech, s.samples));
    }
    return UR_OK;
}

static ur_status make_parts(ur_listener *l, ur_error *error)
{
    UR_TRY(make_part(l, UR_PART_TRAIN, l->set, false, false, error));
    if (!l->validation) UR_TRY(make_part(l, UR_PART_VALIDATION, l->set, true, false, error));
    if (l->validation) UR_TRY(make_part(l, UR_PART_VALIDATION, l->validation, false, true, error));
    UR_TRY(ur_speech_count_tokens(l, error));
    UR_TRY(settle_part(l, UR_PART_TRAIN, error));
    if (l->join_most) l->longest *= l->join_most;
    UR_TRY(settle_part(l, UR_PART_VALIDATION, error));
    if (l->part[UR_PART_TRAIN].count) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "no recording is left to train on: %zu are too short for their transcripts",
                   l->part[UR_PART_TRAIN].left_out);
}

/* ---- Opening -------------------------------------------------------------------------------------------------------- */

static ur_status choose_tokens(ur_listener *l, ur_error *error)
{
    if (!l->settings.token) l->settings.token = l->join_most > 1 ? "word" : "char";
    if (strcmp(l->settings.token, "byte") != 0) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`token` byte: speech is spelled in characters or words");
}

/* Decides whether there is a decoder. A given network with several lines has one. */
static ur_status choose_decoder(ur_listener *l, const ur_run_settings *run, ur_error *error)
{
    ur_net_spec spec;
    l->attends = l->settings.decoder == UR_SPELL_ATTENTION;
    if (!run->net) return UR_OK;
    UR_TRY(ur_net_parse(run->net, &spec, error));
    l->attends = spec.line_count > 1;
    return UR_OK;
}

static ur_status open_training(ur_listener *l, const ur_settings *settings, ur_error *error)
{
    const ur_run_settings *run = &settings->run;
    UR_TRY(choose_decoder(l, run, error));
    ur_utterances_options options = ur_speech_options(l);
    options.val_match = l->settings.val_match;
    if (!run->validation && !options.val_match) options.val_fraction = run->validation_share;
    UR_TRY(choose_tokens(l, error));
    UR_TRY(ur_utterances_open(&l->set, settings->data.text, settings->data.count, &options, error));
    UR_TRY(ur_speech_create(&l->speech, ur_utterances_rate(l->set), error));
    if (run->validation) {
        ur_utterances_options other = ur_speech_options(l);
        UR_TRY(ur_utterances_open(&l->validation, &run->validation, 1, &other, error));
        ur_utterances_unwatch(l->validation);
    }
    UR_TRY(make_parts(l, error));
    return ur_speech_measure(l, error);
}

static ur_status open_judged(ur_listener *l, const ur_settings *settings, ur_error *error)
{
    const ur_utterances_options options = ur_speech_options(l);
    UR_TRY(ur_utterances_open(&l->set, settings->data.text, settings->data.count, &options, error));
    UR_TRY(make_part(l, UR_PART_TEST, l->set, false, true, error));
    return settle_part(l, UR_PART_TEST, error);
}

/* Checks and opens what the settings of answers need. */
static ur_status open_answering(ur_listener *l, ur_error *error)
{
    const ur_speech_settings *s = &l->settings;
    if (s->attention && !l->attends)
        return ur_fail(error, UR_ERR_USAGE,
                       "`attention`: a model with ctc has no attention; train one with `decoder` attention");
    if (s->lm && l->attends)
        return ur_fail(error, UR_ERR_USAGE, "`lm`: a model with attention does not use a language model; leave it out");
    return s->lm ? ur_speech_say_open(&l->say, s->lm, s->lm_weight, l->tokens, error) : UR_OK;
}

ur_status ur_speech_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_listener *l = data;
    l->settings = *(const ur_speech_settings *)settings->own;
    l->seed = settings->run.learning.seed;
    l->watcher = &settings->run.watcher;
    UR_TRY(ur_speech_read_join(l->settings.join, &l->join_least, &l->join_most, error));
    if (from) UR_TRY(ur_speech_take_model(l, from, error));
    if (from) UR_TRY(open_answering(l, error));
    if (!settings->data.count)
        return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no data to train on; name a file or a folder");
    UR_TRY(from ? open_judged(l, settings, error) : open_training(l, settings, error));
    ur_utterances_unwatch(l->set);
    l->watcher = NULL;
    return UR_OK;
}

void ur_speech_describe(const void *data, char *text, size_t size)
{
    const ur_listener *l = data;
    const ur_speech_part *train = &l->part[UR_PART_TRAIN], *validation = &l->part[UR_PART_VALIDATION];
    size_t left_out = train->left_out + validation->left_out;
    char joined[96] = "", left[96] = "", unknown[96] = "";
    if (l->join_most)
        snprintf(joined, sizeof joined, "; joined to strings of %zu to %zu, each by one of %zu speakers", l->join_least,
                 l->join_most, ur_utterances_speakers(l->set));
    if (left_out) snprintf(left, sizeof left, "; %zu left out, too short for their transcripts", left_out);
    if (validation->unknown)
        snprintf(unknown, sizeof unknown, "; %zu %s of the validation data do not occur in the training data",
                 validation->unknown, ur_speech_by_words(l) ? "words" : "characters");
    snprintf(text, size, "%s%s; %zu to train on, %zu to validate on; %zu different %ss%s%s",
             ur_utterances_found(l->set), joined, train->count, validation->count, ur_vocabulary_size(l->tokens),
             l->settings.token, left, unknown);
}

uint64_t ur_speech_hash(const void *data, ur_part part)
{
    const ur_listener *l = data;
    if (part == UR_PART_TRAIN) return ur_utterances_hash(l->set);
    return part == UR_PART_VALIDATION && l->validation ? ur_utterances_hash(l->validation) : 0;
}
