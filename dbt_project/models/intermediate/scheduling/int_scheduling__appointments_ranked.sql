{{ config(materialized='view') }}

-- One row per state of an appointment that a message told, with the appointment it belongs to and its age: 1 is the
-- newest, and 1 of age_with_a_day the newest that says when. States count in the order in which they arrived.

with stated as (
    select
        *,
        case
            when appointment_id is null
                then {{ surrogate_key(['file_id', 'segment_number']) }}
            else {{ surrogate_key(['sending_application', 'sending_facility', 'appointment_id']) }}
        end as appointment_key
    from {{ ref('stg_hl7__appointments') }}
    where test_hold_reason is null
)

select
    *,
    row_number() over (
        partition by appointment_key order by loaded_at desc, file_id desc, segment_number desc
    ) as age,
    row_number() over (
        partition by appointment_key
        order by
            case when appointment_date is null then 1 else 0 end,
            loaded_at desc,
            file_id desc,
            segment_number desc
    ) as age_with_a_day,
    count(*) over (partition by appointment_key) as state_count,
    min(loaded_at) over (partition by appointment_key) as first_loaded_at
from stated
