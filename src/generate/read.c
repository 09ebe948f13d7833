/* Reads text into a session. */
#include "base/error.h"
#include "base/utf8.h"
#include "generate/session.h"

static ur_status pass_token(void *context, int32_t id, ur_error *error)
{
    (void)context;
    (void)id;
    (void)error;
    return UR_OK;
}

static ur_status accept_token(void *context, int32_t id, ur_error *error)
{
    return ur_session_accept(context, id, error);
}

/* Reads on trial first, so that nothing is read of a text that is not valid. */
static ur_status feed(ur_session *s, const char *text, size_t length, bool last, ur_error *error)
{
    const ur_vocabulary *vocabulary = s->model->vocabulary;
    ur_feed trial = s->feed;
    UR_TRY(ur_feed_add(&trial, vocabulary, text, length, last, pass_token, NULL, error));
    return ur_feed_add(&s->feed, vocabulary, text, length, last, accept_token, s, error);
}

ur_status ur_session_read(ur_session *s, const char *text, size_t length, ur_error *error)
{
    if (!s->model->vocabulary) return ur_fail(error, UR_ERR_USAGE, "the model has no tokens of text");
    if (length == 0) return UR_OK;
    ur_session_end(s);
    return feed(s, text, length, false, error);
}

ur_status ur_session_read_end(ur_session *s, ur_error *error)
{
    return s->feed.count ? feed(s, "", 0, true, error) : UR_OK;
}

ur_status ur_session_read_tokens(ur_session *s, const int32_t *ids, size_t count, ur_error *error)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] < 0 || (size_t)ids[i] >= s->outputs)
            return ur_fail(error, UR_ERR_USAGE, "token %zu is %ld; the model's tokens are 0 to %zu", i, (long)ids[i],
                           s->outputs - 1);
    UR_TRY(ur_session_read_end(s, error));
    if (count) ur_session_end(s);
    for (size_t i = 0; i < count; i++) UR_TRY(ur_session_accept(s, ids[i], error));
    return UR_OK;
}

bool ur_find_unknown(const ur_model *model, const char *text, size_t length, size_t *at, size_t *size)
{
    const ur_vocabulary *vocabulary = model->vocabulary;
    const unsigned char *bytes = (const unsigned char *)text;
    if (!vocabulary) return false;
    bool marks = ur_vocabulary_kind(vocabulary) != UR_TOKEN_BYTE;
    if (marks && *at == 0) *at = ur_utf8_mark(text, length);
    while (*at < length) {
        if (marks && bytes[*at] == '\r' && *at + 1 < length && bytes[*at + 1] == '\n') ++*at;
        int cut = ur_token_cut(ur_vocabulary_kind(vocabulary), bytes + *at, length - *at, true);
        if (cut <= 0) return false;
        *size = (size_t)cut;
        if (ur_vocabulary_find(vocabulary, bytes + *at, *size) < 0) return true;
        *at += *size;
    }
    return false;
}
