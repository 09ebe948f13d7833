/* The words of the network line: every layer with the options it takes, and every option. */
#ifndef UR_NET_WORDS_H
#define UR_NET_WORDS_H

#include "net/line.h"

/* Limits: numbers in the line are 1 … UR_WIDTH_MAX, sides of a filter 1 … UR_FILTER_MAX. */
enum { UR_WIDTH_MAX = 1048576, UR_FILTER_MAX = 64 };

typedef struct ur_layer_word {
    const char *word;
    const ur_layer_kind *kind; /* NULL if not built yet */
    unsigned takes;            /* UR_TAKES_… */
    ur_activation activation;  /* the default */
} ur_layer_word;

/* The i-th word that names a layer, including those of cells. False after the last. */
bool ur_layer_word_at(size_t i, ur_layer_word *layer);
/* False if there is no such word. */
bool ur_layer_word_find(const char *word, size_t length, ur_layer_word *layer);
/* The word of a layer. */
const char *ur_layer_spec_word(const ur_layer_spec *spec);
const char *ur_layer_word_nearest(const char *word, size_t length);

typedef struct ur_option_word {
    const char *word;
    unsigned takes;           /* its UR_TAKES_… bit */
    ur_activation activation; /* of an activation */
    ur_attend_score score;    /* of a score */
} ur_option_word;

const ur_option_word *ur_option_word_find(const char *word, size_t length);
const char *ur_option_word_nearest(const char *word, size_t length);

/* For messages: the layers that are built, "onehot, embed, …", and the options in `takes`, or "no option". */
enum { UR_WORDS_TEXT_MAX = 160 };
typedef struct ur_words_text {
    char text[UR_WORDS_TEXT_MAX];
} ur_words_text;
ur_words_text ur_layer_words_text(void);
ur_words_text ur_option_words_text(unsigned takes);

/* "x", "x2" and so on: the repetition. No name may look like it. */
bool ur_is_times(const char *word, size_t length);

/* The number of insertions, deletions and replacements of single characters that turn one word into the other
 * (Levenshtein 1966). Words are compared up to UR_NAME_MAX characters. */
size_t ur_word_distance(const char *a, size_t a_length, const char *b, size_t b_length);

#endif
