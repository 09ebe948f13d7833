/* A training's strings, copied into one block that the trainer owns. */
#include "task/lm.h"

#include <stdlib.h>
#include <string.h>

static void list(ur_training *t, const char **where[8])
{
    const char **all[8] = {&t->validation, &t->unit, &t->net, &t->cell, &t->hidden, &t->init_from, &t->run, &t->isa};
    memcpy(where, all, sizeof all);
}

static const char *append(char **end, const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memcpy(*end, text, size);
    *end += size;
    return copy;
}

ur_status ur_lm_copy(ur_trainer *t, const ur_training *training, ur_error *error)
{
    t->training = *training;
    if (!t->training.unit) t->training.unit = "char";
    const char **fields[8];
    list(&t->training, fields);
    size_t size = training->path_count * sizeof(char *);
    for (size_t i = 0; i < 8; i++) size += *fields[i] ? strlen(*fields[i]) + 1 : 0;
    for (size_t i = 0; i < training->path_count; i++) size += strlen(training->paths[i]) + 1;
    t->strings = malloc(size + 1);
    if (!t->strings) return ur_fail_memory(error, "the settings");
    const char **paths = (const char **)(void *)t->strings;
    char *end = t->strings + training->path_count * sizeof(char *);
    for (size_t i = 0; i < training->path_count; i++) paths[i] = append(&end, training->paths[i]);
    for (size_t i = 0; i < 8; i++)
        if (*fields[i]) *fields[i] = append(&end, *fields[i]);
    t->training.paths = paths;
    return UR_OK;
}
