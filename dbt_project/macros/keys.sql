{# A surrogate key: the MD5 of the natural key's parts, with a mark for null so that parts never run together. #}
{% macro surrogate_key(columns) -%}
    md5(concat_ws('|', {% for column in columns %}coalesce(cast({{ column }} as varchar), '~'){{ ", " if not loop.last }}{% endfor %}))
{%- endmacro %}

{# A number that intermediaries rewrite in case and padding, as it is compared: without case, blanks and leading zeros. #}
{% macro bare_number(number) -%}
    nullif(ltrim(upper(trim({{ number }})), '0'), '')
{%- endmacro %}

{# One mark for what several rows say together, whatever their order. #}
{% macro content_mark(expression) -%}
    md5(string_agg({{ expression }}, '|' order by {{ expression }}))
{%- endmacro %}
