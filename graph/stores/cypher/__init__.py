"""Every statement that Quipu sends to Neo4j, constant and named. Values are bound; no text becomes a label or a key."""
