{#
    Incremental by the file registry. A model that keeps `file_id` reads only rows of files it does not hold yet:
    its cost follows what arrived, not what is there. Aggregates by month read only the months those files touch.
#}
{% macro only_new_files(column='file_id') -%}
    {% if is_incremental() %}
    {{ column }} not in (select held.file_id from {{ this }} as held)
    {% else %}
    1 = 1
    {% endif %}
{%- endmacro %}

{# Months touched by rows that were loaded after the newest row this model has seen. #}
{% macro only_touched_months(relation, month_column) -%}
    {% if is_incremental() %}
    {{ month_column }} in (
        select fresh.{{ month_column }}
        from {{ relation }} as fresh
        where fresh.loaded_at > (select coalesce(max(held.loaded_at), timestamp '1970-01-01 00:00:00+00') from {{ this }} as held)
    )
    {% else %}
    1 = 1
    {% endif %}
{%- endmacro %}

{# The day a row of a seed was added, null for one that was always there. #}
{% macro added_on(codes) -%}
    cast(nullif({{ codes }}.added_on, '') as date)
{%- endmacro %}

{# A row of a seed that was there when a file landed. #}
{% macro was_known(codes, arrived) -%}
    coalesce(cast({{ arrived }}.loaded_at as date) >= {{ added_on(codes) }}, true)
{%- endmacro %}
