"""The pages of the desk: each parses a form, calls one action and renders its result."""
