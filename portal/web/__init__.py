"""What people see: the public pages, the way without script, the headers of every answer."""
