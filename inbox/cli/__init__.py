"""The command line: options, prompts, rendering."""
