/*
 * A grammar of stories, after a sentence from the lectures. Each word and each full stop is a token:
 *
 *     story    = opening {filler} arrival {filler} question
 *     opening  = X "was watching TV in" ("his" | "her") "room ." | …
 *     arrival  = Y "came into the room ." | …
 *     question = Y "said hi to"            and X is due
 *
 * X begins the story and is due after its last word, so a story has gap + 1 words. Fillers name no person. A filler has
 * at least 3 words. So opening and arrival are drawn among those that leave 0 or at least 3 words, and so is each
 * filler.
 */
#include "task/recall/recall.h"

#include <stdio.h>

/* clang-format off */
#define WORDS(W)                                                                                                       \
    W(TOM, "Tom") W(MARY, "Mary") W(JOHN, "John") W(ANNA, "Anna") W(PAUL, "Paul") W(EMMA, "Emma") W(JACK, "Jack")      \
    W(LUCY, "Lucy") W(STOP, ".") W(WAS, "was") W(WATCHING, "watching") W(TV, "TV") W(IN, "in") W(HIS, "his")           \
    W(HER, "her") W(ROOM, "room") W(SAT, "sat") W(READING, "reading") W(PLAYING, "playing") W(THE, "the")              \
    W(PIANO, "piano") W(GARDEN, "garden") W(CAME, "came") W(TOO, "too") W(INTO, "into") W(SAID, "said") W(HI, "hi")    \
    W(TO, "to") W(IT, "it") W(RAINED, "rained") W(NOTHING, "nothing") W(MOVED, "moved") W(PHONE, "phone")              \
    W(RANG, "rang") W(A, "a") W(DOG, "dog") W(BARKED, "barked") W(SUN, "sun") W(WENT, "went") W(DOWN, "down")          \
    W(CLOCK, "clock") W(STRUCK, "struck") W(NINE, "nine") W(OUTSIDE, "outside") W(BEGAN, "began") W(SNOW, "snow")      \
    W(CAT, "cat") W(SLEPT, "slept") W(ON, "on") W(CHAIR, "chair") W(OLD, "old") W(FROM, "from") W(NEXT, "next")        \
    W(DOOR, "door") W(TABLE, "table")
/* clang-format on */

#define ID(id, word)   id,
#define TEXT(id, word) word,

enum { WORDS(ID) WORD_COUNT, PERSON, THEIR }; /* the last two stand for a name, and for "his" or "her" */

static const char *const TEXTS[] = {WORDS(TEXT)};

enum { NAMES = LUCY + 1, QUESTION = 3, LONGEST = 8, FILLER_LEAST = 3 }; /* QUESTION: words after Y */

/* Each sentence ends with the full stop. */
typedef uint8_t sentence[LONGEST];

static const sentence OPENINGS[] = {
    {PERSON, SAT, STOP},
    {PERSON, WAS, READING, STOP},
    {PERSON, WAS, WATCHING, TV, STOP},
    {PERSON, WAS, PLAYING, THE, PIANO, STOP},
    {PERSON, WAS, READING, IN, THE, GARDEN, STOP},
    {PERSON, WAS, WATCHING, TV, IN, THEIR, ROOM, STOP},
};
static const sentence ARRIVALS[] = {
    {PERSON, CAME, IN, STOP},
    {PERSON, CAME, IN, TOO, STOP},
    {PERSON, CAME, INTO, THE, ROOM, STOP},
};
static const sentence FILLERS[] = {
    {IT, RAINED, STOP},
    {NOTHING, MOVED, STOP},
    {THE, PHONE, RANG, STOP},
    {A, DOG, BARKED, STOP},
    {THE, SUN, WENT, DOWN, STOP},
    {THE, CLOCK, STRUCK, NINE, STOP},
    {OUTSIDE, IT, BEGAN, TO, SNOW, STOP},
    {THE, CAT, SLEPT, OUTSIDE, ON, A, CHAIR, STOP},
    {THE, OLD, DOG, FROM, NEXT, DOOR, BARKED, STOP},
};

enum {
    OPENING_COUNT = sizeof OPENINGS / sizeof OPENINGS[0],
    ARRIVAL_COUNT = sizeof ARRIVALS / sizeof ARRIVALS[0],
    FILLER_COUNT = sizeof FILLERS / sizeof FILLERS[0],
    LEAST_GAP = 3 + 4 + QUESTION /* "X sat . Y came in . Y said hi to" */
};

static size_t length_of(const uint8_t *s)
{
    size_t length = 1;
    while (s[length - 1] != STOP) length++;
    return length;
}

/* Whether `used` of `left` words leave a number of words that fillers can fill. */
static bool leaves_well(size_t left, size_t used)
{
    return used == left || (used < left && left - used >= FILLER_LEAST);
}

static const uint8_t *draw_filler(size_t left, ur_draws *draws)
{
    const uint8_t *fitting[FILLER_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < FILLER_COUNT; i++)
        if (leaves_well(left, length_of(FILLERS[i]))) fitting[count++] = FILLERS[i];
    return fitting[ur_draw_below(draws, count)];
}

/* Draws opening and arrival. Returns how many words are left for fillers. */
static size_t draw_frame(size_t words, const uint8_t **opening, const uint8_t **arrival, ur_draws *draws)
{
    size_t fitting[OPENING_COUNT * ARRIVAL_COUNT], count = 0;
    for (size_t i = 0; i < OPENING_COUNT * ARRIVAL_COUNT; i++) {
        size_t used = length_of(OPENINGS[i / ARRIVAL_COUNT]) + length_of(ARRIVALS[i % ARRIVAL_COUNT]);
        if (leaves_well(words, used)) fitting[count++] = i;
    }
    size_t chosen = fitting[ur_draw_below(draws, count)];
    *opening = OPENINGS[chosen / ARRIVAL_COUNT];
    *arrival = ARRIVALS[chosen % ARRIVAL_COUNT];
    return words - length_of(*opening) - length_of(*arrival);
}

typedef struct story {
    ur_examples *examples;
    size_t lane, step;
} story;

static void tell(story *s, const uint8_t *words, size_t count, int32_t person)
{
    for (size_t i = 0; i < count; i++) {
        int32_t word = words[i] == PERSON ? person : words[i] == THEIR ? (person % 2 ? HER : HIS) : words[i];
        s->examples->ids[s->step++ * s->examples->lanes + s->lane] = word;
    }
}

static void tell_fillers(story *s, size_t words, ur_draws *draws)
{
    while (words) {
        const uint8_t *filler = draw_filler(words, draws);
        tell(s, filler, length_of(filler), 0);
        words -= length_of(filler);
    }
}

/* Draws how many words of fillers come before the arrival: none, all, or a number that fillers can fill on both
 * sides. */
static size_t draw_share(size_t left, ur_draws *draws)
{
    size_t share = ur_draw_below(draws, left + 1);
    return share >= FILLER_LEAST && leaves_well(left, share) ? share : share < left / 2 ? 0 : left;
}

static void who_write(ur_examples *e, size_t lane, size_t gap, ur_draws *draws)
{
    static const uint8_t QUESTION_WORDS[] = {PERSON, SAID, HI, TO};
    const uint8_t *opening, *arrival;
    story s = {.examples = e, .lane = lane};
    size_t x = ur_draw_below(draws, NAMES), y = (x + 1 + ur_draw_below(draws, NAMES - 1)) % NAMES;
    size_t left = draw_frame(gap - QUESTION, &opening, &arrival, draws), share = draw_share(left, draws);
    tell(&s, opening, length_of(opening), (int32_t)x);
    tell_fillers(&s, share, draws);
    tell(&s, arrival, length_of(arrival), (int32_t)y);
    tell_fillers(&s, left - share, draws);
    tell(&s, QUESTION_WORDS, QUESTION + 1, (int32_t)y);
    e->targets[gap * e->lanes + lane] = (int32_t)x;
}

static size_t who_steps(size_t gap) { return gap + 1; }

static void who_show(const ur_examples *e, size_t t, char *text, size_t size)
{
    snprintf(text, size, "%s", TEXTS[e->ids[t]]);
}

const ur_recall_kind ur_recall_who = {
    .facts = {"who", LEAST_GAP, 1.0 / (NAMES - 1), 0.95}, /* anyone but the person who speaks may be meant */
    .symbols = WORD_COUNT,
    .outputs = NAMES,
    .steps = who_steps,
    .write = who_write,
    .show = who_show,
};
