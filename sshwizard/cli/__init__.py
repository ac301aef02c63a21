"""The command line: parse, start a stage or a front end, write, and return an exit code.

`main.run` is the only entry; `commands` is the table of what exists; `output` is the only writer to stdout
and stderr; `exits` holds the exit codes. Each command is two functions, `NAME_arguments` and `run_NAME`, in
the module that the table names, and nothing of it is imported before it is chosen.
"""
