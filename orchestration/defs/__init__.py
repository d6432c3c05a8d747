"""The shell, in pipeline order: ingest, transform, quality, learn, post, publish. The only rooms that know Dagster."""
