"""Mutants: healthy programs, spoiled in one known way each.

The clinic's cases were chosen by those who wrote the rules. These are not: a
base and an operator make a program, a test over seeds says whether it is ill,
and whole bases are held out.
"""
