{# A model lands in the schema its folder names, in every target: asset keys equal [schema, table]. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name is not none else target.schema }}
{%- endmacro %}
