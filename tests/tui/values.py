"""Hand-made values for screens: one wrong-account case, with documentation names."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

from sshwizard.machine.machine import Machine, here
from sshwizard.model.account import RemoteKey
from sshwizard.model.config import CommandLine, Effective, Environment
from sshwizard.model.facts import Facts, GitFacts, GitRemote
from sshwizard.model.files import FileSeen
from sshwizard.model.finding import Case, Diagnosis, Evidence, Finding, Fix, HostEffect
from sshwizard.model.identity import Agent, Identity, PublicKey
from sshwizard.model.plan import LeftOut, Offer, Plan, Target
from sshwizard.model.source import Source
from sshwizard.model.steps import WriteFile
from sshwizard.model.transcript import Answer, Check, Transcript
from sshwizard.providers.place import Place
from sshwizard.wizard.account import Account, joined

HOSTILE = "[red]x[/] [@click=app.bell]y[/] a [/] b"


def public(seed: int, comment: str = "joe@laptop") -> PublicKey:
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0 " + bytes([seed]) * 32
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    md5 = hashlib.md5(blob).hexdigest()
    return PublicKey(
        blob=blob,
        type="ssh-ed25519",
        bits=256,
        comment=comment,
        fingerprint=f"SHA256:{digest}",
        fingerprint_md5="MD5:" + ":".join(md5[i : i + 2] for i in range(0, 32, 2)),
    )


def identity(seed: int, path: str, comment: str = "joe@laptop", agents: tuple[str, ...] = ()) -> Identity:
    return Identity(
        public=public(seed, comment),
        private_path=path,
        public_path=f"{path}.pub",
        format="openssh",
        has_private=True,
        encrypted=False,
        usable_private=True,
        mode=0o600,
        mtime=0.0,
        agents=agents,
    )


def account(home: str, *, title: str = "joe@old-laptop") -> Account:
    keys = (
        RemoteKey(
            id="1",
            title="laptop",
            public=public(1),
            fingerprint=public(1).fingerprint,
            type="ssh-ed25519",
            created=None,
        ),
        RemoteKey(id="2", title=title, public=None, fingerprint="MD5:00", type=None, created="2019-04-02"),
    )
    place = Place(kind="api", name="github", title="GitHub", provider="github")
    return joined(
        place, "joe", keys, [identity(1, f"{home}/.ssh/id_ed25519"), identity(2, f"{home}/.ssh/other")]
    )


def machine(home: str) -> Machine:
    return replace(here(home=home, env={"PATH": "/usr/bin:/bin"}), cwd=home, user="joe", hostname="laptop")


def target() -> Target:
    return Target(
        typed="github.com", host="github.com", hostname="github.com", port=22, user="git", provider="github"
    )


def offer(position: int, seed: int, path: str, **more: object) -> Offer:
    values: dict[str, object] = {
        "position": position, "public": public(seed), "path": path, "kind": "query", "via": "file",
        "explicit": False, "certificate": False, "needs_passphrase": False, "because": "one of the default names",
    }  # fmt: skip
    return Offer(**{**values, **more})  # type: ignore[arg-type]


def plan(home: str, comment: str = "") -> Plan:
    ssh = f"{home}/.ssh"
    effective = Effective(
        host="github.com", hostname="github.com", port=22, user="git", options={}, shadowed={}, identity_files=(),
        certificate_files=(), identity_agent=None, identities_only=False, problems=(), conditions=(),
        alternatives=(), files_read=(), blocks=(),
    )  # fmt: skip
    return Plan(
        target=target(),
        effective=effective,
        offers=(
            offer(
                1,
                1,
                comment or f"{ssh}/id_rsa",
                via="agent",
                source=Source(f"{ssh}/config", 21),
                explicit=True,
            ),
            offer(2, 2, f"{ssh}/id_ed25519"),
        ),
        left_out=(
            LeftOut(
                public=public(3), path=f"{ssh}/home_ed25519", because="no line names it", reason="not-named"
            ),
        ),
        ssh="/usr/bin/ssh",
        ssh_version="OpenSSH_9.2p1",
        agent=None,
    )


def facts(home: str, comment: str = "joe@laptop") -> Facts:
    place = machine(home)
    environment = Environment(
        home=home, user="joe", uid=1000, hostname="laptop", env={}, cwd=home, ssh_version="OpenSSH_9.2p1",
        user_config=f"{home}/.ssh/config",
    )  # fmt: skip
    agent = Agent(name="ssh-agent", where=f"{home}/agent.sock", reachable=True, keys=(public(1, comment),))
    remote = GitRemote(
        name="origin", url="git@github.com:acme/app.git", push_url="git@github.com:acme/app.git", folder=home,
        transport="ssh", user="git", host="github.com", path="acme/app",
    )  # fmt: skip
    return Facts(
        environment=environment,
        command_line=CommandLine(destination="github.com"),
        target=target(),
        files=place.files,
        ssh_folder=FileSeen(path=f"{home}/.ssh", kind="directory"),
        key_files=(),
        identities=(
            identity(1, f"{home}/.ssh/id_rsa", comment, (agent.where,)),
            identity(2, f"{home}/.ssh/id_ed25519", comment),
            identity(3, f"{home}/.ssh/home_ed25519", comment),
        ),
        agents=(agent,),
        config_files=(),
        known_hosts=(),
        git=GitFacts(folder=home, remotes=(remote,)),
        ssh="/usr/bin/ssh",
        ssh_version="OpenSSH_9.2p1",
        platform="linux",
        account_home=home,
        shell_home=home,
    )


CHECKS = (
    Check(id="dns", title="find github.com", state="passed", ms=4.1, detail="140.82.121.3"),
    Check(id="tcp", title="connect", state="passed", ms=31.0, detail="port 22"),
    Check(
        id="hostkey",
        title="host key",
        state="passed",
        ms=48.2,
        detail="the one github.com publishes (ed25519)",
    ),
    Check(id="userauth", title="log in", state="failed", ms=92.0, detail="wrong account", code="denied"),
)


def fix(home: str) -> Fix:
    return Fix(
        title="Send home_ed25519 to github.com",
        steps=(
            WriteFile(
                path=f"{home}/.ssh/config",
                before=None,
                after=b"Host github.com\n    IdentityFile ~/.ssh/home_ed25519\n    IdentitiesOnly yes\n",
            ),
        ),
        why="id_rsa sits in your agent, so ssh would still send it first.",
        safe=True,
        affects_hosts=(
            HostEffect(host="github.com", before=("id_rsa", "id_ed25519"), after=("home_ed25519",)),
        ),
        hosts_checked=14,
    )


def diagnosis(home: str, *, comment: str = "") -> Diagnosis:
    transcript = Transcript(
        checks=CHECKS,
        answers=(
            Answer(public=public(1), state="accepted", ms=8.0, planned=1),
            Answer(public=public(3), state="accepted", ms=8.0, planned=None),
        ),
        ssh_outcome="accepted",
        ssh_key=public(1),
        account="joe-work",
    )
    finding = Finding(
        id="wrong-account-key",
        severity="fail",
        certainty="certain",
        title="ssh sends a key of another account first",
        conclusion="github.com lets you in as joe-work; you want joe-home.",
        evidence=(
            Evidence(source=f"{home}/.ssh/config", line=21, text=comment or "IdentityFile ~/.ssh/id_rsa"),
            Evidence(source="github.com:22", text="accepted id_rsa"),
        ),
        fixes=(fix(home),),
    )
    case = Case(facts=facts(home, comment or "joe@laptop"), plan=plan(home, comment), transcript=transcript)
    return Diagnosis(case=case, findings=(finding,), verdict="problem")
