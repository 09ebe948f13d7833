/* Folders: locked by one process at a time, and swept of the files that killed writers left. */
#include "base/folder.h"

#include "base/error.h"
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_CLOEXEC };

/* "a/b" and "a/b/" are in "a", "b" in ".", "/b" in "/". */
int ur_folder_open_parent(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    while (length > 0 && path[length - 1] != '/') length--;
    if (length == 0) return open(".", FOLDER_FLAGS);
    char *parent = malloc(length + 1);
    if (!parent) {
        errno = ENOMEM;
        return -1;
    }
    memcpy(parent, path, length);
    parent[length] = 0;
    int fd = open(parent, FOLDER_FLAGS);
    int cause = errno;
    free(parent);
    errno = cause;
    return fd;
}

static ur_status make_folder(const char *folder, ur_error *error)
{
    if (mkdir(folder, 0777) != 0)
        return errno == EEXIST ? UR_OK : ur_fail_file(error, folder, "make the folder", errno);
    /* Syncing files inside is of no use if the folder's own name is lost. Some file systems cannot sync a folder. */
    int parent = ur_folder_open_parent(folder);
    if (parent >= 0) {
        (void)fsync(parent);
        close(parent);
    }
    return UR_OK;
}

/* Descriptor 0 is exchanged for another one, so that a lock of all zeros holds nothing. */
static int open_folder(const char *folder)
{
    int fd = open(folder, FOLDER_FLAGS);
    if (fd != 0) return fd;
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 1), cause = errno;
    close(fd);
    errno = cause;
    return moved;
}

/* Returns 0 or an errno. */
static int try_lock(int fd)
{
    while (flock(fd, LOCK_EX | LOCK_NB) != 0)
        if (errno != EINTR) return errno;
    return 0;
}

/* The folder itself is locked, by flock. This needs no lock file, and the lock ends with the process however it
 * dies. */
ur_status ur_folder_lock_take(ur_folder_lock *lock, const char *folder, ur_error *error)
{
    lock->fd = -1;
    UR_TRY(make_folder(folder, error));
    int fd = open_folder(folder);
    if (fd < 0) return ur_fail_file(error, folder, "open the folder", errno);
    int cause = try_lock(fd);
    if (cause == 0) {
        lock->fd = fd;
        return UR_OK;
    }
    close(fd);
    if (cause != EWOULDBLOCK) return ur_fail_file(error, folder, "lock the folder", cause);
    return ur_fail(error, UR_ERR_BUSY, "%s: in use by another process; wait until it ends or choose another folder",
                   folder);
}

void ur_folder_lock_give(ur_folder_lock *lock)
{
    if (lock->fd > 0) close(lock->fd);
    lock->fd = -1;
}

static const char *skip_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 ? text + digits : NULL;
}

static bool is_temporary_name(const char *name)
{
    const char *mark = strstr(name, UR_TEMPORARY_MARK);
    if (!mark || mark == name) return false;
    const char *rest = skip_number(mark + strlen(UR_TEMPORARY_MARK));
    if (!rest || *rest != '-') return false;
    rest = skip_number(rest + 1);
    return rest && *rest == 0;
}

/* If nobody holds the file and it still has its name, its writer is dead. A living writer keeps its file locked until
 * after the rename. */
static bool is_left_over(int folder, const char *name, int fd)
{
    struct stat opened, named;
    return fstat(fd, &opened) == 0 && S_ISREG(opened.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
           fstatat(folder, name, &named, AT_SYMLINK_NOFOLLOW) == 0 && named.st_dev == opened.st_dev &&
           named.st_ino == opened.st_ino;
}

static void sweep_one(int folder, const char *name)
{
    /* Non-blocking, since the name may be that of a pipe. */
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return;
    if (is_left_over(folder, name, fd)) (void)unlinkat(folder, name, 0);
    close(fd);
}

void ur_folder_sweep(const char *folder)
{
    DIR *entries = opendir(folder);
    if (!entries) return;
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries))
        if (is_temporary_name(entry->d_name)) sweep_one(dirfd(entries), entry->d_name);
    closedir(entries);
}
