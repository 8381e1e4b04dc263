"""The recipe of the shipped sentiment classifier: `python -m classifier` runs all of it."""
