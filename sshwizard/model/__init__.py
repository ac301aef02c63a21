"""Frozen values that cross a stage border. No behaviour beyond small derived properties, no I/O.

`None` means "not known", never "no". Paths are absolute and as found; all text in them is already
`text.visible` where it came from outside.
"""
