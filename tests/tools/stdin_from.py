#!/usr/bin/python3
"""Run a program with a file as its standard input: stdin_from.py FILE PROGRAM [WORD...]"""

import os
import sys

os.dup2(os.open(sys.argv[1], os.O_RDONLY), 0)
os.execvp(sys.argv[2], sys.argv[2:])
