/* Cuts pieces of text into tokens; see feed.h. */
#include "generate/feed.h"

#include "base/error.h"
#include "unroll_generate.h"

#include <string.h>

static const unsigned char MARK[3] = {0xEF, 0xBB, 0xBF}; /* the byte order mark */

/* The number of bytes at the front that training leaves out; −1 if there are too few bytes to decide. (The bytes of a
 * byte order mark, as of any character, are held until it is complete.) */
static int left_out(const ur_feed *feed, ur_token_kind kind, bool last)
{
    if (kind == UR_TOKEN_BYTE || feed->count == 0) return 0;
    bool begins = feed->passed == 0 && feed->count >= sizeof MARK;
    if (begins && memcmp(feed->bytes, MARK, sizeof MARK) == 0) return sizeof MARK;
    if (feed->bytes[0] != '\r') return 0;
    if (feed->count == 1) return last ? 0 : -1;
    return feed->bytes[1] == '\n';
}

static void drop(ur_feed *feed, size_t size)
{
    feed->count -= size;
    feed->passed += size;
    memmove(feed->bytes, feed->bytes + size, feed->count);
}

/* The number of bytes of the next token that is certain; 0 if there is none yet. */
static ur_status cut_token(ur_feed *feed, ur_token_kind kind, bool last, size_t *size, ur_error *error)
{
    *size = 0;
    int skipped;
    while ((skipped = left_out(feed, kind, last)) > 0) drop(feed, (size_t)skipped);
    if (skipped < 0) return UR_OK;
    int cut = ur_token_cut(kind, feed->bytes, feed->count, last);
    if (cut < 0 || (cut == 0 && last && feed->count > 0))
        return ur_fail(error, UR_ERR_DATA, "invalid UTF-8 at byte %llu of the text", (unsigned long long)feed->passed);
    *size = (size_t)cut;
    return UR_OK;
}

static ur_status hand_on(ur_feed *feed, const ur_vocabulary *vocabulary, bool last, ur_take_token *take, void *context,
                         ur_error *error)
{
    for (;;) {
        size_t size;
        int32_t id;
        UR_TRY(cut_token(feed, ur_vocabulary_kind(vocabulary), last, &size, error));
        if (size == 0) return UR_OK;
        UR_TRY(ur_vocabulary_encode(vocabulary, feed->bytes, size, &id, error));
        UR_TRY(take(context, id, error));
        drop(feed, size);
    }
}

ur_status ur_feed_add(ur_feed *feed, const ur_vocabulary *vocabulary, const char *text, size_t length, bool last,
                      ur_take_token *take, void *context, ur_error *error)
{
    do {
        size_t room = sizeof feed->bytes - feed->count, size = length < room ? length : room;
        if (size > 0) memcpy(feed->bytes + feed->count, text, size);
        feed->count += size;
        text += size;
        length -= size;
        UR_TRY(hand_on(feed, vocabulary, last && length == 0, take, context, error));
    } while (length > 0);
    return UR_OK;
}
