"""What is known and where it is kept: values, ports, stores, indexes, names and models."""
