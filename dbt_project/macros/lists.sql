{# A list of text values, in parentheses. #}
{% macro listed(values) -%}
    ({% for value in values %}'{{ value }}'{% if not loop.last %}, {% endif %}{% endfor %})
{%- endmacro %}

{# Columns of one relation, for a select list or a partition. #}
{% macro columns_of(relation, columns) -%}
    {% for column in columns %}{{ relation }}.{{ column }}{{ ", " if not loop.last }}{% endfor %}
{%- endmacro %}

{# Two relations agree on columns of the same name. #}
{% macro agree(left, right, columns) -%}
    {% for column in columns %}{{ left }}.{{ column }} = {{ right }}.{{ column }}{{ " and " if not loop.last }}{% endfor %}
{%- endmacro %}
