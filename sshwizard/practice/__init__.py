"""The practice ground: a git host and an account API on loopback, and a sandbox home with something wrong in it.

`scenarios` says what can be practised; `ground` builds one and takes it away; `run` starts a command in it.
`host` and `account_api` are the two servers, which share one `accounts`; `repositories` serves git. Nothing
here touches the real home, the real agent or the network beyond 127.0.0.1. Heavy imports happen only when
a ground is opened.
"""
