/* Small files for the tests of one program, in a folder of their own. */
#ifndef UR_TESTS_TEMP_TEXT_H
#define UR_TESTS_TEMP_TEXT_H

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct temp_text {
    char folder[256];
    char path[512]; /* path of the file named last */
} temp_text;

/* Removes a folder and everything in it. */
static inline void temp_remove(const char *folder)
{
    char path[1024];
    DIR *entries = opendir(folder);
    for (const struct dirent *entry; entries && (entry = readdir(entries));) {
        struct stat info;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        int length = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (length < 0 || (size_t)length >= sizeof path) continue;
        if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
            temp_remove(path);
        else
            unlink(path);
    }
    if (entries) closedir(entries);
    rmdir(folder);
}

/* Group set-up and tear-down: *state is a temp_text. */
static inline int temp_setup(void **state)
{
    const char *where = getenv("TMPDIR");
    temp_text *temp = calloc(1, sizeof *temp);
    if (!temp) return -1;
    snprintf(temp->folder, sizeof temp->folder, "%s/unroll-test-XXXXXX", where ? where : "/tmp");
    *state = temp;
    return mkdtemp(temp->folder) ? 0 : -1;
}

static inline int temp_teardown(void **state)
{
    temp_remove(((temp_text *)*state)->folder);
    free(*state);
    return 0;
}

static inline const char *temp_path(temp_text *temp, const char *name)
{
    snprintf(temp->path, sizeof temp->path, "%s/%s", temp->folder, name);
    return temp->path;
}

static inline const char *temp_folder(temp_text *temp, const char *name)
{
    assert_int_equal(mkdir(temp_path(temp, name), 0700), 0);
    return temp->path;
}

static inline const char *temp_write(temp_text *temp, const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(temp_path(temp, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return temp->path;
}

static inline const char *temp_string(temp_text *temp, const char *name, const char *text)
{
    return temp_write(temp, name, text, strlen(text));
}

#endif
