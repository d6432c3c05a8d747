{#
    The grain of a model or table: one row per value of these columns, where no value is a value like any other.

    It reads the whole history and holds by construction, so a daily run leaves it out by its tag; the end-to-end tests
    run it on a practice of 120 days (tests/e2e/test_books.py).
#}
{% test one_row_per(model, columns) %}
{{ config(tags=['whole_history']) }}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
