"""All settings of an instance: one typed class, read from the environment only."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEVELOPMENT_SECRET = "development-only-secret-do-not-use-in-production"  # noqa: S105 - refused in production

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


class Settings(BaseSettings):
    """Settings with safe defaults; each is the environment variable ``CONSULT_<NAME>``.

    Raises:
        pydantic.ValidationError: a value is malformed, or production has the default secret.
    """

    model_config = SettingsConfigDict(env_prefix="CONSULT_", extra="ignore")

    environment: Literal["development", "production", "test"] = Field(
        "development",
        description="What this process is. `production` refuses the default secret and marks cookies Secure.",
    )
    data_dir: Path = Field(
        Path("var"), description="Folder for the SQLite database, stored files, the job queue and undelivered mail."
    )
    database_url: str = Field(
        "",
        description="SQLAlchemy address of the database. Empty: SQLite in `CONSULT_DATA_DIR`. "
        "PostgreSQL: `postgresql+psycopg://user:password@host/name`.",
    )
    secret_key: SecretStr = Field(
        SecretStr(DEVELOPMENT_SECRET), description="Signs cookies and tokens; at least 32 characters in production."
    )
    host: str = Field(
        "127.0.0.1", description="Address that the web server listens on; in development one of this machine only."
    )
    port: int = Field(8000, ge=1, le=65535, description="Port that the web server listens on.")
    public_url: str = Field(
        "", description="Address that people use, for links in e-mails. Empty: `http://127.0.0.1:<port>`."
    )
    instance_name: str = Field("Consult", description="Name of the instance, in page headers and e-mails.")
    web_workers: int = Field(2, ge=1, le=64, description="Web server processes.")
    web_threads: int = Field(4, ge=1, le=64, description="Threads in each web server process.")
    trusted_proxies: int = Field(
        0, ge=0, le=10, description="How many proxies in front set X-Forwarded-For; 0 means the header is ignored."
    )
    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="Mail server: `smtp://user:password@host:587` (STARTTLS) or `smtps://…:465`. "
        "Empty: messages are written to `mail/` in the data folder.",
    )
    mail_from: str = Field("consult@localhost", description="Sender address of e-mails.")
    session_hours: int = Field(72, ge=1, le=24 * 90, description="How long a sign-in lasts, in hours.")
    draft_days: int = Field(
        60,
        ge=1,
        le=365,
        description="How long the browser of somebody not signed in keeps its key to a draft, in days.",
    )
    attempt_window_minutes: int = Field(
        15,
        ge=1,
        le=60,
        description="Window in which sign-ins, sign-ups and resets are counted, in minutes; at most an hour, after "
        "which nothing of them is kept.",
    )
    attempts_per_account: int = Field(
        10,
        ge=1,
        description="Failed sign-ins, and apart from them sign-ups and resets, for one e-mail address in the window.",
    )
    attempts_per_address: int = Field(
        60, ge=1, description="Sign-in, sign-up and reset attempts from one network address within the window."
    )
    drafts_per_address: int = Field(
        120, ge=1, description="Drafts begun without an account from one network address within the window."
    )
    api_requests_per_minute: int = Field(
        300,
        ge=1,
        description="Requests to the read API from one network address in a minute, in each web server process; "
        "addresses are held in memory only.",
    )
    max_request_bytes: int = Field(
        4 * 1024 * 1024, ge=65536, description="Largest request that is read, in bytes; more is answered with 413."
    )
    max_file_bytes: int = Field(
        10_000_000, ge=100_000, le=100_000_000, description="Largest file that is taken, in bytes."
    )
    files_per_submission: int = Field(10, ge=1, le=100, description="Files that one submission may bring.")
    file_bytes_per_submission: int = Field(
        40_000_000, ge=100_000, description="Size of all files of one submission together, in bytes."
    )
    file_bytes_per_round: int = Field(
        5_000_000_000, ge=1_000_000, description="Size of all files handed in to one round together, in bytes."
    )
    uploads_per_address: int = Field(
        40, ge=1, description="Files sent from one network address within the window of attempts."
    )
    clamav_socket: str = Field(
        "",
        description="Socket of ClamAV's daemon: a path, or `host:port`. Files are then held back until it has seen "
        "them. Empty: files are given out, with a sentence that they were not checked for viruses.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    log_format: Literal["text", "json"] = Field("text", description="How log lines are written.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_dir.resolve() / 'consult.db'}"
        if not self.public_url:
            self.public_url = f"http://127.0.0.1:{self.port}"
        self.public_url = self.public_url.rstrip("/")
        if self.environment == "development" and self.host not in LOOPBACK:
            # In development anybody who reaches the port can read undelivered mail and knows the secret.
            raise ValueError(
                "CONSULT_HOST must stay on this machine in development; set CONSULT_ENVIRONMENT=production"
            )
        if self.environment == "production":
            secret = self.secret_key.get_secret_value()
            if secret == DEVELOPMENT_SECRET or len(secret) < 32:
                raise ValueError(
                    "CONSULT_SECRET_KEY must be set to a random value of at least 32 characters in production"
                )
        return self

    def make_data_dir(self) -> None:
        """Make the data folder where there is none, for this user alone: it holds identities and undelivered mail."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def is_production(self) -> bool:
        """Whether real people's data is at stake."""
        return self.environment == "production"

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite."""
        return self.database_url.startswith("sqlite")
