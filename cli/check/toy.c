/* Random batches for the checks: ids from the counter-based generator, so that they are the same everywhere. */
#include "cli/check/check.h"

#include "base/error.h"
#include "base/random.h"

#include <stdlib.h>

static int32_t random_id(uint32_t use, size_t position, size_t symbols)
{
    return (int32_t)(ur_random_uniform(1, UR_USE_TEST + use, position) * (double)symbols);
}

void ur_cli_toy_free(ur_cli_toy *toy)
{
    free(toy->ids);
    free(toy->targets);
    free(toy->lengths);
    *toy = (ur_cli_toy){0};
}

ur_status ur_cli_toy_make(ur_cli_toy *toy, size_t lanes, size_t steps, size_t symbols, bool ragged, ur_error *error)
{
    size_t count = lanes * steps;
    *toy = (ur_cli_toy){.ids = calloc(count, sizeof *toy->ids),
                        .targets = calloc(count, sizeof *toy->targets),
                        .lengths = calloc(lanes, sizeof *toy->lengths)};
    if (!toy->ids || !toy->targets || !toy->lengths) return ur_fail_memory(error, "a test batch");
    for (size_t lane = 0; lane < lanes; lane++)
        toy->lengths[lane] = (int32_t)(ragged ? steps - lane * 2 % steps : steps);
    for (size_t i = 0; i < count; i++) {
        bool there = (int32_t)(i / lanes) < toy->lengths[i % lanes];
        toy->ids[i] = random_id(0, i, symbols);
        toy->targets[i] = there ? random_id(1, i, symbols) : -1;
    }
    toy->batch = (ur_batch){.target = {{.ids = toy->targets}}, .target_count = 1};
    toy->batch.input[0] =
        (ur_sequences){.steps = steps, .lanes = lanes, .ids = toy->ids, .lengths = ragged ? toy->lengths : NULL};
    return UR_OK;
}
