"""Text of pages that are pictures, recognised without a language model."""
