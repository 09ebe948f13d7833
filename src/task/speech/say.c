/* A language model that helps to choose the text. It is a model of characters that was trained on lines of text. It
 * reads a line break and then the text; a word is a blank and its characters. It adds weight·log p to the score. */
#include "task/speech/speech.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/scalar.h"
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

struct ur_speech_say {
    ur_model *model;
    bool words;
    double weight;
    size_t outputs, state_size;
    int32_t line, blank; /* ids of a line break and of a blank; −1 if the model has none */
    int32_t *id;         /* ids of the characters of all tokens, one token after the other */
    size_t *begin;       /* where each token begins in `id`, and the end of the last one */
    char *spare;         /* work space for looking ahead */
    ur_ctc_judge judge;
};

/* What belongs to one prefix of a text. It is followed by log p of the next character, and by the model's state. */
typedef struct said {
    bool any;  /* the prefix has a token */
    bool told; /* something was read, so log p is valid */
} said;

static ur_real *log_p_of(void *own) { return (ur_real *)(void *)((char *)own + UR_ALIGN); }

static ur_state *state_of(const ur_speech_say *s, void *own)
{
    size_t numbers = (s->outputs * sizeof(ur_real) + UR_ALIGN - 1) / UR_ALIGN * UR_ALIGN;
    return (ur_state *)(void *)((char *)own + UR_ALIGN + numbers);
}

static size_t size_of(const ur_speech_say *s)
{
    size_t numbers = (s->outputs * sizeof(ur_real) + UR_ALIGN - 1) / UR_ALIGN * UR_ALIGN;
    return UR_ALIGN + numbers + (s->state_size + UR_ALIGN - 1) / UR_ALIGN * UR_ALIGN;
}

/* Converts logits to log probabilities. */
static void normalise(ur_real *x, size_t count)
{
    double top = (double)x[0], sum = 0;
    for (size_t i = 1; i < count; i++) top = (double)x[i] > top ? (double)x[i] : top;
    for (size_t i = 0; i < count; i++) sum += ur_exp((double)x[i] - top);
    for (size_t i = 0; i < count; i++) x[i] = (ur_real)((double)x[i] - top - ur_log(sum));
}

static void read_id(const ur_speech_say *s, void *own, int32_t id)
{
    ur_step(s->model, state_of(s, own), &id, log_p_of(own));
    normalise(log_p_of(own), s->outputs);
    ((said *)own)->told = true;
}

/* Returns log p of a character and then reads it, unless `stay` is set. */
static double hear_id(const ur_speech_say *s, void *own, int32_t id, bool stay)
{
    double p = ((said *)own)->told ? (double)log_p_of(own)[id] : 0;
    if (!stay) read_id(s, own, id);
    return p;
}

/* Returns log p of a token's characters, with the blank before a word that follows another, and reads them. The last
 * one is read only if `whole` is set. */
static double hear_token(const ur_speech_say *s, void *own, int32_t label, bool whole)
{
    double sum = 0;
    const size_t end = s->begin[label + 1];
    if (s->words && ((said *)own)->any) sum += hear_id(s, own, s->blank, false);
    for (size_t i = s->begin[label]; i < end; i++) sum += hear_id(s, own, s->id[i], i + 1 == end && !whole);
    ((said *)own)->any = true;
    return sum;
}

/* ---- The judge ------------------------------------------------------------------------------------------------------ */

static void begin_text(void *context, void *own)
{
    const ur_speech_say *s = context;
    ur_error error;
    memset(own, 0, s->judge.size);
    ur_state_init(state_of(s, own), s->state_size, s->model, 1, &error);
    if (s->line >= 0) read_id(s, own, s->line);
}

static double score_label(void *context, const void *own, int32_t label)
{
    const ur_speech_say *s = context;
    bool at_once = s->begin[label + 1] == s->begin[label] + 1 && !(s->words && ((const said *)own)->any);
    if (at_once && ((const said *)own)->told)
        return s->weight * (double)log_p_of((void *)(uintptr_t)own)[s->id[s->begin[label]]];
    memcpy(s->spare, own, s->judge.size);
    return s->weight * hear_token(s, s->spare, label, false);
}

static void move_on(void *context, const void *own, int32_t label, void *own_next)
{
    const ur_speech_say *s = context;
    memcpy(own_next, own, s->judge.size);
    hear_token(s, own_next, label, true);
}

static double end_text(void *context, const void *own)
{
    const ur_speech_say *s = context;
    if (s->line < 0 || !((const said *)own)->told) return 0;
    return s->weight * (double)log_p_of((void *)(uintptr_t)own)[s->line];
}

/* ---- Making --------------------------------------------------------------------------------------------------------- */

void ur_speech_say_free(ur_speech_say *s)
{
    if (!s) return;
    ur_model_free(s->model);
    free(s->id);
    free(s->begin);
    ur_block_free(s->spare);
    free(s);
}

/* The id of a text of one character or byte; −1 if the model does not know it. */
static int32_t find_id(const ur_model *m, const char *text, size_t length)
{
    int32_t id;
    size_t count;
    return ur_encode(m, text, length, &id, 1, &count, NULL) == UR_OK && count == 1 ? id : -1;
}

static ur_status spell_tokens(ur_speech_say *s, const ur_vocabulary *tokens, ur_error *error)
{
    size_t count = ur_vocabulary_size(tokens), all = 0, more;
    s->begin = calloc(count + 1, sizeof *s->begin);
    s->id = calloc(count * UR_TOKEN_MAX_BYTES + 1, sizeof *s->id);
    if (!s->begin || !s->id) return ur_fail_memory(error, "a language model");
    for (size_t i = 0; i < count; i++) {
        size_t length;
        ur_error why = {0};
        const char *text = ur_vocabulary_text(tokens, (int32_t)i, &length);
        if (ur_encode(s->model, text, length, s->id + all, UR_TOKEN_MAX_BYTES, &more, &why) != UR_OK)
            return ur_fail(error, UR_ERR_DATA, "`lm`: it does not know how to spell \"%.*s\": %s", (int)length, text,
                           why.text);
        all += more;
        s->begin[i + 1] = all;
    }
    return UR_OK;
}

static ur_status check_model(const ur_model *m, const char *path, ur_error *error)
{
    bool reads = m->vocabulary && ur_predicts_tokens(m) && ur_check_streams(m, NULL) == UR_OK;
    ur_token_kind kind = reads ? ur_vocabulary_kind(m->vocabulary) : UR_TOKEN_WHOLE;
    if (reads && (kind == UR_TOKEN_CHAR || kind == UR_TOKEN_BYTE)) return UR_OK;
    return ur_fail(error, UR_ERR_USAGE, "`lm` %s: not a language model of characters (unroll train lm)", path);
}

/* Loads a model file, or the model in the folder of a run. */
static ur_status load_model(ur_model **model, const char *path, ur_error *error)
{
    char *within = ur_path_is_folder(path) ? ur_path_join(path, "model.safetensors") : strdup(path);
    if (!within) return ur_fail_memory(error, "a language model");
    ur_status status = ur_model_load(model, within, NULL, error);
    free(within);
    return status;
}

static ur_status open_say(ur_speech_say *s, const char *path, const ur_vocabulary *tokens, ur_error *error)
{
    UR_TRY(load_model(&s->model, path, error));
    UR_TRY(check_model(s->model, path, error));
    UR_TRY(spell_tokens(s, tokens, error));
    s->words = ur_vocabulary_kind(tokens) == UR_TOKEN_WHOLE;
    s->outputs = ur_model_outputs(s->model);
    s->state_size = ur_state_size(s->model, 1);
    s->line = find_id(s->model, "\n", 1);
    s->blank = find_id(s->model, " ", 1);
    if (s->words && s->blank < 0)
        return ur_fail(error, UR_ERR_DATA, "`lm` %s: it has no token for the space between words", path);
    s->judge = (ur_ctc_judge){s, size_of(s), begin_text, score_label, move_on, end_text};
    s->spare = ur_block_alloc(s->judge.size, 1);
    return s->spare ? UR_OK : ur_fail_memory(error, "a language model");
}

ur_status ur_speech_say_open(ur_speech_say **say, const char *path, double weight, const ur_vocabulary *tokens,
                             ur_error *error)
{
    ur_speech_say *s = *say = calloc(1, sizeof *s);
    if (!s) return ur_fail_memory(error, "a language model");
    s->weight = weight;
    ur_status status = open_say(s, path, tokens, error);
    if (status == UR_OK) return UR_OK;
    ur_speech_say_free(s);
    *say = NULL;
    return status;
}

const ur_ctc_judge *ur_speech_say_judge(const ur_speech_say *say) { return say ? &say->judge : NULL; }
