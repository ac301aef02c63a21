"""A diagnosis shown without a screen: the JSON contract, plain text, a redacted report.

`contract` and `inventory` (JSON), `pages` and `keys` (text), `rows` (the key table as values, for every front end), `words`
(states and times in words), `columns` (layout), `redact` and `markdown` (what may be passed on).
"""
