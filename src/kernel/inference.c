/* The table of what inference needs, and the choice of the instruction set. */
#include "kernel/isa_list.h"
#include "kernel/kernels.h"

#include <stdio.h>
#include <string.h>

#define UR_DECLARE(isa)                                                                                                \
    ur_product_part ur_product_##isa, ur_product_bf16_##isa, ur_product_int8_##isa;                                    \
    extern const ur_rows ur_rows_##isa;                                                                                \
    void ur_activate_##isa(ur_activation, real *, size_t);
UR_EVERY_ISA(UR_DECLARE)

#define UR_ROW(isa)                                                                                                    \
    {#isa,           UR_ISA_##isa,     ur_product_##isa, ur_product_bf16_##isa, ur_product_int8_##isa,                 \
     &ur_rows_##isa, ur_activate_##isa},
static const ur_kernels table[] = {UR_EVERY_ISA(UR_ROW)};

#ifdef UR_HAVE_AVX512
/* The int8 product for avx512 uses VNNI. The first machines with AVX-512 do not have VNNI, so they take the product for
 * avx2. The sums are the same. */
static const ur_kernels without_vnni = {
    "avx512",        UR_ISA_avx512,     ur_product_avx512, ur_product_bf16_avx512, ur_product_int8_avx2,
    &ur_rows_avx512, ur_activate_avx512};
#endif

static const ur_kernels *column(int isa)
{
#ifdef UR_HAVE_AVX512
    if (isa == UR_ISA_avx512 && !__builtin_cpu_supports("avx512vnni")) return &without_vnni;
#endif
    return &table[isa];
}

/* Whether the processor and the operating system support an instruction set. */
static int machine_has(int isa)
{
#ifdef UR_HAVE_AVX2
    if (isa == UR_ISA_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
#ifdef UR_HAVE_AVX512
    if (isa == UR_ISA_avx512)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
               __builtin_cpu_supports("fma");
#endif
    return isa >= 0;
}

size_t ur_isa_index(const ur_kernels *kernels) { return kernels->isa; }

const char *ur_isa_name(size_t i)
{
    for (int isa = 0; isa < UR_ISA_COUNT; isa++)
        if (machine_has(isa) && i-- == 0) return table[isa].name;
    return NULL;
}

static int known_anywhere(const char *name)
{
    static const char *const names[] = {"portable", "avx2", "avx512", "neon"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return 1;
    return 0;
}

static ur_status refuse(const char *isa, ur_error *error)
{
    char have[64] = "";
    for (size_t i = 0; ur_isa_name(i); i++) {
        strncat(have, i ? ", " : "", sizeof have - strlen(have) - 1);
        strncat(have, ur_isa_name(i), sizeof have - strlen(have) - 1);
    }
    if (!known_anywhere(isa))
        return ur_fail(error, UR_ERR_USAGE, "unknown instruction set \"%s\"; this machine has %s", isa, have);
    return ur_fail(error, UR_ERR_UNSUPPORTED,
                   "instruction set \"%s\" is not supported by this machine or this build; available are %s", isa,
                   have);
}

ur_status ur_kernels_find(const char *isa, const ur_kernels **kernels, ur_error *error)
{
    for (int i = UR_ISA_COUNT - 1; i >= 0; i--)
        if (machine_has(i) && (!isa || strcmp(isa, table[i].name) == 0)) {
            *kernels = column(i);
            return UR_OK;
        }
    return refuse(isa, error);
}
