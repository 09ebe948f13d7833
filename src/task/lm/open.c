/* Opens and counts the text of a language model, and describes it in the model's record. */
#include "task/lm/lm.h"

#include "base/utf8.h"
#include "format/record.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void ur_lm_close(void *data)
{
    ur_lm *lm = data;
    ur_lanes_close(&lm->lanes);
    ur_lanes_close(&lm->validation_lanes);
    ur_corpus_close(lm->corpus);
    ur_corpus_close(lm->validation);
    if (!lm->given) ur_vocabulary_free(lm->vocabulary);
    free(lm->counts);
    free(lm->sample);
}

/* ---- opening ---------------------------------------------------------------------------------------------------- */

enum { TRAIN_LEAST = 3 };

/* Number of tokens at the end to validate on: at least two, or none if too few would be left to train on. */
static uint64_t held_out(uint64_t tokens, double share)
{
    uint64_t held = tokens - (uint64_t)((double)tokens * (1 - share));
    if (held >= 2) return held;
    return tokens >= TRAIN_LEAST + 2 ? 2 : 0;
}

static ur_status open_validation(ur_lm *lm, const ur_run_settings *run, const ur_corpus_options *options,
                                 ur_error *error)
{
    uint64_t tokens = ur_corpus_tokens(lm->corpus);
    if (run->validation) {
        UR_TRY(ur_corpus_open(&lm->validation, &run->validation, 1, options, error));
        lm->validation_end = ur_corpus_tokens(lm->validation);
        if (lm->validation_end < 2)
            return ur_fail(error, UR_ERR_DATA, "%s: 1 %s is too short to validate on; at least 2 are needed",
                           run->validation, lm->settings.token);
    } else if (run->validation_share > 0) {
        lm->train_end = tokens - held_out(tokens, run->validation_share);
        lm->validation_begin = lm->train_end;
        lm->validation_end = tokens;
    }
    if (lm->train_end >= TRAIN_LEAST) return UR_OK;
    ur_fail(error, UR_ERR_DATA,
            "the text is too short: %llu of its %llu %ss are left to train on; at least %d are needed",
            (unsigned long long)lm->train_end, (unsigned long long)tokens, lm->settings.token, TRAIN_LEAST);
    return ur_corpus_fail_in(lm->corpus, error, UR_ERR_DATA);
}

static ur_status open_text(ur_lm *lm, const ur_settings *settings, ur_error *error)
{
    ur_corpus_options options = {.replace_invalid = lm->settings.invalid == 1, .watcher = &settings->run.watcher};
    if (!settings->data.count) return ur_fail(error, UR_ERR_USAGE, "no text to train on");
    UR_TRY(ur_token_kind_find(lm->settings.token, &options.kind, error));
    UR_TRY(ur_corpus_open(&lm->corpus, settings->data.text, settings->data.count, &options, error));
    lm->train_end = ur_corpus_tokens(lm->corpus);
    return open_validation(lm, &settings->run, &options, error);
}

static ur_status make_vocabulary(ur_lm *lm, ur_error *error)
{
    const ur_lm_settings *s = &lm->settings;
    UR_TRY(ur_corpus_count(lm->corpus, 0, lm->train_end, &lm->vocabulary, error));
    ur_status status = ur_vocabulary_settle(lm->vocabulary, s->min_count, s->vocabulary_limit, !s->no_unknown, error);
    if (status == UR_ERR_DATA) ur_corpus_fail_in(lm->corpus, error, status);
    UR_TRY(status);
    if (ur_vocabulary_size(lm->vocabulary) - (s->no_unknown ? 0 : 1) >= 2) return UR_OK;
    ur_fail(error, UR_ERR_DATA, "the text has only one kind of %s; there is nothing to predict", s->token);
    return ur_corpus_fail_in(lm->corpus, error, UR_ERR_DATA);
}

static ur_status check_windows(const ur_lm_settings *s, ur_error *error)
{
    if (!s->bptt || s->bptt_step <= s->bptt) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`bptt-step` %zu is more than `bptt` %zu", s->bptt_step, s->bptt);
}

ur_status ur_lm_open(void *data, const ur_settings *settings, const ur_model *from, ur_error *error)
{
    ur_lm *lm = data;
    lm->settings = *(const ur_lm_settings *)settings->own;
    lm->seed = settings->run.learning.seed;
    UR_TRY(check_windows(&lm->settings, error));
    UR_TRY(open_text(lm, settings, error));
    if (!from) return make_vocabulary(lm, error);
    lm->vocabulary = from->vocabulary;
    lm->given = true;
    return UR_OK;
}

void ur_lm_describe(const void *data, char *text, size_t size)
{
    const ur_lm *lm = data;
    const char *left_out = ur_corpus_left_out(lm->corpus),
               *of_them = lm->validation ? ur_corpus_left_out(lm->validation) : "";
    const unsigned long long held = lm->validation_end - lm->validation_begin, most = lm->settings.validation_tokens;
    char part[64] = "";
    if (most && held > most) snprintf(part, sizeof part, ", about %llu of them at an evaluation", most);
    snprintf(text, size, "%llu %ss to train on, %llu to validate on%s; %zu different ones%s%s%s%s",
             (unsigned long long)lm->train_end, lm->settings.token, held, part, ur_vocabulary_size(lm->vocabulary),
             *left_out ? "; " : "", left_out, *of_them ? "; to validate on: " : "", of_them);
}

uint64_t ur_lm_hash(const void *data, ur_part part)
{
    const ur_lm *lm = data;
    if (part == UR_PART_TRAIN) return ur_corpus_hash(lm->corpus);
    return part == UR_PART_VALIDATION && lm->validation ? ur_corpus_hash(lm->validation) : 0;
}

/* ---- the model's record ----------------------------------------------------------------------------------------- */

static json_t *name_json(const char *name)
{
    size_t length;
    char *clean = ur_utf8_clean(name, strlen(name), &length);
    json_t *text = clean ? json_stringn(clean, length) : NULL;
    free(clean);
    return text;
}

/* The names and sizes of the first thousand files; NULL if there is no memory. */
static json_t *files_json(const ur_corpus *corpus)
{
    json_t *files = json_array();
    for (size_t i = 0; files && i < ur_corpus_files(corpus) && i < 1000; i++) {
        json_t *file = json_pack("{s:o,s:I}", "name", name_json(ur_corpus_file_name(corpus, i)), "bytes",
                                 (json_int_t)ur_corpus_file_size(corpus, i));
        if (json_array_append_new(files, file) == 0) continue;
        json_decref(files);
        return NULL;
    }
    return files;
}

static json_t *hash_json(const ur_corpus *corpus)
{
    char hash[24];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)ur_corpus_hash(corpus));
    return json_string(hash);
}

static ur_status record_text(const ur_lm *lm, ur_model *model, ur_error *error)
{
    json_t *text =
        json_pack("{s:o,s:o,s:I,s:I}", "files", files_json(lm->corpus), "hash", hash_json(lm->corpus), "units",
                  (json_int_t)ur_corpus_tokens(lm->corpus), "train_units", (json_int_t)lm->train_end);
    int failed = lm->validation ? json_object_set_new(text, "validation_hash", hash_json(lm->validation)) : 0;
    UR_TRY(ur_record_set(model, "trained_on", text, error));
    return failed ? ur_fail_memory(error, "the model's record") : UR_OK;
}

ur_status ur_lm_record(void *data, ur_model *model, ur_error *error)
{
    ur_lm *lm = data;
    model->vocabulary = lm->vocabulary;
    lm->given = true;
    if (!ur_predicts_tokens(model))
        return ur_fail(
            error, UR_ERR_USAGE,
            "network line \"%s\": a language model has one line from onehot or embed to dense, without last, "
            "and gives as many numbers as there are tokens (%zu)",
            model->net, model->sizes.symbols);
    return record_text(lm, model, error);
}
