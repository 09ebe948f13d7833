/* A full disk, simulated by a limit on the size of files. Include after cmocka.h. */
#ifndef UR_TEST_DISK_H
#define UR_TEST_DISK_H

#include <signal.h>
#include <sys/resource.h>

/* No file may become larger than `bytes`. 0 removes the limit. */
static inline void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

#endif
