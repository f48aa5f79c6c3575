"""who may do what: roles, permissions, policy, requires. Knows actors and subjects as protocols; features register predicates."""
