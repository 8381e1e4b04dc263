"""The recipe of the shipped language model: `python -m language` runs all of it."""
