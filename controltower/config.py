"""What the environment says, read once and checked before anything starts.

Pure: a mapping in, a frozen `Config` out, or `ConfigError` with every complaint at once, each a sentence that names
the variable to set. `settings.py` is the only caller in the product.
"""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCAL, PRODUCTION = "local", "production"
SECRETS_FILE = "secrets.json"


class ConfigError(ValueError):
    """The environment is incomplete or contradicts itself. The message lists what to set."""


@dataclass(frozen=True)
class Secrets:
    """Keys of one installation. `field_keys` are Fernet keys, newest first; `audit_key` is an Ed25519 seed in hex."""

    secret_key: str
    field_keys: tuple[str, ...]
    audit_key: str


@dataclass(frozen=True)
class Mail:
    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    sender: str


@dataclass(frozen=True)
class Model:
    """Where a language model answers. Without `name` the rules engine does the work and says so.

    `options` are bounds and prices; the gateway knows and checks their names.
    """

    base_url: str
    api_key: str
    name: str
    options: Mapping[str, Any]

    @property
    def configured(self) -> bool:
        return bool(self.name)


@dataclass(frozen=True)
class Config:
    mode: str
    home: Path
    port: int
    database_url: str
    owner_url: str
    redis_url: str
    allowed_hosts: tuple[str, ...]
    base_url: str
    secrets: Secrets
    mail: Mail
    mailbox: bool
    model: Model
    agents: bool
    metrics_token: str

    @property
    def production(self) -> bool:
        return self.mode == PRODUCTION

    @property
    def embedded_database(self) -> bool:
        return not self.database_url

    @property
    def embedded_redis(self) -> bool:
        return not self.redis_url


def from_env(env: Mapping[str, str], *, root: Path) -> Config:
    """Read and check the environment. `root` is the checkout, used for the default data folder only.

    In local mode missing keys are made once and kept in `TOWER_HOME/secrets.json` (mode 0600).
    """
    complaints: list[str] = []
    mode = env.get("TOWER_MODE", LOCAL)
    if mode not in (LOCAL, PRODUCTION):
        complaints.append(f"TOWER_MODE is {mode!r}: set it to 'local' or 'production'.")
    home = Path(env.get("TOWER_HOME") or root / ".tower").expanduser().absolute()
    port = _port(env, "TOWER_PORT", 8000, complaints)
    config = Config(
        mode=mode,
        home=home,
        port=port,
        database_url=env.get("DATABASE_URL", ""),
        owner_url=env.get("DATABASE_OWNER_URL", ""),
        redis_url=env.get("REDIS_URL", ""),
        allowed_hosts=tuple(host.strip() for host in env.get("TOWER_ALLOWED_HOSTS", "").split(",") if host.strip()),
        base_url=env.get("TOWER_BASE_URL", "").rstrip("/") or f"http://127.0.0.1:{port}",
        secrets=_secrets(env, home, mode),
        mail=_mail(env, complaints),
        mailbox=_flag(env, "TOWER_MAILBOX", False, complaints),
        model=_model(env, complaints),
        agents=_flag(env, "TOWER_AGENTS", True, complaints),
        metrics_token=env.get("TOWER_METRICS_TOKEN", ""),
    )
    complaints += _contradictions(config, env)
    if complaints:
        raise ConfigError("The settings do not fit together:\n  - " + "\n  - ".join(complaints))
    return config


def _contradictions(config: Config, env: Mapping[str, str]) -> list[str]:
    found = []
    if bool(config.database_url) != bool(config.owner_url):
        missing = "DATABASE_OWNER_URL" if config.database_url else "DATABASE_URL"
        found.append(
            f"{missing} is missing: an own PostgreSQL needs DATABASE_URL (the runtime role) and DATABASE_OWNER_URL "
            "(the owner role, for migrations). `python manage.py database_sql` prints the roles to create."
        )
    elif config.database_url and config.database_url == config.owner_url:
        found.append("DATABASE_URL and DATABASE_OWNER_URL are the same: row-level security needs two roles.")
    if config.model.configured and not (config.model.base_url or config.model.api_key):
        found.append("TOWER_MODEL is set but nothing says where it answers: set OPENAI_API_KEY, or OPENAI_BASE_URL.")
    if (config.model.base_url or env.get("OPENAI_API_KEY")) and not config.model.configured:
        found.append("OPENAI_BASE_URL or OPENAI_API_KEY is set without TOWER_MODEL: name the model to use.")
    if config.production:
        found += _production_gaps(config)
    return found


def _production_gaps(config: Config) -> list[str]:
    wanted = {
        "DATABASE_URL": config.database_url,
        "REDIS_URL": config.redis_url,
        "TOWER_SECRET_KEY": config.secrets.secret_key,
        "TOWER_FIELD_KEYS": config.secrets.field_keys,
        "TOWER_AUDIT_KEY": config.secrets.audit_key,
        "TOWER_ALLOWED_HOSTS": config.allowed_hosts,
        "TOWER_SMTP_HOST": config.mail.host,
        "TOWER_MAIL_FROM": config.mail.sender,
    }
    gaps = [f"{name} is missing: TOWER_MODE=production needs it." for name, value in wanted.items() if not value]
    if not config.base_url.startswith("https://"):
        gaps.append("TOWER_BASE_URL must be the https:// address that people open in production.")
    if config.mailbox:
        gaps.append("TOWER_MAILBOX is a tool of the demo: unset it in production.")
    return gaps


def _mail(env: Mapping[str, str], complaints: list[str]) -> Mail:
    return Mail(
        host=env.get("TOWER_SMTP_HOST", ""),
        port=_port(env, "TOWER_SMTP_PORT", 25, complaints),
        user=env.get("TOWER_SMTP_USER", ""),
        password=env.get("TOWER_SMTP_PASSWORD", ""),
        use_tls=_flag(env, "TOWER_SMTP_TLS", False, complaints),
        sender=env.get("TOWER_MAIL_FROM", ""),
    )


def _model(env: Mapping[str, str], complaints: list[str]) -> Model:
    text = env.get("TOWER_MODEL_OPTIONS", "") or "{}"
    try:
        options = json.loads(text)
    except ValueError:
        options = None
    if not isinstance(options, dict):
        complaints.append(
            f'TOWER_MODEL_OPTIONS is {text!r}: set it to a JSON object such as {{"concurrency": 2}}, or unset it.'
        )
        options = {}
    return Model(env.get("OPENAI_BASE_URL", ""), env.get("OPENAI_API_KEY", ""), env.get("TOWER_MODEL", ""), options)


def _secrets(env: Mapping[str, str], home: Path, mode: str) -> Secrets:
    field_keys = tuple(key.strip() for key in env.get("TOWER_FIELD_KEYS", "").split(",") if key.strip())
    given = Secrets(env.get("TOWER_SECRET_KEY", ""), field_keys, env.get("TOWER_AUDIT_KEY", ""))
    if mode == PRODUCTION or all((given.secret_key, given.field_keys, given.audit_key)):
        return given
    kept = _kept_secrets(home)
    return Secrets(
        given.secret_key or kept["secret_key"],
        given.field_keys or (kept["field_key"],),
        given.audit_key or kept["audit_key"],
    )


def _kept_secrets(home: Path) -> dict[str, str]:
    """The keys of a local installation: made on first use; two processes that start at once agree on one file."""
    path = home / SECRETS_FILE
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = {
            "secret_key": secrets.token_urlsafe(50),
            "field_key": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "audit_key": secrets.token_hex(32),
        }
        draft = home / f".{SECRETS_FILE}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh))
        try:
            os.link(draft, path)  # fails when another process was first; its file is the one that counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def _port(env: Mapping[str, str], name: str, default: int, complaints: list[str]) -> int:
    text = env.get(name, "") or str(default)
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    complaints.append(f"{name} is {text!r}: set it to a port number from 1 to 65535.")
    return default


def _flag(env: Mapping[str, str], name: str, default: bool, complaints: list[str]) -> bool:
    text = (env.get(name) or ("on" if default else "off")).lower()
    if text in ("on", "1", "true", "yes"):
        return True
    if text not in ("off", "0", "false", "no"):
        complaints.append(f"{name} is {text!r}: set it to 'on' or 'off'.")
        return default
    return False
