/* A disk that can be watched, slowed down, made to fail, and unplugged.
 *
 *     cc -O2 -shared -fPIC -o libdisk.so disk.c
 *     DISK_FOLDER=/tmp/home LD_PRELOAD=./libdisk.so bellhop serve
 *
 * It stands between a program and libc (Linux with glibc, any processor) for the files below one folder. SIGKILL loses
 * nothing that a program wrote, because the page cache outlives it; a power cut loses all that was not synced. So each
 * write and each sync is noted in a journal, and after the program was killed the test (disk.rs) reads there what the
 * disk surely held at that moment, and what else it may have held.
 *
 * DISK_FOLDER       The folder, as an absolute path without links. Everything outside is left alone. Without this
 *                   variable the library does nothing.
 * DISK_SYNC_MS      Each fsync and fdatasync takes this many milliseconds more: a slow disk.
 * DISK_JOURNAL      A file outside the folder. Every operation is appended to it, in the format of `struct record`. It is
 *                   all that counts then, so that nothing is synced to the disk of the machine, which would take time.
 * DISK_CONTROL      A file that is read before each operation, so that a test changes its mind while the program runs.
 *                   It is empty, or holds `write ENOSPC`, `write EIO`, `sync ENOSPC` or `sync EIO`, and may go on with
 *                   the end of the path of the files that fail, such as `sync EIO -wal`.
 * DISK_KILL_MARKER  The process is killed as it is about to write this text.
 *
 * SQLite's shared memory (-shm) is rebuilt at each start and never synced: it is left alone. Only the calls that this
 * program and its SQLite make are known here (`strace -f -e trace=file,desc`, `nm -D`): a file that is mapped, or filled
 * by copy_file_range, would seem to be lost, which a test would notice.
 */

#define _GNU_SOURCE
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
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* What was done. The order is that of `Kind` in disk.rs. */
enum kind { CREATE, OPEN, MKDIR, WRITE, TRUNCATE, SYNC, SYNC_FAILED, RENAME, UNLINK };

/* One entry of the journal; `length` bytes follow it: the path (of RENAME both, with a zero between them), or what was
 * written. The last entry may be cut off. */
struct record {
    uint64_t kind;
    uint64_t file;   /* the inode, where there is one */
    uint64_t offset; /* of WRITE; of TRUNCATE the new length; of SYNC how far the journal reached when it began */
    uint64_t length;
};

/* A file below the folder that is open. */
struct file {
    char *path;
    uint64_t inode;
};

enum { DESCRIPTORS = 65536 };

static struct file files[DESCRIPTORS];
static char folder[PATH_MAX];
static const char *marker;
static int journal = -1, control = -1;
static long sync_ms;
static uint64_t position; /* the journal's length */
/* Held from an operation to its entry, so that the journal has the order of the disk. */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static int (*real_openat)(int, const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_writev)(int, const struct iovec *, int);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_ftruncate)(int, off64_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_unlinkat)(int, const char *, int);
static int (*real_mkdir)(const char *, mode_t);

__attribute__((constructor)) static void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open64");
    real_openat = dlsym(RTLD_NEXT, "openat64");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    real_writev = dlsym(RTLD_NEXT, "writev");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
    real_mkdir = dlsym(RTLD_NEXT, "mkdir");
    const char *value;
    if ((value = getenv("DISK_FOLDER"))) snprintf(folder, sizeof folder, "%s", value);
    if ((value = getenv("DISK_SYNC_MS"))) sync_ms = atol(value);
    if ((value = getenv("DISK_JOURNAL"))) {
        journal = real_open(value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        position = journal < 0 ? 0 : (uint64_t)lseek64(journal, 0, SEEK_END);
    }
    if ((value = getenv("DISK_CONTROL"))) control = real_open(value, O_RDONLY | O_CLOEXEC);
    if ((value = getenv("DISK_KILL_MARKER")) && *value) marker = value;
}

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* A test that believes a journal with a hole would prove nothing. */
static void append(struct iovec *parts, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++) length += parts[i].iov_len;
    if (real_writev(journal, parts, count) != (ssize_t)length) die();
    position += length;
}

static void note(enum kind kind, uint64_t file, uint64_t offset, const void *bytes, size_t length) {
    if (journal < 0) return;
    struct record record = {kind, file, offset, length};
    struct iovec parts[] = {{&record, sizeof record}, {(void *)bytes, length}};
    append(parts, 2);
}

static void note_path(enum kind kind, uint64_t file, const char *path) {
    note(kind, file, 0, path, strlen(path));
}

/* Whether a path is the folder or below it. */
static int is_ours(const char *path) {
    size_t length = strlen(folder), own = strlen(path);
    if (length == 0 || strncmp(path, folder, length) != 0) return 0;
    if (path[length] != '/' && path[length] != 0) return 0;
    return own < 4 || strcmp(path + own - 4, "-shm") != 0;
}

static struct file *file_of(int fd) {
    return fd >= 0 && fd < DESCRIPTORS && files[fd].path ? &files[fd] : NULL;
}

/* Whether this operation (`write` or `sync`) fails by order; errno says how. */
static int fails(const char *operation, const struct file *file) {
    char text[256];
    ssize_t length = control < 0 ? 0 : pread64(control, text, sizeof text - 1, 0);
    if (length <= 0) return 0;
    text[length] = 0;
    char what[16] = "", how[16] = "", where[200] = "";
    if (sscanf(text, "%15s %15s %199s", what, how, where) < 2 || strcmp(what, operation) != 0) return 0;
    size_t end = strlen(where), own = strlen(file->path);
    if (end > own || strcmp(file->path + own - end, where) != 0) return 0;
    errno = strcmp(how, "ENOSPC") == 0 ? ENOSPC : EIO;
    return 1;
}

static void look_for_marker(const void *bytes, size_t length) {
    if (marker && memmem(bytes, length, marker, strlen(marker))) die();
}

static int opened(int fd, const char *path, int flags, int existed) {
    struct stat64 status;
    if (fd < 0 || fd >= DESCRIPTORS || fstat64(fd, &status) != 0) return fd;
    free(files[fd].path);
    files[fd].path = strdup(path);
    files[fd].inode = status.st_ino;
    note_path(existed ? OPEN : CREATE, status.st_ino, path);
    if (existed && (flags & O_TRUNC)) note(TRUNCATE, status.st_ino, 0, NULL, 0);
    return fd;
}

static int open_ours(const char *path, int flags, mode_t mode) {
    pthread_mutex_lock(&order);
    int existed = access(path, F_OK) == 0;
    int fd = opened(real_open(path, flags, mode), path, flags, existed);
    int error = errno;
    pthread_mutex_unlock(&order);
    errno = error;
    return fd;
}

#define MODE_OF(flags, mode)                                   \
    mode_t mode = 0;                                           \
    if ((flags) & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) {    \
        va_list rest;                                          \
        va_start(rest, flags);                                 \
        mode = (mode_t)va_arg(rest, int);                      \
        va_end(rest);                                          \
    }

int open64(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return is_ours(path) ? open_ours(path, flags, mode) : real_open(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return is_ours(path) ? open_ours(path, flags, mode) : real_open(path, flags, mode);
}

/* Paths below the folder are absolute, so that the directory of openat means nothing for them. */
int openat64(int at, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return is_ours(path) ? open_ours(path, flags, mode) : real_openat(at, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...) {
    MODE_OF(flags, mode)
    return is_ours(path) ? open_ours(path, flags, mode) : real_openat(at, path, flags, mode);
}

int close(int fd) {
    if (file_of(fd)) {
        free(files[fd].path);
        files[fd].path = NULL;
    }
    return real_close(fd);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    struct file *file = file_of(fd);
    if (!file) return real_pwrite(fd, bytes, length, offset);
    look_for_marker(bytes, length);
    if (fails("write", file)) return -1;
    pthread_mutex_lock(&order);
    ssize_t written = real_pwrite(fd, bytes, length, offset);
    if (written > 0) note(WRITE, file->inode, (uint64_t)offset, bytes, (size_t)written);
    pthread_mutex_unlock(&order);
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) {
    return pwrite64(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    struct file *file = file_of(fd);
    if (!file) return real_write(fd, bytes, length);
    look_for_marker(bytes, length);
    if (fails("write", file)) return -1;
    pthread_mutex_lock(&order);
    ssize_t written = real_write(fd, bytes, length);
    /* Asked for afterwards, it is right also of a file that is only appended to. */
    if (written > 0) {
        uint64_t end = (uint64_t)lseek64(fd, 0, SEEK_CUR);
        note(WRITE, file->inode, end - (uint64_t)written, bytes, (size_t)written);
    }
    pthread_mutex_unlock(&order);
    return written;
}

/* Writing less than asked is allowed, and the caller goes on with the rest. */
ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!file_of(fd)) return real_writev(fd, parts, count);
    for (int i = 0; i < count; i++) {
        if (parts[i].iov_len > 0) return write(fd, parts[i].iov_base, parts[i].iov_len);
    }
    return 0;
}

int ftruncate64(int fd, off64_t length) {
    struct file *file = file_of(fd);
    if (!file) return real_ftruncate(fd, length);
    pthread_mutex_lock(&order);
    int outcome = real_ftruncate(fd, length);
    if (outcome == 0) note(TRUNCATE, file->inode, (uint64_t)length, NULL, 0);
    pthread_mutex_unlock(&order);
    return outcome;
}

int ftruncate(int fd, off_t length) {
    return ftruncate64(fd, length);
}

/* What is written while a sync runs may miss it: it covers what was in the journal when it began, and that only once it
 * has returned. */
static int sync_ours(int fd, struct file *file, int (*real)(int)) {
    pthread_mutex_lock(&order);
    uint64_t began = position;
    pthread_mutex_unlock(&order);
    if (sync_ms > 0) {
        struct timespec pause = {sync_ms / 1000, sync_ms % 1000 * 1000000};
        nanosleep(&pause, NULL);
    }
    int outcome = fails("sync", file) ? -1 : journal < 0 ? real(fd) : 0;
    int error = errno;
    pthread_mutex_lock(&order);
    note(outcome == 0 ? SYNC : SYNC_FAILED, file->inode, began, NULL, 0);
    pthread_mutex_unlock(&order);
    errno = error;
    return outcome;
}

int fsync(int fd) {
    struct file *file = file_of(fd);
    return file ? sync_ours(fd, file, real_fsync) : real_fsync(fd);
}

int fdatasync(int fd) {
    struct file *file = file_of(fd);
    return file ? sync_ours(fd, file, real_fdatasync) : real_fdatasync(fd);
}

int rename(const char *from, const char *to) {
    if (!is_ours(from) || !is_ours(to)) return real_rename(from, to);
    char both[2 * PATH_MAX + 2];
    int length = snprintf(both, sizeof both, "%s%c%s", from, 0, to);
    pthread_mutex_lock(&order);
    int outcome = real_rename(from, to);
    int error = errno;
    if (outcome == 0) note(RENAME, 0, 0, both, (size_t)length);
    pthread_mutex_unlock(&order);
    errno = error;
    return outcome;
}

int unlink(const char *path) {
    if (!is_ours(path)) return real_unlink(path);
    pthread_mutex_lock(&order);
    int outcome = real_unlink(path);
    int error = errno;
    if (outcome == 0) note_path(UNLINK, 0, path);
    pthread_mutex_unlock(&order);
    errno = error;
    return outcome;
}

int unlinkat(int at, const char *path, int flags) {
    return is_ours(path) && flags == 0 ? unlink(path) : real_unlinkat(at, path, flags);
}

int mkdir(const char *path, mode_t mode) {
    if (!is_ours(path)) return real_mkdir(path, mode);
    pthread_mutex_lock(&order);
    int outcome = real_mkdir(path, mode);
    int error = errno;
    if (outcome == 0) note_path(MKDIR, 0, path);
    pthread_mutex_unlock(&order);
    errno = error;
    return outcome;
}
