"""What the process takes of the machine, and what it takes before it is ready."""
