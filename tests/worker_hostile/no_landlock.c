/* Runs a program as a kernel without Landlock would: no-landlock PROGRAM [ARGUMENT...] */
#include <errno.h>
#include <seccomp.h>
#include <unistd.h>

int
main(int argc, char **argv)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (argc < 2 || filter == NULL ||
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(landlock_create_ruleset), 0) !=
            0 ||
        seccomp_load(filter) != 0)
        return 125;
    (void)execv(argv[1], argv + 1);
    return 126;
}
