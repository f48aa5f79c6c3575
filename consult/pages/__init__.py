"""read-only pages that show several features at once: home, a consultation, My submissions, the desk's start."""
