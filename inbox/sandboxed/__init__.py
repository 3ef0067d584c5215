"""Code that runs inside the sandbox, next to a hostile file. The rest of the inbox is not visible there."""
