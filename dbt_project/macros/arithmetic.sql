{# A ratio to look at: a double on every engine, null when there is nothing to divide by. Money is split by share_of. #}
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

{#
    The share part ÷ whole of an amount, to the cent, halves away from zero; what is left goes to whoever takes the rest.
    In whole hundredths, because a double holds neither 0.01 nor half a cent; null when there is nothing to divide by.
#}
{% macro share_of(amount, part, whole) -%}
    {%- set product = _hundredths(amount) ~ ' * ' ~ _hundredths(part) -%}
    {%- set divisor = 'nullif(' ~ _hundredths(whole) ~ ', 0)' -%}
    cast(
        cast(
            sign({{ product }}) * sign({{ divisor }})
            * ((2 * abs({{ product }}) + abs({{ divisor }})) // (2 * abs({{ divisor }})))
            as decimal(18, 0)
        ) * cast(0.01 as decimal(3, 2)) as decimal(18, 2)
    )
{%- endmacro %}

{% macro _hundredths(amount) -%}
    cast(({{ amount }}) * 100 as hugeint)
{%- endmacro %}
