"""What codecs say within their frames, units and settings, which the boxes around them do not show."""
