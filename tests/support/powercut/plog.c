/* Stands between a program and its file system calls (LD_PRELOAD), for what lies below one folder.
 *
 *   PLOG_DIR     the folder, absolute and without symbolic links
 *   PLOG_OUT     where to record what was done, in order, with what was written to stdout between
 *   PLOG_NOSYNC  fsync and fdatasync are recorded and answered, not carried out: the replayer decides what a disk kept
 *   PLOG_FAIL    the number of the call that shall fail, from 1
 *   PLOG_FAULT   how: the number of an errno, or 0 to be killed before it (of a write, half is carried out)
 *   PLOG_STAYS   from that call on every call of its kind that needs room fails (a disk that is full stays full)
 *
 * A record is the header below, a name relative to the folder, and data. Everything runs under one mutex, so the
 * order of the records is the order of the calls. Memory that SQLite shares (-shm) is never on the disk that a
 * power cut leaves; its calls are numbered and can fail, but are recorded without effect.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum effect { NOTHING = 0, OPENED = 'O', WROTE = 'W', CUT = 'T', SYNCED = 'S', REMOVED = 'U', RENAMED = 'R',
              LINKED = 'L', MADE = 'M', SAID = 'A', COPIED = 'Z' };
/* Kinds of calls, by what can go wrong with them; the same numbers as in trace.rs. */
enum kind { K_OPEN = 1, K_CREATE, K_READ, K_WRITE, K_TRUNCATE, K_SYNC, K_RENAME, K_REMOVE, K_LINK, K_MKDIR, K_COPY };

struct header {
    uint8_t effect, kind;
    uint16_t name_length;
    uint32_t data_length;
    int64_t at;         /* offset or length; of an opening: 1 created, 2 cut to nothing */
    int32_t fd, number; /* number: of the call, 0 for stdout */
};

#define FDS 4096
static char *names[FDS]; /* relative name of what an fd stands for; NULL if it is none of ours */
static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static char dir[PATH_MAX];
static size_t dir_length;
static int out = -1, nosync, stays, number, fail_at, fault;

static void give_up(const char *why) {
    dprintf(2, "plog: %s\n", why);
    abort();
}

__attribute__((constructor)) static void begin(void) {
    const char *d = getenv("PLOG_DIR"), *o = getenv("PLOG_OUT"), *f = getenv("PLOG_FAIL"), *e = getenv("PLOG_FAULT");
    if (!d) return;
    dir_length = strlen(d);
    if (dir_length >= sizeof dir) give_up("PLOG_DIR is too long");
    memcpy(dir, d, dir_length + 1);
    nosync = getenv("PLOG_NOSYNC") != NULL;
    stays = getenv("PLOG_STAYS") != NULL;
    fail_at = f ? atoi(f) : 0;
    fault = e ? atoi(e) : 0;
    if (o) {
        out = (int)syscall(SYS_openat, AT_FDCWD, o, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
        if (out < 0) give_up("PLOG_OUT cannot be written");
    }
}

/* The name below the folder, "." for itself; NULL for what is elsewhere. In `room` unless it is a part of `path`. */
static const char *inside(int at, const char *path, char *room) {
    if (!dir_length || !path) return NULL;
    if (path[0] != '/') {
        if (at < 0 || at >= FDS || !names[at]) return NULL;
        if (snprintf(room, PATH_MAX, "%s/%s", names[at], path) >= PATH_MAX) give_up("a name is too long");
        return strncmp(room, "./", 2) ? room : room + 2;
    }
    if (strncmp(path, dir, dir_length)) return NULL;
    if (!path[dir_length]) return ".";
    if (path[dir_length] != '/') return NULL;
    path += dir_length;
    while (*path == '/') path++;
    return *path ? path : ".";
}

static const char *named(int fd) { return fd >= 0 && fd < FDS ? names[fd] : NULL; }

static int is_shared_memory(const char *name) {
    size_t n = strlen(name);
    return n > 4 && !strcmp(name + n - 4, "-shm");
}

static void record(enum effect effect, enum kind kind, const char *name, int fd, int64_t at, const void *data, size_t n) {
    if (out < 0) return;
    if (effect != SAID && is_shared_memory(name)) { effect = NOTHING; n = 0; }
    struct header h = { (uint8_t)effect, (uint8_t)kind, (uint16_t)strlen(name), (uint32_t)n, at, fd,
                        effect == SAID ? 0 : number };
    struct iovec parts[3] = { { &h, sizeof h }, { (void *)name, h.name_length }, { (void *)data, n } };
    if (syscall(SYS_writev, out, parts, 3) != (long)(sizeof h + h.name_length + n)) give_up("a record is not whole");
}

static int needs_room(enum kind kind) {
    return kind == K_CREATE || kind == K_WRITE || kind == K_TRUNCATE || kind == K_RENAME || kind == K_LINK ||
           kind == K_MKDIR || kind == K_COPY;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Numbers a call and says whether it shall fail. The caller holds the mutex. */
static int fails(enum kind kind) {
    number++;
    if (!fail_at || number < fail_at || (number > fail_at && !(stays && needs_room(kind)))) return 0;
    return 1;
}

/* What a call that shall fail answers. */
static long failing(enum kind kind, const char *name) {
    if (!fault) die();
    record(NOTHING, kind, name, -1, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = fault;
    return -1;
}

/* ---- opening and closing ---- */
static int opening(int at, const char *path, int flags, mode_t mode) {
    char room[PATH_MAX];
    const char *name = inside(at, path, room);
    if (!name) return (int)syscall(SYS_openat, at, path, flags, mode);
    pthread_mutex_lock(&one_at_a_time);
    int creates = 0;
    if (flags & O_CREAT) {
        struct stat there;
        creates = fstatat(at, path, &there, 0) != 0;
    }
    enum kind kind = creates ? K_CREATE : K_OPEN;
    if (fails(kind)) return (int)failing(kind, name);
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    int error = errno;
    if (fd >= FDS) give_up("more files are open than can be followed");
    if (fd >= 0) {
        free(names[fd]);
        names[fd] = strdup(name);
        record(OPENED, kind, name, fd, creates | ((flags & O_TRUNC) ? 2 : 0), NULL, 0);
    } else {
        record(NOTHING, kind, name, -1, 0, NULL, 0);
    }
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return fd;
}

#define MODE                                  \
    mode_t mode = 0;                          \
    if (flags & (O_CREAT | __O_TMPFILE)) {    \
        va_list rest;                         \
        va_start(rest, flags);                \
        mode = va_arg(rest, mode_t);          \
        va_end(rest);                         \
    }
int open(const char *path, int flags, ...) { MODE return opening(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opening(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE return opening(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE return opening(at, path, flags, mode); }

int close(int fd) {
    if (named(fd)) {
        pthread_mutex_lock(&one_at_a_time);
        free(names[fd]);
        names[fd] = NULL;
        pthread_mutex_unlock(&one_at_a_time);
    }
    return (int)syscall(SYS_close, fd);
}

DIR *opendir(const char *path) {
    static DIR *(*real)(const char *);
    char room[PATH_MAX];
    const char *name = inside(AT_FDCWD, path, room);
    pthread_mutex_lock(&one_at_a_time);
    if (!real) real = (DIR * (*)(const char *)) dlsym(RTLD_NEXT, "opendir");
    if (name && fails(K_OPEN)) return failing(K_OPEN, name), NULL;
    if (name) record(NOTHING, K_OPEN, name, -1, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    return real(path);
}

/* ---- reading ---- */
#define READING(call)                                                     \
    const char *name = named(fd);                                         \
    if (!name) return call;                                               \
    pthread_mutex_lock(&one_at_a_time);                                   \
    if (fails(K_READ)) return failing(K_READ, name);                      \
    record(NOTHING, K_READ, name, fd, 0, NULL, 0);                        \
    pthread_mutex_unlock(&one_at_a_time);                                 \
    return call;
ssize_t read(int fd, void *to, size_t n) { READING(syscall(SYS_read, fd, to, n)) }
ssize_t pread(int fd, void *to, size_t n, off_t at) { READING(syscall(SYS_pread64, fd, to, n, at)) }
ssize_t pread64(int fd, void *to, size_t n, off64_t at) { READING(syscall(SYS_pread64, fd, to, n, at)) }

/* ---- writing ---- */
static ssize_t writing(int fd, const void *data, size_t n, int64_t at) {
    const char *name = named(fd);
    if (!name && fd == 1 && out >= 0) { /* what was said is in order with what was done */
        pthread_mutex_lock(&one_at_a_time);
        ssize_t k = syscall(SYS_write, fd, data, n);
        int error = errno;
        if (k > 0) record(SAID, 0, "stdout", fd, 0, data, (size_t)k);
        pthread_mutex_unlock(&one_at_a_time);
        errno = error;
        return k;
    }
    if (!name) return at < 0 ? syscall(SYS_write, fd, data, n) : syscall(SYS_pwrite64, fd, data, n, at);
    pthread_mutex_lock(&one_at_a_time);
    int first = number + 1 == fail_at;
    if (fails(K_WRITE)) {
        /* A process dies, and a disk fills up, in the middle of a write. */
        if (first && n > 1 && (!fault || stays)) {
            n /= 2;
            if (!fault) {
                if (at < 0) syscall(SYS_write, fd, data, n);
                else syscall(SYS_pwrite64, fd, data, n, at);
                die();
            }
        } else {
            return failing(K_WRITE, name);
        }
    }
    int64_t where = at;
    if (at < 0) {
        where = lseek(fd, 0, SEEK_CUR);
        struct stat now;
        if ((fcntl(fd, F_GETFL) & O_APPEND) && !fstat(fd, &now)) where = now.st_size;
    }
    ssize_t k = at < 0 ? syscall(SYS_write, fd, data, n) : syscall(SYS_pwrite64, fd, data, n, at);
    int error = errno;
    record(k > 0 ? WROTE : NOTHING, K_WRITE, name, fd, where, data, k > 0 ? (size_t)k : 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return k;
}
ssize_t write(int fd, const void *data, size_t n) { return writing(fd, data, n, -1); }
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { return writing(fd, data, n, at); }
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) { return writing(fd, data, n, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!named(fd) && !(fd == 1 && out >= 0)) return syscall(SYS_writev, fd, parts, count);
    /* A short write is allowed: the first part that holds anything. */
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len) return writing(fd, parts[i].iov_base, parts[i].iov_len, -1);
    return 0;
}

static int cutting(int fd, int64_t length) {
    const char *name = named(fd);
    if (!name) return (int)syscall(SYS_ftruncate, fd, length);
    pthread_mutex_lock(&one_at_a_time);
    if (fails(K_TRUNCATE)) return (int)failing(K_TRUNCATE, name);
    int done = (int)syscall(SYS_ftruncate, fd, length), error = errno;
    record(done ? NOTHING : CUT, K_TRUNCATE, name, fd, length, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return done;
}
int ftruncate(int fd, off_t length) { return cutting(fd, length); }
int ftruncate64(int fd, off64_t length) { return cutting(fd, length); }

static int syncing(int fd, long call) {
    const char *name = named(fd);
    if (!name) return (int)syscall(call, fd);
    pthread_mutex_lock(&one_at_a_time);
    if (fails(K_SYNC)) return (int)failing(K_SYNC, name);
    int done = nosync ? 0 : (int)syscall(call, fd), error = errno;
    record(done ? NOTHING : SYNCED, K_SYNC, name, fd, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return done;
}
int fsync(int fd) { return syncing(fd, SYS_fsync); }
int fdatasync(int fd) { return syncing(fd, SYS_fdatasync); }

static ssize_t copying(int fd, const char *name, long call, long a, long b, long c, long d, long e) {
    pthread_mutex_lock(&one_at_a_time);
    if (fails(K_COPY)) return failing(K_COPY, name);
    ssize_t k = syscall(call, a, b, c, d, e, 0);
    int error = errno;
    record(k > 0 ? COPIED : NOTHING, K_COPY, name, fd, k, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return k;
}
ssize_t copy_file_range(int from, off64_t *a, int to, off64_t *b, size_t n, unsigned flags) {
    const char *name = named(to) ? named(to) : named(from);
    if (!name || flags) return syscall(SYS_copy_file_range, from, a, to, b, n, flags);
    return copying(to, name, SYS_copy_file_range, from, (long)a, to, (long)b, (long)n);
}
ssize_t sendfile64(int to, int from, off64_t *at, size_t n) {
    const char *name = named(to) ? named(to) : named(from);
    if (!name) return syscall(SYS_sendfile, to, from, at, n);
    return copying(to, name, SYS_sendfile, to, from, (long)at, (long)n, 0);
}

/* ---- names ---- */
static int renaming(int at, const char *from, int to_at, const char *to, unsigned flags, enum effect effect, enum kind kind) {
    char room[PATH_MAX], to_room[PATH_MAX];
    const char *name = inside(at, from, room), *new_name = inside(to_at, to, to_room);
    long call = effect == RENAMED ? SYS_renameat2 : SYS_linkat;
    if (!name && !new_name) return (int)syscall(call, at, from, to_at, to, flags);
    pthread_mutex_lock(&one_at_a_time);
    if (fails(kind)) return (int)failing(kind, new_name ? new_name : name);
    int done = (int)syscall(call, at, from, to_at, to, flags), error = errno;
    const char *target = new_name ? new_name : "";
    record(done ? NOTHING : effect, kind, name ? name : "", -1, 0, target, strlen(target));
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return done;
}
int rename(const char *from, const char *to) { return renaming(AT_FDCWD, from, AT_FDCWD, to, 0, RENAMED, K_RENAME); }
int renameat(int a, const char *from, int b, const char *to) { return renaming(a, from, b, to, 0, RENAMED, K_RENAME); }
int renameat2(int a, const char *from, int b, const char *to, unsigned f) { return renaming(a, from, b, to, f, RENAMED, K_RENAME); }
int link(const char *from, const char *to) { return renaming(AT_FDCWD, from, AT_FDCWD, to, 0, LINKED, K_LINK); }
int linkat(int a, const char *from, int b, const char *to, int f) { return renaming(a, from, b, to, (unsigned)f, LINKED, K_LINK); }

static int removing(int at, const char *path, int flags) {
    char room[PATH_MAX];
    const char *name = inside(at, path, room);
    if (!name) return (int)syscall(SYS_unlinkat, at, path, flags);
    pthread_mutex_lock(&one_at_a_time);
    if (fails(K_REMOVE)) return (int)failing(K_REMOVE, name);
    int done = (int)syscall(SYS_unlinkat, at, path, flags), error = errno;
    record(done ? NOTHING : REMOVED, K_REMOVE, name, -1, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return done;
}
int unlink(const char *path) { return removing(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return removing(AT_FDCWD, path, AT_REMOVEDIR); }
int unlinkat(int at, const char *path, int flags) { return removing(at, path, flags); }

static int making(int at, const char *path, mode_t mode) {
    char room[PATH_MAX];
    const char *name = inside(at, path, room);
    if (!name) return (int)syscall(SYS_mkdirat, at, path, mode);
    pthread_mutex_lock(&one_at_a_time);
    if (fails(K_MKDIR)) return (int)failing(K_MKDIR, name);
    int done = (int)syscall(SYS_mkdirat, at, path, mode), error = errno;
    record(done ? NOTHING : MADE, K_MKDIR, name, -1, 0, NULL, 0);
    pthread_mutex_unlock(&one_at_a_time);
    errno = error;
    return done;
}
int mkdir(const char *path, mode_t mode) { return making(AT_FDCWD, path, mode); }
int mkdirat(int at, const char *path, mode_t mode) { return making(at, path, mode); }
