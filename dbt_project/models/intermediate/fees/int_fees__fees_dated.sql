-- One row per fee and the days it holds. A later version ends an earlier one the day before it begins; a fee that says
-- its own last day ends there. Payers are told by their id, else by their name.

with lines as (
    select
        *,
        coalesce(payer_id, lower(payer_name)) as payer_key
    from {{ ref('stg_fees__fee_schedule_lines') }}
),

-- the same first day twice: what landed last is the correction
latest as (
    select
        *,
        row_number() over (
            partition by fee_basis, payer_key, procedure_code, modifier, place_of_service_code, effective_date
            order by loaded_at desc, file_id desc, line_number desc
        ) as version_number
    from lines
),

followed as (
    select
        *,
        lead(effective_date) over (
            partition by fee_basis, payer_key, procedure_code, modifier, place_of_service_code
            order by effective_date
        ) as next_effective_date
    from latest
    where version_number = 1
)

select
    {{ surrogate_key(['fee_basis', 'payer_key', 'procedure_code', 'modifier', 'place_of_service_code', 'effective_date']) }} as fee_key,
    fee_basis,
    payer_id,
    payer_name,
    procedure_code,
    modifier,
    place_of_service_code,
    fee_amount,
    effective_date as valid_from_date,
    case
        when next_effective_date is null then coalesce(end_date, cast('9999-12-31' as date))
        when end_date is null or end_date >= next_effective_date then {{ days_before('next_effective_date', 1) }}
        else end_date
    end as valid_to_date,
    file_id,
    line_number,
    loaded_at
from followed
