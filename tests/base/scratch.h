/* A temporary folder for one test program, and small files in it. Include after cmocka.h. */
#ifndef UR_TEST_SCRATCH_H
#define UR_TEST_SCRATCH_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct scratch {
    char root[64], path[512];
} scratch;

/* Returns the path of `name` in the folder, valid until the next call. */
static inline char *in_scratch(scratch *s, const char *name)
{
    snprintf(s->path, sizeof s->path, "%s/%s", s->root, name);
    return s->path;
}

static inline void make_scratch(scratch *s)
{
    strcpy(s->root, "/tmp/unroll-test-XXXXXX");
    assert_non_null(mkdtemp(s->root));
}

/* Removes the folder, and at most two levels of folders within it. */
static inline void remove_tree(const char *folder, int depth)
{
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    for (struct dirent *e = readdir(entries); e; e = readdir(entries)) {
        char path[1024];
        struct stat about;
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if (snprintf(path, sizeof path, "%s/%s", folder, e->d_name) >= (int)sizeof path) continue;
        if (lstat(path, &about) == 0 && S_ISDIR(about.st_mode) && depth > 0)
            remove_tree(path, depth - 1);
        else
            unlink(path);
    }
    closedir(entries);
    rmdir(folder);
}

static inline void remove_scratch(scratch *s) { remove_tree(s->root, 2); }

static inline void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static inline void assert_holds(const char *path, const char *text)
{
    char got[256] = {0};
    FILE *file = fopen(path, "r");
    if (!file) fail_msg("%s is not there", path);
    size_t size = fread(got, 1, sizeof got - 1, file);
    fclose(file);
    assert_int_equal(size, strlen(text));
    assert_string_equal(got, text);
}

/* Returns the number of entries of a folder, without "." and "..". */
static inline int entries_in(const char *folder)
{
    DIR *entries = opendir(folder);
    assert_non_null(entries);
    int count = -2;
    while (readdir(entries)) count++;
    closedir(entries);
    return count;
}

#endif
