"""JPEG, PNG and WebP pictures, without what tells of place, day and device.

The modules mirror the page scripts ``portal/scripts/images*.js``, and pass the same vectors. But they do not
list what was found. Pictures are not decoded, so every pixel stays.
"""
