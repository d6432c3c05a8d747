{#
    Columns that hold a value in every row: what a reader promises of a raw table (`required` in core/tables.py).

    As `one_row_per` it reads the whole history, so it runs in the end-to-end tests and in no daily run.
#}
{% test never_null(model, columns) %}
{{ config(tags=['whole_history']) }}
select {{ columns | join(', ') }}
from {{ model }}
where {{ columns | join(' is null or ') }} is null
{% endtest %}
