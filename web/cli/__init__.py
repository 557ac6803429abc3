"""The command ``commons``: one file a group of commands. Data goes to stdout, everything else to stderr."""
