"""What `portal doctor` checks: the portal, and the machine around it.

A finding never depends on what has arrived, because monitoring stores the findings, and would otherwise
reveal when reports arrived. Findings contain days of expiry, names of settings and states, but no counts,
sizes or days of envelopes (THREAT_MODEL). Only three states change with the data: a kind of envelope
whose share of the space is nearly full, a database that is too large to be rewritten daily, and a nearly full
disk.
"""
