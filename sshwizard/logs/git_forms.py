"""What git and the forges say around an ssh run: greetings, refusals, local errors."""

from __future__ import annotations

from sshwizard.logs.form import Form

GREETINGS = (
    Form(
        "greeting",
        "successfully",
        r"Hi (?:there, )?(?P<account>[^\s!,]+)! You(?:'|\\')?ve successfully authenticated",
    ),
    Form("greeting", "GitLab,", r"Welcome to GitLab, @?(?P<account>[^\s!]+)!"),
    Form("greeting", "logged", r"^(?:\W*)logged in as (?P<account>[^\s.]+)"),
    Form("greeting", "authenticated", r"authenticated via (?:an? )?(?:ssh key|deploy key)"),
    Form("greeting", "hello", r"hello (?P<account>[\w.@-]+), this is \S+ running gitolite"),
    Form("greeting", "Welcome", r"Welcome to Gerrit|Welcome, (?P<account>[\w.-]+)"),
    Form("greeting", "Hi", r"Hi (?P<account>[^\s!,]+), you have successfully connected over SSH"),
    Form("greeting", "shell", r"(?:does not|doesn't) provide shell access|[Ss]hell access is (?:not supported|disabled)"),
)  # fmt: skip

REFUSALS = (
    Form(
        "git-denied",
        "Permission",
        r"Permission to (?P<repo>\S+) denied to (?P<account>[^\s.]+(?: key)?(?:[^\s.]*))",
    ),
    Form("git-denied", "authorized", r"[Yy]our key with fingerprint .* is not authorized to access (?P<repo>[^\s.]+)"),
    Form("git-denied", "DENIED", r"FATAL: . any (?P<repo>\S+) (?P<account>\S+) DENIED"),
    Form("git-denied", "access", r"(?:remote: )?(?P<account>\S+) does not have (?:\w+ )?access to"),
    Form("repo-not-found", "Repository", r"(?:ERROR|error|fatal|remote)?:? ?Repository not found"),
    Form("repo-not-found", "project", r"The project you were looking for could not be found"),
    Form("repo-not-found", "exist", r"(?:repository|project).*does not exist.*(?:permission|access)"),
    Form("repo-not-found", "conq: denied.", r"conq: (?:repository|invalid|.*)? ?access denied|repository access denied"),
    Form("repo-not-found", "not", r"[Nn]o such (?:app|project|repository)|couldn't find that app"),
    Form("saml", "SAML", r"SAML SSO"),
    Form("read-only", "read", r"marked as read[ -]only"),
    Form("read-only", "deploy", r"deploy key (?:does not have write|is read[ -]only)|deploy keys? .*not allowed to (?:push|upload)"),
    Form("key-in-use", "already", r"[Kk]ey is (?:already in use|invalid.*already|already registered|already taken)"),
    Form("git-failed", "remote", r"Could not read from remote repository"),
    Form("git-failed", "unexpectedly", r"The remote end hung up unexpectedly"),
    Form("https-not-found", "repository", r"repository '(?P<url>https?://[^']+)' not found"),
    Form("https-auth", "Authentication", r"Authentication failed for '(?P<url>https?://[^']+)'"),
    Form("https-auth", "Username", r"(?:could not read )?Username for '(?P<url>https?://[^']+)'"),
    Form("https-auth", "authentication", r"Support for password authentication was removed"),
    Form("https-auth", "Password", r"(?:could not read )?Password for '(?P<url>https?://[^']+)'"),
    Form("git-url", "unable", r"unable to access '(?P<url>https?://[^']+)'"),
    Form("local-error", "work", r"could not create work tree dir (?P<path>.+)"),
    Form("local-error", "exists", r"destination path '(?P<path>[^']+)' already exists"),
    Form("local-error", "dubious", r"detected dubious ownership in repository"),
    Form("local-error", "rejected rejected] [rejected] refs", r"\[(?:remote )?rejected\]|failed to push some refs"),
    Form("local-error", "refspec", r"src refspec .* does not match any"),
    Form("local-error", "directory", r"unable to create (?:file|temporary file)|cannot create directory|cannot mkdir"),
    Form("local-error", "protected", r"protected branch"),
    Form("https-auth", "Basic:", r"HTTP Basic: Access denied"),
    Form("local-error", "declined", r"hook declined"),
)  # fmt: skip

FORMS = GREETINGS + REFUSALS
