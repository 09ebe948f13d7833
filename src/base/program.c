/* See program.h. */
#include "base/program.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ; /* passed on unchanged */

/* The child reads /dev/null, writes its output to the pipe and its errors to the file. */
static int spawn(pid_t *process, const char *const *words, int output, int complaints)
{
    posix_spawn_file_actions_t actions;
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed) return failed;
    failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed) failed = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (!failed) failed = posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
    if (!failed) failed = posix_spawnp(process, words[0], &actions, NULL, (char *const *)(uintptr_t)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

static ur_status cannot_begin(const char *name, int why, ur_error *error)
{
    char reason[UR_REASON_MAX];
    if (why == ENOENT)
        return ur_fail(error, UR_ERR_UNSUPPORTED, "the program %s is needed and was not found; install it", name);
    return ur_fail(error, UR_ERR_IO, "%s cannot be run: %s", name, ur_reason(why, reason));
}

static int open_nameless(void)
{
    char path[] = "/tmp/unroll-XXXXXX";
    int descriptor = mkstemp(path);
    if (descriptor >= 0) unlink(path);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

static ur_status begin(ur_program *p, const char *const *words, int ends[2], ur_error *error)
{
    p->complaints = open_nameless();
    if (p->complaints < 0) return cannot_begin(words[0], errno, error);
    for (int i = 0; i < 2; i++) fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    p->output = fdopen(ends[0], "rb");
    if (!p->output) return cannot_begin(words[0], errno, error);
    ends[0] = -1;
    int failed = spawn(&p->process, words, ends[1], p->complaints);
    return failed ? cannot_begin(words[0], failed, error) : UR_OK;
}

ur_status ur_program_begin(ur_program *p, const char *const *words, ur_error *error)
{
    int ends[2];
    *p = (ur_program){.name = words[0], .process = -1, .complaints = -1};
    if (pipe(ends) != 0) return cannot_begin(words[0], errno, error);
    ur_status status = begin(p, words, ends, error);
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0) close(ends[i]);
    return status == UR_OK ? UR_OK : ur_program_end(p, status, error);
}

/* Reads the last line that is not empty. If it is longer than `text`, its beginning is cut off. */
static void read_complaint(const ur_program *p, char *text, size_t size)
{
    off_t length = lseek(p->complaints, 0, SEEK_END);
    off_t at = length > (off_t)size - 1 ? length - (off_t)size + 1 : 0;
    ssize_t got = pread(p->complaints, text, size - 1, at);
    size_t end = got > 0 ? (size_t)got : 0;
    while (end > 0 && (unsigned char)text[end - 1] <= ' ') end--;
    text[end] = 0;
    char *line = strrchr(text, '\n');
    if (line) memmove(text, line + 1, strlen(line + 1) + 1);
}

static ur_status judge(const ur_program *p, int ended, ur_error *error)
{
    char complaint[200];
    if (WIFEXITED(ended) && WEXITSTATUS(ended) == 0) return UR_OK;
    read_complaint(p, complaint, sizeof complaint);
    return ur_fail(error, UR_ERR_DATA, "%s failed%s%s", p->name, *complaint ? ": " : "", complaint);
}

ur_status ur_program_end(ur_program *p, ur_status status, ur_error *error)
{
    int ended = 0;
    if (p->output) fclose(p->output); /* a program that still writes is ended by this */
    while (p->process > 0 && waitpid(p->process, &ended, 0) < 0 && errno == EINTR) continue;
    if (p->process > 0 && status == UR_OK) status = judge(p, ended, error);
    if (p->complaints >= 0) close(p->complaints);
    *p = (ur_program){.process = -1, .complaints = -1};
    return status;
}

bool ur_program_is_there(const char *name, const char *word)
{
    const char *const words[] = {name, word, NULL};
    ur_program p;
    char room[256];
    if (ur_program_begin(&p, words, NULL) != UR_OK) return false;
    while (fread(room, 1, sizeof room, p.output) > 0) continue;
    return ur_program_end(&p, UR_OK, NULL) == UR_OK;
}
