"""Runs the comparison from the command line."""

import sys

from tools.syntaxtrees import main

sys.exit(main(sys.argv[1:]))
