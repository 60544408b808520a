"""Commands about documents: bringing files in, listing, showing and removing what is there."""
