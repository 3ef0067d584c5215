"""Transfers from exposed posts: who has reached the maximum time by rule, and a draw of order and posts."""
