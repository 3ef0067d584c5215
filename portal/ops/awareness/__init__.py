"""Commands that help to make officers aware of approaches."""
