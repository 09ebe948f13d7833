/* A sentence with the label of each of its phrases: those of a bracketed tree, or of a plain text every run of up to five
 * words. */
#ifndef UR_CLI_PREDICT_TREE_H
#define UR_CLI_PREDICT_TREE_H

#include "cli/report/page.h"

#include "unroll_train.h"

enum { UR_CLI_RUN_WORDS = 5 };

/* Words begin … end − 1 of the sentence. */
typedef struct ur_cli_phrase {
    size_t begin, end, depth; /* depth: of the brackets round it */
    const char *given;        /* the label in the tree, given_length bytes; NULL: none */
    size_t given_length;
    size_t label;        /* the model's */
    double *probability; /* of each label */
} ur_cli_phrase;

typedef struct ur_cli_word {
    const char *text;
    size_t length;
} ur_cli_word;

/* Texts point into the line that was read. */
typedef struct ur_cli_sentence {
    bool tree;
    ur_cli_word *word;
    ur_cli_phrase *phrase; /* the whole sentence first; of a tree a node before those below it, else by their words */
    size_t words, phrases, labels;
    double *room; /* of the probabilities */
} ur_cli_sentence;

/* predict_tree.c: reads a line and asks the model of each phrase. UR_ERR_DATA for brackets that do not match. An empty line
 * is a sentence without words. The caller frees it. */
ur_status ur_cli_sentence_answer(ur_cli_sentence *sentence, ur_answerer *answerer, size_t labels, const char *line,
                                 size_t length, ur_error *error);
void ur_cli_sentence_free(ur_cli_sentence *sentence);

/* predict_tree_show.c: the labels in their order as numbers from −1 to 1, by the phrase's probabilities. */
double ur_cli_phrase_side(const ur_cli_sentence *sentence, const ur_cli_phrase *phrase);
void ur_cli_sentence_print(const ur_cli_sentence *sentence, const ur_model *model);
ur_status ur_cli_sentence_json(const ur_cli_sentence *sentence, const ur_model *model, ur_error *error);
void ur_cli_sentence_html(const ur_cli_sentence *sentence, const ur_model *model, ur_cli_page *page);

#endif
