/* Stands between a program and its clock (LD_PRELOAD): from when the program has read its standard input, its clock stands
 * at STANDS_AT, in whole seconds since 1970. Before that, and for whatever measures how long something takes, time passes.
 *
 * faketime can let a clock stand still as well, but from the start on: the file format of the sample's keys measures by that
 * very clock how fast the machine is when it is opened, and tries ever more work until some time has passed.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static atomic_bool stands;

ssize_t read(int fd, void *to, size_t most)
{
    ssize_t (*next)(int, void *, size_t) = (ssize_t (*)(int, void *, size_t))dlsym(RTLD_NEXT, "read");
    ssize_t got = next(fd, to, most);
    if (fd == STDIN_FILENO && got > 0)
        atomic_store(&stands, 1);
    return got;
}

int clock_gettime(clockid_t clock, struct timespec *to)
{
    int (*next)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const char *at = getenv("STANDS_AT");
    if (clock != CLOCK_REALTIME || !at || !atomic_load(&stands))
        return next(clock, to);
    to->tv_sec = atoll(at);
    to->tv_nsec = 0;
    return 0;
}
