"""Characters that join the words of a name, for use inside the brackets of a regular expression."""

# Hyphens and dashes of every width, and the minus sign.
HYPHENS = "\u002d\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
# The straight apostrophe, both single quotation marks, and the modifier letter apostrophe.
APOSTROPHES = "'\u2018\u2019\u02bc"
