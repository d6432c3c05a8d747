-- One row per CMS code and modifier and the days its relative values hold: from the first day of the release's quarter
-- to the day before the next release that has the code.

with latest as (
    select
        *,
        row_number() over (
            partition by procedure_code, modifier, effective_date
            order by loaded_at desc, file_id desc, line_number desc
        ) as version_number
    from {{ ref('stg_fees__relative_values') }}
),

followed as (
    select
        *,
        lead(effective_date) over (
            partition by procedure_code, modifier order by effective_date
        ) as next_effective_date
    from latest
    where version_number = 1
)

select
    procedure_code,
    modifier,
    status_code,
    work_relative_value_units,
    non_facility_relative_value_units,
    facility_relative_value_units,
    component_indicator,
    conversion_factor,
    effective_date as valid_from_date,
    case
        when next_effective_date is null then cast('9999-12-31' as date)
        else {{ days_before('next_effective_date', 1) }}
    end as valid_to_date,
    file_id,
    line_number,
    loaded_at
from followed
