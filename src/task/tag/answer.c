/*
 * Answers sentences as they arrive, line by line. A line of text is a sentence. Words, one per line, and CoNLL-U are
 * answered at the empty line after a sentence. Anything that is not CoNLL-U is turned into it first.
 */
#include "task/tag/tag.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An answer in progress. */
typedef struct ur_answering {
    ur_tag *c;
    ur_learner *learner;
    bool json;
    const ur_sink *sink;
} ur_answering;

/* ---- Text in buffers ----------------------------------------------------------------------------------------------- */

ur_status ur_tag_add_text(ur_tag_text *to, const char *text, size_t length, ur_error *error)
{
    if (to->length + length > to->room) {
        size_t room = 2 * (to->length + length) + 256;
        char *grown = realloc(to->text, room);
        if (!grown) return ur_fail_memory(error, "a sentence");
        to->text = grown;
        to->room = room;
    }
    if (length) memcpy(to->text + to->length, text, length);
    to->length += length;
    return UR_OK;
}

static ur_status keep_line(ur_tag_input *in, ur_field line, ur_error *error)
{
    UR_TRY(ur_tag_add_text(&in->lines, line.text, line.length, error));
    return ur_tag_add_text(&in->lines, "\n", 1, error);
}

static ur_status make_text(ur_tag_input *in, const char *text, size_t length, ur_error *error)
{
    return ur_tag_add_text(&in->made, text, length, error);
}

/* The line of `lines` that begins at *at. Moves *at to the next line. */
static ur_field next_line(const ur_tag_input *in, size_t *at)
{
    const char *line = in->lines.text + *at, *end = memchr(line, '\n', in->lines.length - *at);
    *at += (size_t)(end - line) + 1;
    return (ur_field){line, (size_t)(end - line)};
}

static ur_status make_word(ur_tag_input *in, ur_field word, size_t number, bool joined, ur_error *error)
{
    char id[32];
    const char *rest = joined ? "\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n" : "\t_\t_\t_\t_\t_\t_\t_\t_\n";
    int size = snprintf(id, sizeof id, "%zu\t", number);
    UR_TRY(make_text(in, id, (size_t)size, error));
    UR_TRY(make_text(in, word.text, word.length, error));
    return make_text(in, rest, strlen(rest), error);
}

/* ---- Answers ------------------------------------------------------------------------------------------------------- */

/* Answers a sentence of CoNLL-U. A sentence without words is passed on unchanged. */
static ur_status answer_sentence(const ur_answering *a, const char *text, size_t length, ur_error *error)
{
    ur_tag *c = a->c;
    ur_batch batch;
    int32_t *labels[UR_TAG_HEADS] = {NULL};
    UR_TRY(ur_sentence_take(&c->sentence, text, length, error));
    if (c->sentence.count) UR_TRY(ur_tag_batch_sentence(c, &batch, error));
    for (size_t h = 0; c->sentence.count && h < c->heads; h++) {
        labels[h] = c->head[h].there;
        UR_TRY(ur_predict_labels(a->learner, &batch, c->head[h].line, labels[h], error));
    }
    return ur_tag_write(c, text, length, labels, a->json, a->sink, error);
}

static ur_status answer_made(const ur_answering *a, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    bool conllu = !a->json && !a->c->settings.in_line;
    if (conllu) UR_TRY(make_text(in, "\n", 1, error));
    return answer_sentence(a, in->made.text, in->made.length, error);
}

/* Turns a line of text into CoNLL-U. A line of blanks gives nothing. */
static ur_status make_sentence(ur_tag_input *in, ur_field line, ur_error *error)
{
    ur_field rest = ur_field_trim(line);
    in->made.length = 0;
    if (!rest.length) return UR_OK;
    UR_TRY(make_text(in, "# text = ", 9, error));
    UR_TRY(make_text(in, rest.text, rest.length, error));
    UR_TRY(make_text(in, "\n", 1, error));
    for (size_t number = 1; rest.length; number++) {
        size_t size = ur_tag_cut(rest.text, rest.length);
        ur_field word = {rest.text, size}, behind = {rest.text + size, rest.length - size};
        rest = ur_field_trim(behind);
        UR_TRY(make_word(in, word, number, rest.length && rest.text == behind.text, error));
    }
    return UR_OK;
}

static ur_status answer_text(const ur_answering *a, ur_field line, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    UR_TRY(make_sentence(in, line, error));
    return in->made.length ? answer_made(a, error) : UR_OK;
}

static ur_status answer_tokens(const ur_answering *a, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    size_t number = 0;
    in->made.length = 0;
    for (size_t at = 0; at < in->lines.length;) UR_TRY(make_word(in, next_line(in, &at), ++number, false, error));
    in->lines.length = 0;
    return number ? answer_made(a, error) : UR_OK;
}

static ur_status answer_conllu(const ur_answering *a, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    ur_status status = in->lines.length ? answer_sentence(a, in->lines.text, in->lines.length, error) : UR_OK;
    in->lines.length = 0;
    a->c->sentence.count = 0;
    return status;
}

/* Answers what still waits. */
static ur_status answer_rest(const ur_answering *a, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    if (in->form == UR_TAG_TOKENS) return answer_tokens(a, error);
    if (in->form == UR_TAG_CONLLU) return answer_conllu(a, error);
    for (size_t at = 0; at < in->lines.length;) UR_TRY(answer_text(a, next_line(in, &at), error)); /* lines with a # */
    in->lines.length = 0;
    return UR_OK;
}

/* ---- Lines --------------------------------------------------------------------------------------------------------- */

static ur_status check_line(ur_field line, ur_error *error)
{
    for (size_t at = 0; at < line.length;) {
        uint32_t code;
        int size = ur_utf8_decode((const unsigned char *)line.text + at, line.length - at, &code);
        if (size <= 0 || !code)
            return ur_fail(error, UR_ERR_DATA,
                           "byte %zu: invalid UTF-8; turn the text into UTF-8 first (iconv -t UTF-8)", at + 1);
        at += (size_t)size;
    }
    return UR_OK;
}

static ur_status take_token(const ur_answering *a, ur_field line, ur_error *error)
{
    ur_field word = ur_field_trim(line);
    if (!word.length) return answer_tokens(a, error);
    if (memchr(word.text, '\t', word.length))
        return ur_fail(error, UR_ERR_DATA, "a tab in a line that should be one word; is it CoNLL-U (`lines` conllu)?");
    return keep_line(&a->c->input, word, error);
}

static ur_status take_conllu(const ur_answering *a, ur_field line, ur_error *error)
{
    bool returns = line.length && line.text[line.length - 1] == '\r';
    ur_field bare = {line.text, line.length - returns};
    bool passes = !a->json && !a->c->settings.in_line;
    if (bare.length) UR_TRY(ur_sentence_line(&a->c->sentence, bare, error));
    if (bare.length) return keep_line(&a->c->input, line, error);
    UR_TRY(answer_conllu(a, error));
    if (passes) UR_TRY(a->sink->write(a->sink->context, line.text, line.length, error));
    return passes ? a->sink->write(a->sink->context, "\n", 1, error) : UR_OK;
}

/* Reads the lines so far as CoNLL-U. */
static ur_status take_kept(const ur_answering *a, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    ur_tag_text kept = in->lines;
    ur_status status = UR_OK;
    in->lines = (ur_tag_text){NULL, 0, 0};
    for (size_t at = 0, end; at < kept.length && status == UR_OK; at = end + 1) {
        end = (size_t)((char *)memchr(kept.text + at, '\n', kept.length - at) - kept.text);
        status = take_conllu(a, (ur_field){kept.text + at, end - at}, error);
    }
    free(kept.text);
    return status;
}

/* Decides the form of the input. Comments and empty lines may begin CoNLL-U as well as text, so the first other line
 * decides: in CoNLL-U each word has a tab. */
static ur_status look(const ur_answering *a, ur_field line, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    const char *told = a->c->settings.lines;
    if (told) in->form = *told == 'c' ? UR_TAG_CONLLU : told[1] == 'o' ? UR_TAG_TOKENS : UR_TAG_TEXT;
    bool tells = ur_field_trim(line).length && line.text[0] != '#';
    if (told || !tells) return told ? UR_OK : keep_line(in, line, error);
    if (memchr(line.text, '\t', line.length)) {
        in->form = UR_TAG_CONLLU;
        return take_kept(a, error);
    }
    UR_TRY(answer_rest(a, error));
    in->form = UR_TAG_TEXT;
    return UR_OK;
}

static ur_status take_line(const ur_answering *a, ur_field line, ur_error *error)
{
    ur_tag_input *in = &a->c->input;
    UR_TRY(check_line(line, error));
    if (in->form == UR_TAG_LOOKING) UR_TRY(look(a, line, error));
    if (in->form == UR_TAG_TEXT) return answer_text(a, line, error);
    if (in->form == UR_TAG_TOKENS) return take_token(a, line, error);
    return in->form == UR_TAG_CONLLU ? take_conllu(a, line, error) : UR_OK;
}

/* `item` may be a whole file. */
ur_status ur_tag_answer(void *data, ur_learner *learner, const char *item, size_t length, bool json,
                        const ur_sink *sink, ur_error *error)
{
    const ur_answering a = {data, learner, json, sink};
    if (!item) return answer_rest(&a, error);
    for (size_t at = 0;; at++) {
        const char *end = length > at ? memchr(item + at, '\n', length - at) : NULL;
        size_t size = end ? (size_t)(end - item) - at : length - at;
        if (!end && at && !size) return UR_OK;
        UR_TRY(take_line(&a, (ur_field){item + at, size}, error));
        if (!end) return UR_OK;
        at += size;
    }
}

/* ---- Inspection ---------------------------------------------------------------------------------------------------- */

ur_status ur_tag_look(void *data, const ur_model *model, const char *item, size_t length, size_t number, ur_item *seen,
                      ur_error *error)
{
    ur_tag *c = data;
    const ur_field line = {item, length};
    (void)number;
    UR_TRY(check_line(line, error));
    UR_TRY(make_sentence(&c->input, line, error));
    if (!c->input.made.length) return ur_fail(error, UR_ERR_USAGE, "the text is empty; give at least one word");
    UR_TRY(ur_sentence_take(&c->sentence, c->input.made.text, c->input.made.length, error));
    UR_TRY(ur_tag_batch_sentence(c, &seen->batch, error));
    seen->steps = c->sentence.count;
    seen->line = ur_line_of_words(model);
    seen->answers = c->head[0].line;
    seen->each_step = seen->apart = true;
    return UR_OK;
}

const char *ur_tag_step_text(const void *data, size_t step, size_t *length)
{
    const ur_field *word = &((const ur_tag *)data)->sentence.word[step].field[UR_CONLLU_FORM];
    *length = word->length;
    return word->text;
}
