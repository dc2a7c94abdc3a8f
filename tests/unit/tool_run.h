/* For tests: run a program without a shell, wait for it, and keep what it printed. */
#ifndef TOOL_RUN_H
#define TOOL_RUN_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dz_buf.h"

/* Exit status, or -1. Standard output is appended to out; NULL discards it. */
static int
tool_run(const char *const argv[], struct dz_buf *out)
{
    int pipe_fds[2];
    if (pipe(pipe_fds) != 0)
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        int none = open("/dev/null", O_RDWR);
        dup2(none, STDIN_FILENO);
        dup2(pipe_fds[1], STDOUT_FILENO);
        close(pipe_fds[0]);
        close(pipe_fds[1]);
        char *args[32] = {0};
        for (size_t i = 0; i < 31 && argv[i] != NULL; i++)
            args[i] = strdup(argv[i]);
        execvp(args[0], args);
        _exit(127);
    }
    close(pipe_fds[1]);
    char piece[65536];
    for (;;) {
        ssize_t n = read(pipe_fds[0], piece, sizeof piece);
        if (n <= 0)
            break;
        if (out != NULL)
            dz_buf_add(out, piece, (size_t)n);
    }
    close(pipe_fds[0]);
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

#endif
