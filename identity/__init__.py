"""Who is at the desk: people, roles, sessions, tokens."""
