"""Bodies of requests and replies, as JSON shows them."""
