/* Signals. The handlers call only async-signal-safe functions. */
#include "cli/support/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Globals, because a handler can reach nothing else. */
static ur_trainer *volatile trainer_to_stop;
static volatile sig_atomic_t came;
static const char *volatile screen_enter, *volatile screen_leave;
static char file_to_remove[PATH_MAX], folder_to_remove[PATH_MAX];

static void send(const char *sequence)
{
    ssize_t written = sequence ? write(STDERR_FILENO, sequence, strlen(sequence)) : 0;
    (void)written; /* the terminal may be gone */
}

static void remove_file(void)
{
    if (!file_to_remove[0]) return;
    unlink(file_to_remove);
    rmdir(folder_to_remove);
}

/* Handles Ctrl-Z and Ctrl-\: restores the terminal, then lets the signal take its default action. */
static void on_leaving(int number)
{
    struct sigaction usual = {.sa_handler = SIG_DFL}, ours;
    sigset_t only;
    int number_of_error = errno;
    send(screen_leave);
    if (number == SIGQUIT) remove_file();
    sigemptyset(&usual.sa_mask);
    sigaction(number, &usual, &ours);
    sigemptyset(&only);
    sigaddset(&only, number);
    raise(number);
    sigprocmask(SIG_UNBLOCK, &only, NULL); /* the process stops or ends here */
    sigaction(number, &ours, NULL);
    send(screen_enter);
    errno = number_of_error;
}

static void on_signal(int number)
{
    bool again = came;
    if (again && number == SIGHUP) return; /* a terminal that closes may send SIGHUP twice */
    if (again) {
        send(screen_leave);
        remove_file();
        _exit(128 + number);
    }
    came = 1;
    if (trainer_to_stop) ur_trainer_stop(trainer_to_stop);
}

/* Ends a verb that cannot be asked to stop: cleans up, then lets the signal take its default action. */
static void on_end(int number)
{
    remove_file();
    signal(number, SIG_DFL);
    raise(number); /* takes effect when this handler returns */
}

/* Signals that end a program by default: on request, or because a terminal, a time limit or a reader is gone. */
static const int ENDING[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPIPE, SIGQUIT};

/* Leaves an ignored signal ignored, as nohup wants. SIGINT is an exception, because shells ignore it for background
 * jobs. */
static void handle(int number, const struct sigaction *action, bool caught_too)
{
    struct sigaction before;
    bool known = sigaction(number, NULL, &before) == 0, ignored = known && before.sa_handler == SIG_IGN;
    if (!known || (ignored && number != SIGINT)) return;
    if (caught_too || ignored || before.sa_handler == SIG_DFL) sigaction(number, action, NULL);
}

void ur_cli_signals_catch(void)
{
    static const int ASKING[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2};
    struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART, so that a blocked read ends */
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ASKING / sizeof *ASKING; i++) handle(ASKING[i], &action, true);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
}

void ur_cli_signals_stop(ur_trainer *trainer)
{
    trainer_to_stop = trainer;
    if (came && trainer) ur_trainer_stop(trainer);
}

void ur_cli_signals_screen(const char *enter, const char *leave)
{
    static const int leaving[] = {SIGTSTP, SIGQUIT};
    struct sigaction action = {.sa_handler = leave ? on_leaving : SIG_DFL, .sa_flags = SA_RESTART}, before;
    screen_enter = enter;
    screen_leave = leave;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof leaving / sizeof *leaving; i++) /* an ignored signal stays ignored */
        if (sigaction(leaving[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(leaving[i], &action, NULL);
}

bool ur_cli_interrupted(void) { return came; }

void ur_cli_remove_on_exit(const char *path)
{
    file_to_remove[0] = 0;
    const char *slash = path ? strrchr(path, '/') : NULL;
    if (!slash || strlen(path) >= sizeof file_to_remove) return;
    memcpy(folder_to_remove, path, (size_t)(slash - path));
    folder_to_remove[slash - path] = 0;
    strcpy(file_to_remove, path);
    struct sigaction action = {.sa_handler = on_end};
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof ENDING / sizeof *ENDING; i++) handle(ENDING[i], &action, false);
}
