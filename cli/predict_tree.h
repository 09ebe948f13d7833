/* A sentence and the label of each of its phrases. The phrases are those of a bracketed tree or, for plain text, all
 * runs of up to five words. */
#ifndef UR_CLI_PREDICT_TREE_H
#define UR_CLI_PREDICT_TREE_H

#include "cli/report/page.h"

#include "unroll_train.h"

enum { UR_CLI_RUN_WORDS = 5 };

/* A phrase: words begin … end − 1 of the sentence. */
typedef struct ur_cli_phrase {
    size_t begin, end, depth; /* depth: number of brackets around the phrase */
    const char *given;        /* label in the tree, given_length bytes long, or NULL if there is none */
    size_t given_length;
    size_t label;        /* label that the model gives */
    double *probability; /* probability of each label */
} ur_cli_phrase;

typedef struct ur_cli_word {
    const char *text;
    size_t length;
} ur_cli_word;

/* The texts point into the line that was read. */
typedef struct ur_cli_sentence {
    bool tree;
    ur_cli_word *word;
    ur_cli_phrase *phrase; /* the whole sentence comes first; in a tree each node comes before its descendants, else
                            * phrases are sorted by length */
    size_t words, phrases, labels;
    double *room; /* owns the probabilities of all phrases */
} ur_cli_sentence;

/* Reads a line and asks the model for each phrase (predict_tree.c). UR_ERR_DATA if the brackets do not match. An empty
 * line is a sentence without words. The caller frees the sentence. */
ur_status ur_cli_sentence_answer(ur_cli_sentence *sentence, ur_answerer *answerer, size_t labels, const char *line,
                                 size_t length, ur_error *error);
void ur_cli_sentence_free(ur_cli_sentence *sentence);

/* Where the phrase is between the first and the last label: the mean, under the phrase's probabilities, of the labels'
 * positions, which are spread evenly from −1 to 1 (predict_tree_show.c). */
double ur_cli_phrase_side(const ur_cli_sentence *sentence, const ur_cli_phrase *phrase);
void ur_cli_sentence_print(const ur_cli_sentence *sentence, const ur_model *model);
ur_status ur_cli_sentence_json(const ur_cli_sentence *sentence, const ur_model *model, ur_error *error);
void ur_cli_sentence_html(const ur_cli_sentence *sentence, const ur_model *model, ur_cli_page *page);

#endif
