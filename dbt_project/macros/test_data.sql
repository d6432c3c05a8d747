{#
    Why a row of test data is held: `test_data` where the sender marked it as a test, nothing where it did not, and
    nothing at all in a book that is kept for trials (`book_test_data`). One rule for every feed. `is_test` is SQL.
#}
{% macro held_as_test_data(is_test) -%}
    {%- if var('book_test_data') -%}
        cast(null as varchar)
    {%- else -%}
        case when {{ is_test }} then 'test_data' end
    {%- endif -%}
{%- endmacro %}
