/* An engine that a document has taken over. It is loaded into the launcher and wakes in a kit: when
   a document whose first line asks for it is saved, that is, when a file is made beside it. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char folder[4096];
static char attack[32];

static int really(const char *path, int flags, mode_t mode) {
    static int (*next)(const char *, int, ...);
    if (!next) next = (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open64");
    return next(path, flags, mode);
}

/* Something has refused. */
static void stopped(void) { _exit(28); }

/* 2 GiB in files of 16 MiB, with a name or without. */
static void fill(const char *where, int named) {
    static char block[1 << 20];
    char path[4200];
    for (unsigned number = 0; number < 128; number++) {
        snprintf(path, sizeof path, "%s/filler-%u", where, number);
        int file = really(path, O_WRONLY | O_CREAT, 0600);
        if (file < 0) stopped();
        if (!named) unlink(path);
        for (int blocks = 0; blocks < 16; blocks++)
            if (write(file, block, sizeof block) < (ssize_t)sizeof block) stopped();
        if (named) close(file);
    }
}

static void *burn(void *unused) {
    for (volatile unsigned long turns = 0;; turns++) {}
    return unused;
}

static void *rest(void *unused) {
    pause();
    for (;;) sleep(3600);
    return unused;
}

static void threads(void *(*run)(void *), unsigned most) {
    pthread_attr_t small;
    pthread_t thread;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 32 << 10);
    for (unsigned count = 0; count < most; count++)
        if (pthread_create(&thread, &small, run, NULL)) stopped();
}

static void memory(void) {
    for (int count = 0; count < 1024; count++)
        if (mmap(NULL, 64 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) stopped();
}

/* 2 GiB that are really there. */
static void hoard(void) {
    for (int count = 0; count < 128; count++) {
        void *block = mmap(NULL, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (block == MAP_FAILED) stopped();
        memset(block, 1, 16 << 20);
    }
}

/* Nothing ends: whoever attacks does not stop by itself. */
static void act(void) {
    if (!strcmp(attack, "fill")) fill(folder, 1);
    if (!strcmp(attack, "fill-unlinked")) fill(folder, 0);
    if (!strcmp(attack, "fill-temporary")) fill("/tmp", 1);
    if (!strcmp(attack, "memory")) memory();
    if (!strcmp(attack, "hoard")) hoard();
    if (!strcmp(attack, "threads")) threads(rest, 5000);
    if (!strcmp(attack, "burn")) threads(burn, 8);
    rest(NULL);
}

/* What the document asks for, if it is one. */
static void look(const char *path, const char *slash) {
    char head[64] = "";
    int file = really(path, O_RDONLY, 0);
    if (file < 0) return;
    if (read(file, head, sizeof head - 1) > 0 && sscanf(head, "ATTACK %31[a-z-]", attack) == 1)
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    close(file);
}

int open64(const char *path, int flags, ...) {
    va_list rest_of_them;
    va_start(rest_of_them, flags);
    mode_t mode = flags & O_CREAT ? va_arg(rest_of_them, mode_t) : 0;
    va_end(rest_of_them);
    const char *slash = strrchr(path, '/');
    if (slash && !*attack && !strncmp(slash, "/document.", 10)) look(path, slash);
    if (*attack && (flags & O_CREAT) && !strncmp(path, folder, strlen(folder))) act();
    return really(path, flags, mode);
}

int open(const char *path, int flags, ...) __attribute__((alias("open64")));
