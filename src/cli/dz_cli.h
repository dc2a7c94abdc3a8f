/* The program itself. main.c calls this and nothing else. */
#ifndef DZ_CLI_H
#define DZ_CLI_H

/** Run the program. Returns the exit status: 0; 1 an error; 2 wrong usage; 3 the vault or a package
 *  is not what was stored. */
int
dz_cli_main(int argc, char **argv);

#endif
