/* Files without a name, for fuzz targets. Include first. */
#ifndef UR_FUZZ_MEMORY_FILE_H
#define UR_FUZZ_MEMORY_FILE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* for memfd_create */
#endif

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (condition) break;                                                                                          \
        fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition);                                                \
        abort();                                                                                                       \
    } while (0)

typedef struct memory_file {
    int descriptor;
    char path[64];
} memory_file;

static inline void memory_file_open(memory_file *file, const void *bytes, size_t size)
{
    file->descriptor = memfd_create("data", 0);
    REQUIRE(file->descriptor >= 0);
    REQUIRE(write(file->descriptor, bytes, size) == (ssize_t)size);
    snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->descriptor);
}

static inline void memory_file_close(memory_file *file) { close(file->descriptor); }

#endif
