"""Raw → staging → intermediate → marts: dbt."""
