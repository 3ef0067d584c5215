"""The registers that the law requires, as views over the vault, and the opinions of staff bodies."""
