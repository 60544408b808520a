"""How documents come and go: what is checked, what is noted, and what goes with what."""
