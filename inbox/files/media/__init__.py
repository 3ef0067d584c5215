"""Films, sound and pictures made of boxes, without what tells of place, day and device.

The modules mirror the page scripts ``portal/scripts/media*.js``, and pass the same vectors. But they do not
list what was found.
"""
