/*
 * Runs a fuzz target over saved inputs: every file of the named folders, and the empty input. A folder that does not
 * exist counts as empty. If there is no input at all, the program fails, since the test would show nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The buffer is exactly as large as the file, so that the sanitizers see a read past its end. */
static int run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1);
    int ok = file && data && fread(data, 1, size, file) == size;
    if (ok) LLVMFuzzerTestOneInput(data, size);
    if (!ok) fprintf(stderr, "%s: %s\n", path, strerror(errno));
    free(data);
    if (file) fclose(file);
    return ok ? 1 : -1;
}

/* Returns 1 for a file that was run, 0 for an entry that is not a file, −1 for an error. */
static int run_entry(const char *folder, const char *name)
{
    char path[4096];
    struct stat info;
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path || stat(path, &info) != 0) {
        fprintf(stderr, "%s/%s: cannot be opened\n", folder, name);
        return -1;
    }
    return S_ISREG(info.st_mode) ? run_file(path, (size_t)info.st_size) : 0;
}

static int run_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir) return errno == ENOENT ? 0 : -1;
    int count = 0;
    const struct dirent *entry;
    while (count >= 0 && (entry = readdir(dir))) {
        int ran = run_entry(folder, entry->d_name);
        count = ran < 0 ? -1 : count + ran;
    }
    closedir(dir);
    return count;
}

int main(int argc, char **argv)
{
    int total = 0;
    uint8_t empty = 0;
    LLVMFuzzerTestOneInput(&empty, 0);
    for (int i = 1; i < argc; i++) {
        int count = run_folder(argv[i]);
        if (count < 0) return 1;
        total += count;
    }
    if (total == 0) fprintf(stderr, "no saved inputs in the folders named\n");
    printf("%d inputs\n", total);
    return total > 0 ? 0 : 1;
}
