/* See small_tasks.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../data/wav_write.h"

#include "support/run.h"
#include "support/small_tasks.h"

#include <stdio.h>
#include <string.h>

typedef struct small {
    const char *name, *line;
    void (*write)(FILE *file);          /* writes the data; NULL if the task reads none */
    void (*beside)(const char *folder); /* writes the files that the data names; NULL if there are none */
} small;

static void write_text(FILE *file)
{
    for (int i = 0; i < 60; i++) fprintf(file, "line %d of a text %d\n", i * i, i);
}

/* Writes lines of a label and a text. The texts have many different lengths. */
static void write_labelled(FILE *file)
{
    static const char *const words[] = {"a", "fine", "poor", "film", "it", "was", "not", "so", "very", "dull"};
    for (unsigned i = 0; i < 90; i++) {
        fprintf(file, "%u", i % 3);
        for (unsigned k = 0; k < 1 + i * 7 % 11; k++) fprintf(file, " %s", words[(i * i + 3 * k + i % 3) % 10]);
        fputc('\n', file);
    }
}

/* Writes sentences in CoNLL-U, of many lengths, with two columns of labels. */
static void write_tagged(FILE *file)
{
    static const char *const words[] = {"a", "dog", "sees", "the", "cat", "and", "runs", "home", "Quickly", "now"};
    static const char *const labels[] = {"D", "N", "V", "D", "N", "C", "V", "A", "A", "A"};
    for (unsigned i = 0; i < 60; i++) {
        for (unsigned k = 0, n = 0; k < 1 + i * 7 % 11; k++, n = (i * i + 3 * k + i % 3) % 10)
            fprintf(file, "%u\t%s%u\t_\t%s\t%s%u\t_\t_\t_\t_\t_\n", k + 1, words[n], n % 2 ? i % 5 : 0, labels[n],
                    labels[n], n % 3);
        fputc('\n', file);
    }
}

/* Writes two channels with a season of 6 rows. The first also has a period of 7 days. */
static void write_series(FILE *file)
{
    fprintf(file, "date,load,heat\n");
    for (int i = 0; i < 200; i++)
        fprintf(file, "%d-%02d-%02d,%d.%d,%d\n", 2020 + i / 112, 1 + i % 112 / 28, 1 + i % 28, i % 6 * 3 + i % 7,
                i % 10, i * 5 % 6 - i / 9);
}

/* Writes a recording with three numbers per row. The label depends on the first. */
static void write_frames(FILE *file)
{
    fprintf(file, "a,b,c,label\n");
    for (int i = 0; i < 90; i++) fprintf(file, "%d,%d,%d.5,%s\n", i % 7, i * i % 11, i % 3, i % 7 > 3 ? "up" : "down");
}

/* Writes pictures of 5 x 4 pixels into an idx file. Each shows a cross at some position. */
static void write_pictures(FILE *file)
{
    static const unsigned char head[] = {0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 5, 0, 0, 0, 4};
    fwrite(head, 1, sizeof head, file);
    for (int i = 0; i < 40; i++)
        for (int place = 0; place < 20; place++)
            fputc(place / 4 == i % 5 || place % 4 == i % 4 ? 255 - 5 * (i % 3) : 7 * (i / 8), file);
}

/* ---- Recordings ----------------------------------------------------------------------------------------------------- */

enum { RECORDINGS = 8, RATE = 2000 };

/* Returns the letters that a recording says: one, two or three. */
static const char *spoken_in(unsigned i)
{
    static const char *const texts[] = {"a", "b", "ab", "ba", "aa", "b a"};
    return texts[i % 6];
}

static void write_spoken(FILE *file)
{
    fprintf(file, "file\ttranscript\tspeaker\n");
    for (unsigned i = 0; i < RECORDINGS; i++)
        fprintf(file, "spoken%u.wav\t%s\t%s\n", i, spoken_in(i), i % 2 ? "Eve" : "Bob");
}

/* Each letter is a twentieth of a second of a square wave: long waves for a, short waves for b. */
static void write_recordings(const char *folder)
{
    for (unsigned i = 0; i < RECORDINGS; i++) {
        unsigned char sound[RATE], wav[RATE + 64];
        char path[512];
        size_t size = 0, length = 0;
        for (const char *c = spoken_in(i); *c; c++)
            for (unsigned t = 0; t < RATE / 20 + 7 * i; t++)
                sound[size++] = (unsigned char)(128 + (*c == ' ' || t < 20           ? 0
                                                       : t / (*c == 'a' ? 9 : 3) % 2 ? 50
                                                                                     : -50));
        length = write_wav(wav, 1, RATE, 1, 8, sound, size);
        assert_true(snprintf(path, sizeof path, "%s/spoken%u.wav", folder, i) < (int)sizeof path);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(wav, 1, length, file), length);
        assert_int_equal(fclose(file), 0);
    }
}

/* Writes a table of two columns: letters, and the same letters reversed. */
static void write_pairs(FILE *file)
{
    for (unsigned i = 0; i < 40; i++) {
        char text[12] = "";
        size_t length = 1 + i * 7 % 9;
        for (unsigned k = 0; k < length; k++) text[k] = "abcdef "[(i * i + 3 * k) % 6];
        fprintf(file, "%s\t", text);
        for (size_t k = length; k-- > 0;) fputc(text[k], file);
        fputc('\n', file);
    }
}

/* Writes captions of many lengths for the pictures above. */
static void write_captions(FILE *file)
{
    static const char *const words[] = {"white", "light", "grey"};
    for (unsigned i = 0; i < 40; i++) {
        fprintf(file, "a %s", words[i % 3]);
        for (unsigned k = 0; k < i % 5; k++) fprintf(file, " thing %u", (i + k) % 4);
        fputc('\n', file);
    }
}

static void write_captioned(const char *folder)
{
    char path[512];
    assert_true(snprintf(path, sizeof path, "%s/pictures.idx", folder) < (int)sizeof path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    write_pictures(file);
    assert_int_equal(fclose(file), 0);
}

/* Writes a label for each picture: whether the horizontal bar of the cross is in the upper rows. */
static void write_picture_labels(FILE *file)
{
    static const unsigned char head[] = {0, 0, 8, 1, 0, 0, 0, 40};
    fwrite(head, 1, sizeof head, file);
    for (int i = 0; i < 40; i++) fputc(i % 5 < 2, file);
}

static const small SMALL[] = {
    {"lm",
     "--hidden 6 --layers 1 --embed 5 --dropout 0.2 --batch 3 --bptt 7 --bptt-step 5 --zero-state 0.3 --sample-length "
     "9",
     write_text, NULL},
    {"classify", "--form lines --hidden 6 --embed 5 --batch 8 --token-dropout 0.1", write_labelled, NULL},
    {"tag", "--also xpos --hidden 6 --embed 5 --batch 8 --token-dropout 0.2", write_tagged, NULL},
    {"forecast", "--context 12 --horizon 4 --hidden 6 --batch 9 --quantiles 0.2,0.5", write_series, NULL},
    {"frames", "--hidden 6 --batch 2 --span 9 --difference --class-weights sqrt", write_frames, NULL},
    {"speech", "--join 1-2 --token char --stack 2 --cell rnn --layers 1 --hidden 6 --batch 5 --val-match *[01].wav",
     write_spoken, write_recordings},
    {"glimpse", "--hidden 6 --batch 8 --glimpses 3 --glimpse-size 2 --scales 2 --place 7x8 --clutter 1", write_pictures,
     NULL},
    {"draw", "--hidden 6 --batch 8 --strokes 3 --latent 2 --read-size 3 --write-size 2 --binarise resample",
     write_pictures, NULL},
    {"translate", "--token char --hidden 6 --embed 5 --batch 4 --teacher-forcing 0.5", write_pairs, NULL},
    {"caption", "--hidden 6 --embed 5 --batch 8 --token-dropout 0.2", write_captions, write_captioned},
    {"recall", "--kind adding --gap 7 --bptt 4 --hidden 6 --batch 5", NULL, NULL},
};

static const small *find(const char *name)
{
    for (size_t i = 0; i < sizeof SMALL / sizeof *SMALL; i++)
        if (strcmp(SMALL[i].name, name) == 0) return &SMALL[i];
    fail_msg("the task %s has no row in tests/support/small_tasks.c", name);
    return NULL;
}

/* Adds the labels of the pictures. */
static void add_labels(ur_settings *settings, const char *folder)
{
    char path[512];
    ur_error error;
    assert_true(snprintf(path, sizeof path, "%s/labels", folder) < (int)sizeof path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    write_picture_labels(file);
    assert_int_equal(fclose(file), 0);
    if (ur_settings_add_data(settings, path, &error) != UR_OK) fail_msg("%s", error.text);
}

ur_settings *small_task(const char *name, const char *folder) { return small_task_as(name, folder, find(name)->line); }

ur_settings *small_task_as(const char *name, const char *folder, const char *line)
{
    const small *task = find(name);
    char path[512];
    ur_settings *settings;
    ur_error error;
    if (ur_settings_create(&settings, name, &error) != UR_OK) fail_msg("%s", error.text);
    set_more(settings, "--steps 12 --eval-every 4 --save-every 4 --average 0.9 --threads 1 %s", line);
    if (!task->write) return settings;
    assert_true(snprintf(path, sizeof path, "%s/data.%s", folder, name) < (int)sizeof path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    task->write(file);
    assert_int_equal(fclose(file), 0);
    if (task->beside) task->beside(folder);
    if (ur_settings_add_data(settings, path, &error) != UR_OK) fail_msg("%s", error.text);
    if (strcmp(name, "glimpse") == 0) add_labels(settings, folder);
    if (task->beside != write_captioned) return settings;
    assert_true(snprintf(path, sizeof path, "%s/pictures.idx", folder) < (int)sizeof path);
    set_one(settings, "images", path);
    return settings;
}
