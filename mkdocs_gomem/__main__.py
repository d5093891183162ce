"""`python -m mkdocs_gomem`: the command line, where the script is not on the path."""

import sys

from mkdocs_gomem.hosts.cli import main

sys.exit(main())
