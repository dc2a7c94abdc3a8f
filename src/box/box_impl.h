/* What is behind struct dz_box, shared by its files, and how programs are started (spawn.c). */
#ifndef BOX_IMPL_H
#define BOX_IMPL_H

#include <pthread.h>
#include <sys/types.h>

#include "dz_box.h"
#include "request_impl.h"

#define FAMILIES_MAX 24
#define FAMILY_NAME_MAX 24

struct box_server {
    char family[FAMILY_NAME_MAX + 1];
    pid_t pid; /* 0: not running */
    int fd;    /* its socket; -1 when not running */
};

struct dz_box {
    char *folder;
    bool without_landlock;
    pthread_mutex_t lock; /* over the servers */
    struct box_server servers[FAMILIES_MAX];
    size_t n_servers;
};

/** Send a request with its descriptors to the server of a family, started when it does not run, and
 * once more when it has died. *ret_pid is that of the server. */
DZ_MUSTUSE enum dz_code
dz_box_request(struct dz_box *b, const char *family, struct dz_view packet,
               const int fds[REQUEST_FDS], pid_t *ret_pid, struct dz_err *err);
/** A server that does not keep the time is no longer trusted: end it with all its documents. */
void
dz_box_kill_server(struct dz_box *b, pid_t pid);
/** Close the socket and wait for the process, which ends by that; killed when it does not. */
void
dz_box_stop_server(struct box_server *s);

/** Start a program by posix_spawn and not by fork: other threads of dokaz run on, and its memory,
 * where keys lie, is never copied. It gets /dev/null as 0, 1 and 2, fds[i] as 3 + i and nothing
 * else; both lists end with NULL. At most four descriptors. Returns 0 or an errno. */
int
dz_box_spawn(const char *program, const char *const *arguments, char *const *environment,
             const int *fds, size_t n_fds, pid_t *ret);

/* What the frames of a worker may be, one after another. */
struct box_check {
    bool greeted;
    bool in_part;
    bool done;
};
/** DZ_E_CORRUPT: no honest worker sends this, or not here. */
DZ_MUSTUSE enum dz_code
dz_box_check(struct box_check *c, enum dz_wire_type type, struct dz_view payload,
             struct dz_err *err);

#endif
