{# Calendar arithmetic that spells differently on each engine. #}
{% macro first_of_month(column) -%}
    cast(date_trunc('month', {{ column }}) as date)
{%- endmacro %}

{% macro days_between(first, second) -%}
    datediff('day', {{ first }}, {{ second }})
{%- endmacro %}

{% macro days_before(column, days) -%}
    cast({{ column }} - interval '{{ days }}' day as date)
{%- endmacro %}

{% macro last_of_month(column) -%}
    cast(last_day({{ column }}) as date)
{%- endmacro %}

{# Every month from the first to the last date of a relation. #}
{% macro month_spine(first, last) -%}
    {% if target.type == 'spark' -%}
    select explode(sequence(date_trunc('month', {{ first }}), date_trunc('month', {{ last }}), interval 1 month))
    {%- else -%}
        select cast(unnest(generate_series(date_trunc('month', {{ first }}), date_trunc('month', {{ last }}), interval 1 month)) as date)
    {%- endif %}
{%- endmacro %}
