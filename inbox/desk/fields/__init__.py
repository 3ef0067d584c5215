"""The fields of a page's forms, read from the page itself, and the mistakes in what officers entered."""
