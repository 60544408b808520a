"""The graph store on a Neo4j server."""
