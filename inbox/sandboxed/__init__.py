"""Code that runs inside the sandbox, beside a hostile file.

The rest of the inbox is not visible inside the sandbox.
"""
