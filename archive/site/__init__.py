"""The pages people see: each a module that reads the published database and fills one template.

They show what is there. A page computes nothing that the database could not say by itself, and
writes nothing. Datasette serves them beside its own pages of tables and queries.
"""
