/* See isa.h. */
#include "cli/support/isa.h"

#include "unroll_train.h"

static const char *const ISAS[] = {"portable", "avx2", "avx512", "neon"};

const char *ur_cli_isa_name(unsigned i) { return i < sizeof ISAS / sizeof ISAS[0] ? ISAS[i] : NULL; }

/* Asks the library to build a tiny network; it refuses an instruction set that it cannot run. */
bool ur_cli_isa_works(const char *isa)
{
    ur_model *model = NULL;
    const ur_sizes sizes = {.symbols = 2, .outputs = 2};
    bool works = ur_model_create(&model, "onehot > rnn 1 > dense", &sizes, 1, 0, isa, NULL) == UR_OK;
    ur_model_free(model);
    return works;
}
