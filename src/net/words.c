/* The words of the network line. Those of layers are in layer/layer.inc and cell/cell.inc. */
#include "net/words.h"

#include <stdio.h>
#include <string.h>

/* Words that the grammar knows, but no kind of layer has yet. */
static const char *const unbuilt[] = {"norm"};

static const ur_option_word option_words[] = {{"relu", UR_TAKES_ACTIVATION, UR_RELU, 0},
                                              {"sigmoid", UR_TAKES_ACTIVATION, UR_SIGMOID, 0},
                                              {"tanh", UR_TAKES_ACTIVATION, UR_TANH, 0},
                                              {"bi", UR_TAKES_BI, UR_LINEAR, 0},
                                              {"nobias", UR_TAKES_NOBIAS, UR_LINEAR, 0},
                                              {"tied", UR_TAKES_TIED, UR_LINEAR, 0},
                                              {"drop", UR_TAKES_DROP, UR_LINEAR, 0},
                                              {"same", UR_TAKES_SAME, UR_LINEAR, 0},
                                              {"from", UR_TAKES_FROM, UR_LINEAR, 0},
                                              {"like", UR_TAKES_LIKE, UR_LINEAR, 0},
                                              {"dot", UR_TAKES_SCORE, UR_LINEAR, UR_SCORE_DOT},
                                              {"general", UR_TAKES_SCORE, UR_LINEAR, UR_SCORE_GENERAL},
                                              {"additive", UR_TAKES_SCORE, UR_LINEAR, UR_SCORE_ADDITIVE},
                                              {"feed", UR_TAKES_FEED, UR_LINEAR, 0},
                                              {"fixed", UR_TAKES_FIXED, UR_LINEAR, 0}};

enum { OPTION_WORDS = sizeof option_words / sizeof *option_words };

static bool same_word(const char *known, const char *word, size_t length)
{
    return strlen(known) == length && !memcmp(known, word, length);
}

/* The i-th word of a kind. A kind has one word, except that of the cells, which has the names of all cells. */
static bool word_of_kind(const ur_layer_kind *kind, size_t i, ur_layer_word *layer)
{
    const ur_cell *cell = kind->word ? NULL : ur_cell_at(i, 0);
    if (kind->word ? i > 0 : !cell) return false;
    *layer = (ur_layer_word){kind->word, kind, kind->options, UR_LINEAR};
    if (!cell) return true;
    layer->word = cell->name;
    layer->activation = cell->activation;
    if (cell->activation != UR_LINEAR) layer->takes |= UR_TAKES_ACTIVATION;
    return true;
}

bool ur_layer_word_at(size_t i, ur_layer_word *layer)
{
    const ur_layer_kind *kind;
    for (size_t k = 0; (kind = ur_layer_kind_at(k)) != NULL; k++)
        for (size_t n = 0; word_of_kind(kind, n, layer); n++)
            if (i-- == 0) return true;
    if (i >= sizeof unbuilt / sizeof *unbuilt) return false;
    *layer = (ur_layer_word){.word = unbuilt[i]};
    return true;
}

bool ur_layer_word_find(const char *word, size_t length, ur_layer_word *layer)
{
    for (size_t i = 0; ur_layer_word_at(i, layer); i++)
        if (same_word(layer->word, word, length)) return true;
    return false;
}

const char *ur_layer_spec_word(const ur_layer_spec *spec) { return spec->kind->word ? spec->kind->word : spec->cell; }

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

/* row[j] is the distance between a[0 … i) and b[0 … j). */
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

/* Keeps the nearer of two words, or the earlier one if both are equally near. */
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
    ur_layer_word layer;
    for (size_t i = 0; ur_layer_word_at(i, &layer); i++) nearer(&nearest, &least, layer.word, word, length);
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
    ur_layer_word layer;
    for (size_t i = 0; ur_layer_word_at(i, &layer); i++)
        if (layer.kind) list_word(&list, layer.word, "");
    return list;
}

ur_words_text ur_option_words_text(unsigned takes)
{
    ur_words_text list = {""};
    if (takes & UR_TAKES_FILTER) list_word(&list, "HxW", "");
    for (size_t i = 0; i < OPTION_WORDS; i++) {
        const ur_option_word *option = &option_words[i];
        const char *argument = option->takes == UR_TAKES_DROP                    ? "=P"
                               : option->takes & (UR_TAKES_FROM | UR_TAKES_LIKE) ? " NAME"
                                                                                 : "";
        if (takes & option->takes) list_word(&list, option->word, argument);
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
