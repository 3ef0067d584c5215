"""What people see: the public pages, the forms that work without JavaScript, and the headers of answers."""
