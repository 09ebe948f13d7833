/*
 * Rows of settings that several tasks have. A macro comes after the heading and gives what is the same in all of
 * them; the task adds its default and what else is its own:
 *
 *     {NULL, UR_ROW_MIN_COUNT(S(min_count)), .unset = "1"},
 *
 * `place` is the offset of the value in the task's struct. The other arguments are words of the help.
 */
#ifndef UR_TASK_ROWS_H
#define UR_TASK_ROWS_H

#include "base/setting.h"

/* clang-format off */

/* ---- Data -------------------------------------------------------------------------------------------------------- */

#define UR_ROW_HEADER(place)                                                                                           \
    "header", "yes|no", UR_SETTING_WORD, place, .reads = true,                                                         \
    .help = "whether the first line of a table names its columns"

#define UR_ROW_LABEL_COLUMN(place)                                                                                     \
    "label-column", "COLUMN", UR_SETTING_TEXT, place, .decides = true, .reads = true,                                  \
    .help = "column of the labels in a table, by name or by number from 1"

#define UR_ROW_RELABEL(place, such_as, rest)                                                                           \
    "relabel", "RULES", UR_SETTING_TEXT, place, .unset = "none", .decides = true, .reads = true,                       \
    .help = "rename labels, such as " such_as "; " rest

#define UR_ROW_VAL_MATCH(place, such_as)                                                                               \
    "val-match", "GLOB", UR_SETTING_TEXT, place, .unset = "none", .decides = true, .unless = "val-fraction",           \
    .help = "validate on the files whose names match, such as " such_as

#define UR_ROW_VAL_FOLD(place, part)                                                                                   \
    "val-fold", "I/K", UR_SETTING_TEXT, place, .unset = "none", .decides = true, .unless = "val-fraction",             \
    .help = "validate on " part ", such as 2/5; --folds trains with each"

#define UR_ROW_NO_AUGMENT(place, what)                                                                                 \
    "no-augment", NULL, UR_SETTING_FLAG, place, .decides = true,                                                       \
    .help = "do not augment " what

/* ---- Tokens ------------------------------------------------------------------------------------------------------ */

#define UR_ROW_TOKEN_OR_PIECE(place)                                                                                   \
    "token", "char|word|bpe", UR_SETTING_WORD, place, .decides = true,                                                 \
    .help = "what one token is; bpe: pieces of words, learnt from the data"

#define UR_ROW_NFC(place)                                                                                              \
    "nfc", "yes|no", UR_SETTING_WORD, place, .initial = "yes", .decides = true,                                        \
    .help = "normalise Unicode (form C), so that a letter and its accent, or the letters of a Hangul syllable, "       \
            "are one character"

#define UR_ROW_MIN_COUNT(place)                                                                                        \
    "min-count", "N", UR_SETTING_SIZE, place, .least = 1, .most = 1e15, .decides = true,                               \
    .help = "tokens that occur fewer than N times are read as the unknown token"

#define UR_ROW_VOCAB_LIMIT(place)                                                                                      \
    "vocab-limit", "N", UR_SETTING_SIZE, place, .least = 1, .most = 1e9, .decides = true,                              \
    .help = "keep only the N most frequent tokens"

#define UR_ROW_VECTORS(place)                                                                                          \
    "vectors", "FILE", UR_SETTING_TEXT, place, .unset = "none",                                                        \
    .help = "word vectors to begin with (word2vec, GloVe or fastText; text or binary); they are trained further"

#define UR_ROW_VECTORS_FIXED(place)                                                                                    \
    "vectors-fixed", NULL, UR_SETTING_FLAG, place, .beside = "vectors", .unless = "net", .decides = true,              \
    .help = "do not train the word vectors ('fixed' in the network line)"

/* ---- Learning ---------------------------------------------------------------------------------------------------- */

#define UR_ROW_TOKEN_DROPOUT(place, what)                                                                              \
    "token-dropout", "P", UR_SETTING_NUMBER, place, .most = 0.9, .decides = true,                                      \
    .help = "share of the " what

#define UR_TOKENS_UNKNOWN "tokens replaced by the unknown token in training"

#define UR_ROW_LABEL_SMOOTHING(place, what)                                                                            \
    "label-smoothing", "X", UR_SETTING_NUMBER, place, .most = 0.9, .decides = true,                                    \
    .help = "share of the target's probability that is spread evenly over all " what

#define UR_ROW_CLASS_WEIGHTS(place, what)                                                                              \
    "class-weights", "none|sqrt|full", UR_SETTING_CHOICE, place, .initial = "none", .decides = true,                   \
    .help = "weight of a label's " what " in the loss: equal, or in proportion to 1/sqrt(n) or 1/n for a label "       \
            "with n " what

/* ---- Decoders ---------------------------------------------------------------------------------------------------- */

#define UR_ROW_ATTEND(place, what, without)                                                                            \
    "attend", "general|dot|additive|none", UR_SETTING_WORD, place, .unless = "net",                                    \
    .help = "how attention scores the places of the " what "; none: the decoder has only " without

#define UR_ROW_INPUT_FEED(place)                                                                                       \
    "input-feed", NULL, UR_SETTING_FLAG, place, .unless = "net",                                                       \
    .help = "feed the result of attention into the decoder's next step; slower"

#define UR_ROW_BEAM(place, texts)                                                                                      \
    "beam", "N", UR_SETTING_SIZE, place, .least = 1, .most = 1000, .answers = true,                                    \
    .help = "beam width: " texts " kept at each step; 1: greedy. Evaluations during the training are greedy"

#define UR_ROW_N_BEST(place, texts, what)                                                                              \
    "n-best", "N", UR_SETTING_SIZE, place, .least = 1, .most = 1000, .unset = "1", .answers = true,                    \
    .help = "how many " texts " to write for a " what ", each after its log probability"

#define UR_ROW_LENGTH_POWER(place, texts)                                                                              \
    "length-power", "X", UR_SETTING_NUMBER, place, .most = 10, .initial = "1", .answers = true,                        \
    .help = "compare " texts " by log probability / tokens^X; 0 favours short ones"

#define UR_ROW_ATTENTION(place, what)                                                                                  \
    "attention", NULL, UR_SETTING_FLAG, place, .answers = true,                                                        \
    .help = "show where in the " what " the decoder looked for each token; with --json as numbers"

/* clang-format on */

#endif
