"""The machine's own ssh and git beside our answer: what they say, and where that is not what we say.

`offers`: which keys ssh would try, without a network (`why --witness`). `login`: one real login by ssh, and by
git where the destination is a repository (`doctor --witness`). What they print is read by the log reader.
"""
