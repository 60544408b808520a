"""Graph stores: where knowledge is kept, behind the ports of reading and writing."""
