{# Division of money: a ratio is a double on every engine, null when there is nothing to divide by. #}
{% macro ratio(numerator, denominator) -%}
    cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0.0)
{%- endmacro %}

{# Sums of DECIMAL(18,2) widen to 38 digits; marts promise 18. #}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(18, 2))
{%- endmacro %}

{# A sum of money over possibly no rows. #}
{% macro sum_money(expression) -%}
    cast(coalesce(sum({{ expression }}), 0) as decimal(18, 2))
{%- endmacro %}

{# The share part ÷ whole of an amount, to the cent; what is left goes to whoever takes the rest. #}
{% macro share_of(amount, part, whole) -%}
    cast(round({{ amount }} * ({{ ratio(part, whole) }}), 2) as decimal(18, 2))
{%- endmacro %}
