"""The desk: pages served on loopback to one browser. No other part of the inbox opens a socket."""
