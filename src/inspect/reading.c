/* Opens the text of a ur_reading. See probe.h. */
#include "inspect/probe.h"

static ur_status find_part(const ur_corpus *corpus, const ur_reading *how, uint64_t *begin, uint64_t *tokens,
                           ur_error *error)
{
    double end = how->begin == 0 && how->end == 0 ? 1 : how->end, all = (double)ur_corpus_tokens(corpus);
    if (!(how->begin >= 0 && how->begin < end && end <= 1))
        return ur_fail(error, UR_ERR_USAGE, "part %g:%g of the text: must be within 0:1 and not empty", how->begin,
                       end);
    *begin = (uint64_t)(all * how->begin);
    *tokens = (uint64_t)(all * end) - *begin;
    return UR_OK;
}

ur_status ur_reading_open(ur_corpus **corpus, uint64_t *begin, uint64_t *tokens, const ur_model *m,
                          const ur_reading *how, ur_error *error)
{
    if (!ur_predicts_tokens(m) || !m->vocabulary)
        return ur_fail(error, UR_ERR_USAGE, "the model (\"%s\") is not a language model", m->net);
    ur_corpus_options options = {
        .kind = ur_vocabulary_kind(m->vocabulary), .replace_invalid = how->replace_invalid, .watcher = &how->watcher};
    UR_TRY(ur_corpus_open(corpus, how->paths, how->path_count, &options, error));
    if (how->watcher.tell && *ur_corpus_left_out(*corpus))
        how->watcher.tell(how->watcher.context, ur_corpus_left_out(*corpus));
    return find_part(*corpus, how, begin, tokens, error);
}
