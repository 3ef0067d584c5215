"""Notes, tags, measures, decisions, links, the queue and the views of a case.

Seventeen modules, for each is one thing that officers do or see, found by its name: two of them in one
would hide one, or have more than 300 lines (queue and its lines, links and their index).
"""
