/* Writes every signal at every step as arrays for numpy. */
#include "cli/inspect/gates.h"

#include "cli/args/value.h"
#include "cli/support/npz.h"

#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct dump {
    const ur_model *model;
    ur_cli_npz npz;
    size_t ids;                      /* index of the array of ids that are read */
    size_t layer[UR_CLI_ARRAYS_MAX]; /* layer of each other array */
    size_t signal[UR_CLI_ARRAYS_MAX];
    ur_real *values;
} dump;

/* Whether `name` is one of the words of a list that is separated by commas; true for every name if the list is NULL. */
static bool listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *word = list; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL)
        if (strncmp(word, name, length) == 0 && (word[length] == ',' || !word[length])) return true;
    return !list;
}

/* Checks that every word is a signal of some layer. */
static ur_status check_signals(const ur_model *model, const char *signals, ur_error *error)
{
    char word[32];
    while (ur_cli_next_word(&signals, word, sizeof word)) {
        bool there = false;
        for (size_t layer = 0; layer < ur_probe_layers(model) && !there; layer++)
            there = ur_probe_find(model, layer, word) != SIZE_MAX;
        if (!there)
            return ur_fail(error, UR_ERR_USAGE, "--signals: '%s' is not a signal of \"%s\"", word, ur_model_net(model));
    }
    return UR_OK;
}

static ur_status begin_layer(dump *d, size_t layer, const char *signals, ur_error *error)
{
    size_t units = 0, place;
    ur_signal signal;
    ur_probe_layer(d->model, layer, &units, NULL);
    for (size_t i = 0; ur_probe_signal(d->model, layer, i, &signal); i++) {
        char name[64];
        if (!listed(signals, signal.name)) continue;
        snprintf(name, sizeof name, "%s%zu", signal.name, layer + 1);
        UR_TRY(ur_cli_npz_begin(&d->npz, name, "<f4", units, &place, error));
        d->layer[place] = layer;
        d->signal[place] = i;
    }
    return UR_OK;
}

static ur_status begin_arrays(dump *d, const char *signals, ur_error *error)
{
    size_t widest = 1, units;
    UR_TRY(check_signals(d->model, signals, error));
    UR_TRY(ur_cli_npz_begin(&d->npz, "units", "<i4", 0, &d->ids, error));
    for (size_t layer = 0; ur_probe_layer(d->model, layer, &units, NULL); layer++) {
        if (units > widest) widest = units;
        UR_TRY(begin_layer(d, layer, signals, error));
    }
    if (d->npz.count == 1)
        return ur_fail(error, UR_ERR_USAGE, "\"%s\" has no recurrent layer, so it has no gates",
                       ur_model_net(d->model));
    d->values = calloc(widest, sizeof *d->values);
    return d->values ? UR_OK : ur_fail_memory(error, "the arrays");
}

static ur_status visit(void *context, ur_probe *probe, const ur_passage *p, ur_error *error)
{
    dump *d = context;
    for (size_t t = 0; t < p->steps; t++)
        for (size_t i = 0; i < d->npz.count; i++) {
            if (i != d->ids) ur_probe_read(probe, d->layer[i], d->signal[i], t, 0, d->values);
            const void *row = i == d->ids ? (const void *)&p->ids[t] : d->values;
            UR_TRY(ur_cli_npz_row(&d->npz, i, row, error));
        }
    return UR_OK;
}

ur_status ur_cli_gates_dump(const ur_model *model, const ur_reading *reading, const char *signals, const char *path,
                            ur_error *error)
{
    dump *d = calloc(1, sizeof *d);
    if (!d) return ur_fail_memory(error, "the arrays");
    d->model = model;
    ur_reading one = *reading;
    one.lanes = 1; /* one lane, so that the state is carried through the whole text */
    ur_status status = begin_arrays(d, signals, error);
    if (status == UR_OK) status = ur_probe_text(model, &one, visit, d, error);
    if (status == UR_OK) status = ur_cli_npz_save(&d->npz, path, error);
    ur_cli_npz_drop(&d->npz);
    free(d->values);
    free(d);
    return status;
}
