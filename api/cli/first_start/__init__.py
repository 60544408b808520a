"""What someone meets who starts Quipu for the first time."""
