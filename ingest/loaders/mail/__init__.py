"""Mail: a message with its attachments, and a mailbox of messages."""
