/* Joins recordings of one speaker to a string, with pauses between them. The choice follows from part, epoch and number
 * only. */
#include "task/speech/speech.h"

#include "base/random.h"

#include <math.h>

enum { USE_JOIN = UR_USE_AUGMENT + 3, USE_HISS, DRAWS = 4 * UR_JOIN_MOST };
static const double PAUSE_LEAST = 0.03, PAUSE_MOST = 0.3; /* in seconds */

typedef struct draws {
    uint64_t seed, position;
} draws;

static double draw(draws *d) { return ur_random_uniform(d->seed, USE_JOIN, d->position++); }

static size_t draw_below(draws *d, size_t count) { return (size_t)(draw(d) * (double)count); }

void ur_speech_plan(const ur_listener *l, ur_part part, uint64_t epoch, uint32_t number, ur_spoken_string *s)
{
    const ur_speech_part *p = &l->part[part];
    uint64_t seed = part == UR_PART_TRAIN ? l->seed + UINT64_C(0xD1B54A32D192ED03) * (epoch + 1) : 1;
    draws d = {seed, (uint64_t)number * DRAWS};
    size_t speaker = ur_utterances_speaker(p->set, p->item[number]);
    const uint32_t *theirs = p->item + p->begin[speaker];
    size_t count = p->begin[speaker + 1] - p->begin[speaker];
    *s = (ur_spoken_string){.item = {p->item[number]}, .count = 1, .seed = seed ^ (uint64_t)number << 32};
    if (l->join_most) s->count = l->join_least + draw_below(&d, l->join_most - l->join_least + 1);
    for (size_t k = 0; k < s->count; k++) {
        if (k) s->item[k] = theirs[draw_below(&d, count)];
        double seconds = PAUSE_LEAST + (PAUSE_MOST - PAUSE_LEAST) * draw(&d);
        s->pause[k] = k + 1 < s->count ? (size_t)(seconds * (double)ur_utterances_rate(p->set)) : 0;
        s->samples += ur_utterances_samples(p->set, s->item[k]) + s->pause[k];
    }
}

/* The smallest mean square over 10 ms of a recording: its noise when nothing is said. */
static double find_quiet(const double *samples, size_t count, size_t piece)
{
    double least = INFINITY;
    for (size_t at = 0; at + piece <= count; at += piece) {
        double sum = 0;
        for (size_t i = at; i < at + piece; i++) sum += samples[i] * samples[i];
        least = sum < least ? sum : least;
    }
    return least < INFINITY ? least / (double)piece : 0;
}

ur_status ur_speech_join(ur_listener *l, const ur_utterances *set, const ur_spoken_string *s, ur_error *error)
{
    UR_TRY(ur_speech_sample_room(&l->heard, s->samples, error));
    double *to = l->heard.samples;
    for (size_t k = 0; k < s->count; k++) {
        size_t count = ur_utterances_samples(set, s->item[k]);
        UR_TRY(ur_utterances_read(set, s->item[k], to, error));
        double hiss = s->pause[k] ? sqrt(3 * find_quiet(to, count, ur_speech_hop(l->speech))) : 0;
        to += count;
        for (size_t i = 0; i < s->pause[k]; i++, to++)
            *to = hiss * (2 * ur_random_uniform(s->seed, USE_HISS, (uint64_t)(to - l->heard.samples)) - 1);
    }
    return UR_OK;
}
