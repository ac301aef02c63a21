"""OpenSSH's formats and rules. No I/O and nothing executed: bytes and values in, values out.

Each part reads one format: `wire` and `keys` the binary and text forms of keys, `config` ssh_config,
`known_hosts`, `algorithms`, `destination` what people type after `ssh` and `git clone`.
"""
