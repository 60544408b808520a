"""Short answers: a literal span of what is cited, or a verdict that two cited values give."""
