/* Signals during training. The handler does nothing but what is safe in one. */
#include "signals.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A handler can reach nothing else than these. */
static ur_trainer *volatile trainer_to_stop;
static volatile sig_atomic_t came;
static const char *volatile to_restore;
static char file_to_remove[PATH_MAX], folder_to_remove[PATH_MAX];

static void on_signal(int number)
{
    if (came) {
        ssize_t written = to_restore ? write(STDERR_FILENO, to_restore, strlen(to_restore)) : 0;
        (void)written; /* the terminal may be gone */
        if (file_to_remove[0]) {
            unlink(file_to_remove);
            rmdir(folder_to_remove);
        }
        _exit(128 + number);
    }
    came = 1;
    if (trainer_to_stop) ur_trainer_stop(trainer_to_stop);
}

void ur_cli_signals_catch(void)
{
    struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART: a read that waits must end */
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
#ifdef SIGXFSZ
    sigaction(SIGXFSZ, &action, NULL); /* a limit on the size of files is an error with a message */
#endif
}

void ur_cli_signals_stop(ur_trainer *trainer)
{
    trainer_to_stop = trainer;
    if (came && trainer) ur_trainer_stop(trainer);
}

void ur_cli_restore_on_exit(const char *sequence) { to_restore = sequence; }

bool ur_cli_interrupted(void) { return came; }

void ur_cli_remove_on_exit(const char *path)
{
    file_to_remove[0] = 0;
    const char *slash = path ? strrchr(path, '/') : NULL;
    if (!slash || strlen(path) >= sizeof file_to_remove) return;
    memcpy(folder_to_remove, path, (size_t)(slash - path));
    folder_to_remove[slash - path] = 0;
    strcpy(file_to_remove, path);
}
