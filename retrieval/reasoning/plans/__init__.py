"""Plans by rule: which questions lead to the answer of one."""
