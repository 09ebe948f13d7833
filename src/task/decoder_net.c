/* See decoder_net.h. */
#include "task/decoder_net.h"

#include "base/error.h"
#include "net/line.h"

#include <stdio.h>
#include <string.h>

ur_status ur_decoder_sizes(ur_net_request *request, const ur_sizes *seen, size_t tokens, ur_error *error)
{
    ur_net_spec spec;
    UR_TRY(ur_net_parse(request->line, &spec, error));
    for (size_t i = 0; i < spec.line_count; i++) {
        bool decoder = i + 1 == spec.line_count;
        const ur_layer_kind *first = spec.layers[spec.lines[i].first].kind;
        if (first->reads_ids != decoder)
            return ur_fail(
                error, UR_ERR_USAGE,
                "network line \"%s\": line %zu %s; the last line alone reads tokens, and begins with embed or "
                "onehot",
                request->line, i + 1, decoder ? "takes numbers" : "reads tokens");
        request->lines[i] = decoder ? (ur_sizes){.symbols = tokens, .outputs = tokens} : *seen;
    }
    request->sizes.lines = request->lines;
    return UR_OK;
}

ur_status ur_decoder_check(const ur_model *m, size_t features, size_t tokens, const char *what, const char *example,
                           ur_error *error)
{
    const ur_line *decoder = &m->lines[m->line_count - 1];
    const ur_layer *head = &m->layers[m->layer_count - 1];
    bool sees = false, linear = ur_is_dense(head) && head->dense.activation == UR_LINEAR;
    for (size_t i = 0; i + 1 < m->line_count; i++) sees = sees || m->lines[i].features == features;
    if (!sees)
        return ur_fail(error, UR_ERR_USAGE,
                       "network line \"%s\": a line takes %s, and the decoder after it begins from it, such as \"%s\"",
                       m->net, what, example);
    if (decoder->symbols == tokens && decoder->width == tokens && !decoder->last && linear) return UR_OK;
    return ur_fail(
        error, UR_ERR_USAGE,
        "network line \"%s\": the last line reads tokens and gives %zu numbers for each: end it in dense, and "
        "leave out last, mean and max",
        m->net, tokens);
}

bool ur_decoder_looks(const ur_decoder_looking *l) { return strcmp(l->attend, "none") != 0; }

ur_status ur_decoder_look(const ur_decoder_looking *l, ur_net_writing *w, ur_error *error)
{
    char width[24] = "";
    if (!ur_decoder_looks(l)) {
        if (!l->feed) return UR_OK;
        return ur_fail(error, UR_ERR_USAGE, "`input-feed`: with `attend` none there is nothing to feed; leave one out");
    }
    if (l->width) snprintf(width, sizeof width, " %zu", l->width);
    ur_net_put(w, "attend %s%s %s%s", l->name, width, l->attend, l->feed ? " feed" : "");
    return UR_OK;
}
