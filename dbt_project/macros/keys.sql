{# A surrogate key: the MD5 of the natural key's parts, with a mark for null so that parts never run together. #}
{% macro surrogate_key(columns) -%}
    md5(concat_ws('|', {% for column in columns %}coalesce(cast({{ column }} as varchar), '~'){{ ", " if not loop.last }}{% endfor %}))
{%- endmacro %}
