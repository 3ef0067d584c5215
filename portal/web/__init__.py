"""For people: the public pages, the forms that work without JavaScript, the headers of every answer."""
