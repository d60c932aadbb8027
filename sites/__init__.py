"""The configuration of a site: schema, validation, revisions, differences."""
