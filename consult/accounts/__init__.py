"""people, organisations, constituencies, verification, sign-in, sessions, protected identity."""
