#include "dz_cli.h"

int
main(int argc, char **argv)
{
    return dz_cli_main(argc, argv);
}
