"""The dated host book: what is known of the world's git hosts, as data files with source and confidence."""
