"""The guided set-up as values: steps, choices with defaults, checks of each answer, and the words for all.

Both wizards, the full-screen one and the plain one, show these and decide nothing themselves. No I/O: the
caller brings `Facts` and a `FileView`, and hands the resulting `Fix` to `apply`.

* `doors`: the first screen; * `choices`: each question with its options and default;
* `road`: the steps, what was answered so far, how it ends; * `answers`: checks of what a person typed;
* `newkey`: name, type and comment for a new key; * `strip`: the shell command that a screen stands for;
* `service`: the account API behind a host; * `resume`: a set-up left half-way; * `options`: how a wizard begins.
"""
