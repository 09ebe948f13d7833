/* unroll --version: version, compiler, number type, instruction sets, what can be trained. */
#include "version.h"

#include "inspect_cells.h"
#include "npz.h"

#include "unroll_train.h"

static const char *const ISAS[] = {"portable", "avx2", "avx512", "neon"};

const char *ur_cli_isa_name(unsigned i) { return i < sizeof ISAS / sizeof ISAS[0] ? ISAS[i] : NULL; }

/* The library says so by refusing a network for one that it cannot run. */
bool ur_cli_isa_works(const char *isa)
{
    ur_model *model = NULL;
    const ur_sizes sizes = {.symbols = 2, .outputs = 2};
    bool works = ur_model_create(&model, "onehot > rnn 1 > dense", &sizes, 1, 0, isa, NULL) == UR_OK;
    ur_model_free(model);
    return works;
}

static const char *compiler(void)
{
#if defined(__clang__)
    return __VERSION__; /* begins with its name */
#elif defined(__GNUC__)
    return "GCC " __VERSION__;
#else
    return "unknown";
#endif
}

void ur_cli_print_version(FILE *out)
{
    fprintf(out, "unroll %s\n", ur_version());
    fprintf(out, "compiler          %s\n", compiler());
    fprintf(out, "numbers           f%zu\n", 8 * sizeof(ur_real));
    fprintf(out, "instruction sets ");
    for (unsigned i = 0; ur_cli_isa_name(i); i++)
        if (ur_cli_isa_works(ur_cli_isa_name(i))) fprintf(out, " %s", ur_cli_isa_name(i));
    fprintf(out, "\ntasks             lm\n");
    fprintf(out, "cells            ");
    for (size_t i = 0; ur_cell_name(i); i++) fprintf(out, " %s", ur_cell_name(i));
    putc('\n', out);
    fprintf(out, "model files       safetensors\n");
    fprintf(out, "arrays            %s\n", ur_cli_npz_built() ? "npz" : "none (libminizip was not there)");
    fprintf(out, "expressions       %s\n", ur_cli_where_built() ? "PCRE2" : "none (libpcre2 was not there)");
}
