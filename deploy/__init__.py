"""Files for the machines on which Fanal runs, and the program that builds its packages."""
