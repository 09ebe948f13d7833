/* Opens the examples of a classification, splits them into parts, and measures them. */
#include "task/classify/classify.h"

#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_classify_close(void *data)
{
    ur_classify *c = data;
    for (size_t i = 0; i < UR_PARTS; i++) {
        free(c->part[i].example);
        free(c->part[i].length);
        ur_order_free(&c->part[i].order);
    }
    ur_labelled_close(c->set);
    ur_labelled_close(c->validation);
    if (!c->given) ur_vocabulary_free(c->vocabulary);
    if (!c->given) ur_vocabulary_free(c->characters);
    ur_spelling_free(&c->spelling);
    ur_kept_rows_free(&c->kept);
    ur_example_free(&c->example);
    free(c->labels);
    free(c->tokens);
    free(c->word);
    free(c->end);
    free(c->lane_of);
    free(c->text);
    free(c->ids);
    free(c->values);
    free(c->lengths);
    free(c->targets);
    free(c->target_values);
    free(c->weights);
    free(c->class_weight);
    ur_first_vectors_free(&c->vectors);
    free(c->varied);
    free(c->counts);
    free(c->confusion);
}

/* ---- Opening ------------------------------------------------------------------------------------------------------ */

ur_labelled_options ur_classify_options(const ur_classify *c)
{
    const ur_classify_settings *s = &c->settings;
    return (ur_labelled_options){.watcher = c->watcher,
                                 .form = s->form,
                                 .text_column = s->text_column,
                                 .label_column = s->label_column,
                                 .header = s->header,
                                 .label_from = s->label_from,
                                 .relabel = s->relabel,
                                 .phrases = s->phrases == 1,
                                 .pixels = s->scan == 1,
                                 .labels = c->labels,
                                 .label_count = c->label_count,
                                 .rows = c->input.rows,
                                 .columns = c->input.columns,
                                 .channels = c->input.channels,
                                 .rate = c->input.rate,
                                 .seed = c->seed};
}

static ur_status take_labels(ur_classify *c, ur_error *error)
{
    c->label_count = ur_labelled_labels(c->set);
    c->labels = calloc(c->label_count + 1, sizeof *c->labels);
    if (!c->labels) return ur_fail_memory(error, "the labels");
    for (size_t i = 0; i < c->label_count; i++) c->labels[i] = ur_labelled_label_text(c->set, i);
    if (c->label_count < 2)
        return ur_fail(error, UR_ERR_DATA, "all examples have the label \"%s\"; there is nothing to learn",
                       c->labels[0]);
    if (!c->settings.hierarchy || c->label_count == UR_CLASS_SIDES) return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "`hierarchy` needs three labels: negative, neutral and positive; the data have %zu (`relabel` joins some)",
        c->label_count);
}

/* Holds out part I of K. Each example draws a random number from 0 to 1; those in the I-th of K equal intervals are
 * held out. */
static ur_status choose_fold(const ur_classify *c, const ur_run_settings *run, ur_labelled_options *options,
                             ur_error *error)
{
    size_t part, parts;
    if (!c->settings.val_fold) return UR_OK;
    UR_TRY(ur_val_fold_read(c->settings.val_fold, run, options->val_match, &part, &parts, error));
    options->val_fraction = 1 / (double)parts;
    options->val_from = (double)part / (double)parts;
    return UR_OK;
}

/* Whether the data are two files, IMAGES and LABELS, with validation data after them: with --val IMAGES2 LABELS2 there
 * are three words. */
static bool is_pair(const ur_settings *settings)
{
    return settings->run.validation && settings->data.count == 3 && strstr(settings->data.text[0], "idx");
}

static ur_status open_validation(ur_classify *c, const ur_settings *settings, bool pair, ur_error *error)
{
    const char *paths[2] = {settings->run.validation, pair ? settings->data.text[2] : NULL};
    ur_labelled_options options = ur_classify_options(c);
    options.phrases = false;
    options.rate = ur_labelled_rate(c->set);
    UR_TRY(ur_labelled_open(&c->validation, paths, pair ? 2 : 1, &options, error));
    if (ur_labelled_features(c->validation) == ur_labelled_features(c->set)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %zu numbers a step, the training data have %zu", paths[0],
                   ur_labelled_features(c->validation), ur_labelled_features(c->set));
}

static ur_status open_training(ur_classify *c, const ur_settings *settings, ur_error *error)
{
    const ur_run_settings *run = &settings->run;
    ur_labelled_options options = ur_classify_options(c);
    options.val_match = c->settings.val_match;
    if (!run->validation && !options.val_match) options.val_fraction = run->validation_share;
    UR_TRY(choose_fold(c, run, &options, error));
    bool pair = is_pair(settings);
    UR_TRY(ur_labelled_open(&c->set, settings->data.text, pair ? 2 : settings->data.count, &options, error));
    UR_TRY(take_labels(c, error));
    if (!run->validation) return UR_OK;
    return open_validation(c, settings, pair, error);
}

static ur_status open_judged(ur_classify *c, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_labelled_options options = ur_classify_options(c);
    options.phrases = false;
    UR_TRY(ur_labelled_open(&c->set, settings->data.text, settings->data.count, &options, error));
    if (ur_labelled_features(c->set) == ur_model_features(from)) return UR_OK;
    return ur_fail(error, UR_ERR_DATA, "%s: %zu numbers a step, the model takes %zu (0: text)", settings->data.text[0],
                   ur_labelled_features(c->set), ur_model_features(from));
}

/* ---- Tokens ------------------------------------------------------------------------------------------------------- */

/* The mean number of bytes of a text, and the share of bytes beyond ASCII, over a sample of the examples. */
static ur_status look_at_texts(ur_classify *c, double *length, double *foreign, ur_error *error)
{
    size_t count = ur_labelled_count(c->set) < 1000 ? ur_labelled_count(c->set) : 1000, bytes = 0, beyond = 0;
    for (size_t i = 0; i < count; i++) {
        UR_TRY(ur_labelled_read(c->set, i * (ur_labelled_count(c->set) / count), &c->example, error));
        bytes += c->example.length;
        for (size_t k = 0; k < c->example.length; k++) beyond += (unsigned char)c->example.text[k] >= 0x80;
    }
    *length = (double)bytes / (double)count;
    *foreign = (double)beyond / (double)(bytes ? bytes : 1);
    return UR_OK;
}

static bool spells(const ur_classify *c) { return strcmp(c->settings.characters, "none") != 0; }

/* Chooses the tokens. Short texts such as names are read by character. So are Korean and Chinese, whose words are too
 * many. `characters` are read in addition to words, and vectors belong to words; both need words as tokens. */
static ur_status choose_tokens(ur_classify *c, ur_error *error)
{
    double length, foreign;
    if (spells(c) && c->settings.token && strcmp(c->settings.token, "word") != 0)
        return ur_fail(error, UR_ERR_USAGE,
                       "`characters` are read beside words, and `token` is %s; leave one of them out",
                       c->settings.token);
    if (spells(c)) c->settings.token = "word";
    if (c->settings.vectors && !c->settings.token) c->settings.token = "word";
    if (c->settings.token) return UR_OK;
    UR_TRY(look_at_texts(c, &length, &foreign, error));
    c->settings.token = length < 24 || foreign > 0.5 ? "char" : "word";
    return UR_OK;
}

static ur_status count_tokens(ur_classify *c, ur_error *error)
{
    ur_token_kind kind;
    size_t count;
    UR_TRY(ur_token_kind_find(c->settings.token, &kind, error));
    UR_TRY(ur_vocabulary_create(&c->vocabulary, kind, error));
    if (spells(c)) UR_TRY(ur_vocabulary_create(&c->characters, UR_TOKEN_CHAR, error));
    for (size_t i = 0; i < ur_labelled_count(c->set); i++) {
        if (ur_labelled_held(c->set, i)) continue;
        UR_TRY(ur_labelled_read(c->set, i, &c->example, error));
        UR_TRY(ur_classify_cut(c, c->example.text, c->example.length, &count, c->vocabulary, error));
        for (size_t t = 0; c->characters && t < count; t++)
            UR_TRY(ur_spell_count(c->characters, c->word[t], c->spelling.jamo, error));
    }
    UR_TRY(ur_vocabulary_settle(c->vocabulary, c->settings.min_count, c->settings.vocabulary_limit, true, error));
    return c->characters ? ur_vocabulary_settle(c->characters, 1, 0, true, error) : UR_OK;
}

/* ---- Parts -------------------------------------------------------------------------------------------------------- */

static ur_status measure_example(ur_classify *c, const ur_labelled *set, size_t i, uint32_t *length, ur_error *error)
{
    size_t count = 0;
    UR_TRY(ur_labelled_read(set, i, &c->example, error));
    if (c->vocabulary) {
        UR_TRY(ur_classify_cut(c, c->example.text, c->example.length, &count, NULL, error));
    } else {
        c->cut = c->example.steps > c->settings.max_length && c->settings.scan != 1;
        count = c->cut ? c->settings.max_length : c->example.steps;
    }
    c->cut_count += c->cut;
    *length = (uint32_t)count;
    return UR_OK;
}

/* Collects the examples of a set that are held out, or those that are not, or with `all` both. */
static ur_status make_part(ur_classify *c, ur_part which, const ur_labelled *set, bool held, bool all, ur_error *error)
{
    ur_class_part *p = &c->part[which];
    size_t room = ur_labelled_count(set) + 1;
    *p = (ur_class_part){.set = set};
    p->example = calloc(room, sizeof *p->example);
    p->length = calloc(room, sizeof *p->length);
    if (!p->example || !p->length) return ur_fail_memory(error, "the examples");
    for (size_t i = 0; i + 1 < room; i++) {
        if (!all && ur_labelled_held(set, i) != held) continue;
        p->example[p->count] = (uint32_t)i;
        UR_TRY(measure_example(c, set, i, &p->length[p->count++], error));
    }
    return UR_OK;
}

static ur_status make_parts(ur_classify *c, ur_error *error)
{
    UR_TRY(make_part(c, UR_PART_TRAIN, c->set, false, false, error));
    if (!c->part[UR_PART_TRAIN].count) return ur_fail(error, UR_ERR_DATA, "no example is left to train on");
    if (c->validation) return make_part(c, UR_PART_VALIDATION, c->validation, false, true, error);
    return make_part(c, UR_PART_VALIDATION, c->set, true, false, error);
}

ur_status ur_classify_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_classify *c = data;
    c->settings = *(const ur_classify_settings *)settings->own;
    c->seed = settings->run.learning.seed;
    c->watcher = &settings->run.watcher;
    c->spelling.jamo = strcmp(c->settings.characters, "jamo") == 0;
    if (from) UR_TRY(ur_classify_take_model(c, from, error));
    if (!settings->data.count)
        return from ? UR_OK : ur_fail(error, UR_ERR_USAGE, "no data to train on; name a file or a folder");
    UR_TRY(from ? open_judged(c, settings, from, error) : open_training(c, settings, error));
    bool text = !ur_labelled_features(c->set);
    if (!text && spells(c))
        return ur_fail(error, UR_ERR_USAGE, "`characters` %s: these data are not text", c->settings.characters);
    if (text) UR_TRY(choose_tokens(c, error));
    if (text && !from) UR_TRY(count_tokens(c, error));
    if (!from)
        UR_TRY(ur_first_vectors_read(&c->vectors, c->settings.vectors, c->settings.vectors_fixed, c->vocabulary,
                                     c->settings.keep_case, error));
    UR_TRY(from ? make_part(c, UR_PART_TEST, c->set, false, true, error) : make_parts(c, error));
    ur_labelled_watch(c->set, NULL); /* updates are not watched */
    if (c->validation) ur_labelled_watch(c->validation, NULL);
    c->watcher = NULL;
    return UR_OK;
}

void ur_classify_describe(const void *data, char *text, size_t size)
{
    const ur_classify *c = data;
    char cut[96] = "", tokens[192] = "";
    if (c->vocabulary)
        snprintf(tokens, sizeof tokens, "; %zu different %ss", ur_vocabulary_size(c->vocabulary), c->settings.token);
    size_t at = strlen(tokens);
    ur_first_vectors_describe(&c->vectors, tokens + at, sizeof tokens - at);
    if (c->cut_count)
        snprintf(cut, sizeof cut, "; of %zu only the first %zu steps are read (`max-length`)", c->cut_count,
                 c->settings.max_length);
    snprintf(text, size, "%s; %zu to train on, %zu to validate on%s%s", ur_labelled_found(c->set),
             c->part[UR_PART_TRAIN].count, c->part[UR_PART_VALIDATION].count, tokens, cut);
}

uint64_t ur_classify_hash(const void *data, ur_part part)
{
    const ur_classify *c = data;
    if (part == UR_PART_TRAIN) return ur_labelled_hash(c->set);
    return part == UR_PART_VALIDATION && c->validation ? ur_labelled_hash(c->validation) : 0;
}
