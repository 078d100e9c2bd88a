"""The `webfoot` command: `app` finds the command, one module holds each group of commands."""
