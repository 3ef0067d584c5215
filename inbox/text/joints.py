"""Characters that join the words of a name: for use between the brackets of a regular expression."""

# Hyphens and dashes of every width, and the minus sign.
HYPHENS = "\u002d\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
# Typed, typographic, turned, and the letter that stands for one.
APOSTROPHES = "'\u2018\u2019\u02bc"
