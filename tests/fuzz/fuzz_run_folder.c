/*
 * A run folder from anyone, given to a resume. The input has four parts, each preceded by its length in two bytes:
 * changes to a sound last.safetensors, log.jsonl and event file, and a choice of which files exist. A change is three
 * bytes of offset and the byte to put there. If a part begins with 0xFF, the rest of it replaces the whole file. In any
 * case there is an error with a message, or the training goes on to its end.
 */
#include "base/file.h"
#include "unroll_train.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 3, PARTS = FILES + 1, CHANGE = 4 };

typedef struct part {
    const uint8_t *bytes;
    size_t size;
} part;

/* Made for the first input, and removed at the end. */
static char root[64];
#define EVENTS      "events.out.tfevents.0000000001.unroll"
#define EVENTS_PATH "run/" EVENTS
static ur_bytes sound[FILES];
static const char *const NAMES[FILES] = {"last.safetensors", "log.jsonl", EVENTS};

static void must(int holds)
{
    if (!holds) abort();
}

static const char *in_root(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static void put_file(const char *path, const void *bytes, size_t size)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(file >= 0 && write(file, bytes, size) == (ssize_t)size && close(file) == 0);
}

static void empty_run(void)
{
    static const char *const all[] = {"run/last.safetensors", "run/log.jsonl", EVENTS_PATH, "run/model.safetensors"};
    for (size_t i = 0; i < 4; i++) unlink(in_root(all[i]));
}

/* Removes everything that the inputs leave behind. */
static void remove_all(void)
{
    empty_run();
    rmdir(in_root("run"));
    unlink(in_root("text"));
    rmdir(root);
    for (size_t i = 0; i < FILES; i++) ur_bytes_free(&sound[i]);
}

/* ---- Training ---------------------------------------------------------------------------------------------------- */

static ur_settings *settings_of(uint64_t steps)
{
    char line[256];
    ur_settings *settings;
    ur_error error;
    snprintf(line, sizeof line,
             "--net 'onehot > lstm 3 > dense' --batch 2 --bptt 5 --average 0.9 --schedule plateau --eval-every 2 "
             "--save-every 2 --threads 1 --resume --steps %llu",
             (unsigned long long)steps);
    must(ur_settings_create(&settings, "lm", &error) == UR_OK);
    must(ur_settings_read(settings, line, &error) == UR_OK);
    must(ur_settings_add_data(settings, in_root("text"), &error) == UR_OK);
    must(ur_settings_set(settings, "output", in_root("run"), &error) == UR_OK);
    return settings;
}

static ur_status go_on(uint64_t steps)
{
    ur_trainer *trainer;
    ur_event event = {.kind = UR_EVENT_STEP};
    ur_error error = {0};
    ur_settings *settings = settings_of(steps);
    ur_status status = ur_trainer_create(&trainer, settings, &error);
    ur_settings_free(settings);
    for (int i = 0; status == UR_OK && event.kind != UR_EVENT_END && i < 100; i++)
        status = ur_train_next(trainer, &event, &error);
    ur_trainer_free(trainer);
    must(status == UR_OK || error.text[0]);
    return status;
}

static void set_up(void)
{
    strcpy(root, "/dev/shm/unroll-fuzz-XXXXXX");
    if (!mkdtemp(root)) {
        strcpy(root, "/tmp/unroll-fuzz-XXXXXX");
        must(mkdtemp(root) != NULL);
    }
    static const char text[] =
        "one two three four five six seven eight nine ten, and once more: one two three four five "
        "six seven eight nine ten; that is all there is to be read here.\n";
    atexit(remove_all);
    put_file(in_root("text"), text, sizeof text - 1);
    must(mkdir(in_root("run"), 0700) == 0);
    must(go_on(2) == UR_OK);
    for (size_t i = 0; i < FILES; i++) {
        char name[64];
        snprintf(name, sizeof name, "run/%s", NAMES[i]);
        must(ur_file_read(in_root(name), &sound[i], NULL) == UR_OK);
    }
}

/* ---- One input --------------------------------------------------------------------------------------------------- */

static part next_part(const uint8_t **data, size_t *size)
{
    if (*size < 2) return (part){*data, 0};
    size_t length = (size_t)(*data)[0] << 8 | (*data)[1];
    if (length > *size - 2) length = *size - 2;
    part p = {*data + 2, length};
    *data += 2 + length;
    *size -= 2 + length;
    return p;
}

static void put_changed(const char *path, const ur_bytes *from, part p)
{
    uint8_t *bytes = malloc(from->size + 1);
    must(bytes != NULL);
    memcpy(bytes, from->data, from->size);
    for (size_t i = 0; i + CHANGE <= p.size; i += CHANGE) {
        size_t place = (size_t)p.bytes[i] << 16 | (size_t)p.bytes[i + 1] << 8 | p.bytes[i + 2];
        if (from->size) bytes[place % from->size] = p.bytes[i + 3];
    }
    put_file(path, bytes, from->size);
    free(bytes);
}

static void put_part(size_t which, part p)
{
    char name[64];
    snprintf(name, sizeof name, "run/%s", NAMES[which]);
    if (p.size && p.bytes[0] == 0xFF)
        put_file(in_root(name), p.bytes + 1, p.size - 1);
    else
        put_changed(in_root(name), &sound[which], p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    part parts[PARTS];
    if (!root[0]) set_up();
    for (size_t i = 0; i < PARTS; i++) parts[i] = next_part(&data, &size);
    unsigned choice = parts[FILES].size ? parts[FILES].bytes[0] : 7;
    empty_run();
    for (size_t i = 0; i < FILES; i++)
        if (choice & 1u << i) put_part(i, parts[i]);
    go_on(4);
    return 0;
}
