/* Networks that read a handful of letters. */
#ifndef UR_TESTS_LETTERS_H
#define UR_TESTS_LETTERS_H

#include "unroll_inspect.h"

#include "support/ok.h"

/* letters: the tokens, in the order of their ids. */
static inline ur_model *letters_model(const char *net, const char *const *letters, size_t count, double init_scale)
{
    ur_error error = {0};
    ur_model *model;
    ur_sizes sizes = {.symbols = count, .outputs = count};
    ok(ur_model_create(&model, net, &sizes, 1, init_scale, NULL, &error), &error);
    ok(ur_model_set_tokens(model, "char", letters, count, false, &error), &error);
    return model;
}

#endif
