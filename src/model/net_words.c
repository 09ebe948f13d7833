/* The tables of the network line. A layer that comes to be built gets a full line here. */
#include "model/net_words.h"

#include <stdio.h>
#include <string.h>

enum {
    CELL_TAKES = UR_TAKES_NOBIAS | UR_TAKES_DROP | UR_TAKES_SAME | UR_TAKES_FROM | UR_TAKES_BI | UR_TAKES_TIMES,
    DENSE_TAKES = UR_TAKES_ACTIVATION | UR_TAKES_NOBIAS | UR_TAKES_TIED | UR_TAKES_TIMES,
    DROPOUT_TAKES = UR_TAKES_SAME | UR_TAKES_TIMES
};

#define UR_CELL(identifier, name) {name, UR_LAYER_CELL, true, 1, 1, CELL_TAKES, "a width", name " 128"},

static const ur_layer_word layer_words[] = {
    {"onehot", UR_LAYER_ONEHOT, true, 0, 1, 0, "a number of symbols", "onehot"},
    {"embed", UR_LAYER_EMBED, true, 1, 2, 0, "a width", "embed 64"},
#include "cell/cell.inc"
    {"last", UR_LAYER_LAST, true, 0, 0, 0, "", "last"},
    {"dense", UR_LAYER_DENSE, true, 0, 1, DENSE_TAKES, "a width", "dense 10"},
    {"dropout", UR_LAYER_DROPOUT, true, 1, 1, DROPOUT_TAKES, "a probability", "dropout 0.5"},
    {.word = "join"},
    {.word = "attention"},
    {.word = "conv"},
    {.word = "pool"},
    {.word = "norm"},
    {.word = "crf"},
    {.word = "ctc"},
};

#undef UR_CELL

enum { LAYER_WORDS = sizeof layer_words / sizeof *layer_words };

static const ur_option_word option_words[] = {
    {"relu", UR_TAKES_ACTIVATION, UR_RELU, true}, {"sigmoid", UR_TAKES_ACTIVATION, UR_SIGMOID, true},
    {"tanh", UR_TAKES_ACTIVATION, UR_TANH, true}, {"nobias", UR_TAKES_NOBIAS, UR_LINEAR, true},
    {"tied", UR_TAKES_TIED, UR_LINEAR, true},     {"drop", UR_TAKES_DROP, UR_LINEAR, true},
    {"same", UR_TAKES_SAME, UR_LINEAR, true},     {"from", UR_TAKES_FROM, UR_LINEAR, true},
    {"bi", UR_TAKES_BI, UR_LINEAR, false},
};

enum { OPTION_WORDS = sizeof option_words / sizeof *option_words };

static bool same_word(const char *known, const char *word, size_t length)
{
    return strlen(known) == length && !memcmp(known, word, length);
}

const ur_layer_word *ur_layer_word_find(const char *word, size_t length)
{
    for (size_t i = 0; i < LAYER_WORDS; i++)
        if (same_word(layer_words[i].word, word, length)) return &layer_words[i];
    return NULL;
}

/* Only the plain recurrent cell has an activation to choose; the gates of the others fix theirs. */
unsigned ur_layer_takes(const ur_layer_word *layer)
{
    return layer->options | (strcmp(layer->word, "rnn") ? 0u : UR_TAKES_ACTIVATION);
}

const ur_option_word *ur_option_word_find(const char *word, size_t length)
{
    for (size_t i = 0; i < OPTION_WORDS; i++)
        if (same_word(option_words[i].word, word, length)) return &option_words[i];
    return NULL;
}

static size_t least3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

/* row[j] is the distance of a[0 … i) and b[0 … j). */
size_t ur_word_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t row[UR_NAME_MAX + 1];
    if (a_length > UR_NAME_MAX) a_length = UR_NAME_MAX;
    if (b_length > UR_NAME_MAX) b_length = UR_NAME_MAX;
    for (size_t j = 0; j <= b_length; j++) row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = least3(replaced, row[j] + 1, row[j - 1] + 1);
        }
    }
    return row[b_length];
}

/* Keeps the nearer of two words; the earlier one when they are equally near. */
static void nearer(const char **nearest, size_t *least, const char *known, const char *word, size_t length)
{
    size_t distance = ur_word_distance(known, strlen(known), word, length);
    if (*nearest && distance >= *least) return;
    *nearest = known;
    *least = distance;
}

const char *ur_layer_word_nearest(const char *word, size_t length)
{
    const char *nearest = NULL;
    size_t least = 0;
    for (size_t i = 0; i < LAYER_WORDS; i++) nearer(&nearest, &least, layer_words[i].word, word, length);
    return nearest;
}

const char *ur_option_word_nearest(const char *word, size_t length)
{
    const char *nearest = NULL;
    size_t least = 0;
    for (size_t i = 0; i < OPTION_WORDS; i++) nearer(&nearest, &least, option_words[i].word, word, length);
    return nearest;
}

static void list_word(ur_words_text *list, const char *word, const char *argument)
{
    size_t used = strlen(list->text);
    snprintf(list->text + used, sizeof list->text - used, "%s%s%s", used ? ", " : "", word, argument);
}

ur_words_text ur_layer_words_text(void)
{
    ur_words_text list = {""};
    for (size_t i = 0; i < LAYER_WORDS; i++)
        if (layer_words[i].built) list_word(&list, layer_words[i].word, "");
    return list;
}

ur_words_text ur_option_words_text(unsigned takes)
{
    ur_words_text list = {""};
    for (size_t i = 0; i < OPTION_WORDS; i++) {
        const ur_option_word *option = &option_words[i];
        const char *argument = option->takes == UR_TAKES_DROP ? "=P" : option->takes == UR_TAKES_FROM ? " NAME" : "";
        if (option->built && (takes & option->takes)) list_word(&list, option->word, argument);
    }
    if (takes & UR_TAKES_TIMES) list_word(&list, "xN", "");
    if (!list.text[0]) list_word(&list, "no option", "");
    return list;
}

bool ur_is_times(const char *word, size_t length)
{
    size_t digits = 1;
    if (!length || word[0] != 'x') return false;
    while (digits < length && word[digits] >= '0' && word[digits] <= '9') digits++;
    return digits == length;
}
