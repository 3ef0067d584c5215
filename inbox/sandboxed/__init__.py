"""What runs inside the sandbox, beside a hostile file; of the inbox it finds nothing but this there."""
