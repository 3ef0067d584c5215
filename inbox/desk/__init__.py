"""The work desk: pages served on loopback to one browser; no other part of the inbox opens a socket."""
